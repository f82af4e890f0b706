import { join } from 'node:path'
import { freeName } from '../folder.ts'
import { migrate, refuseNewer, schemaVersion } from '../schema/migrate.ts'
import type { Migrations } from '../schema/migration.ts'
import { lockFolder } from './lock.ts'
import { openSqlite, SQLITE_FILE, type SqliteDatabase, writeAhead } from './open.ts'

/** A database of SQLite that is ready, and the folder's lock if it was asked for. */
export interface ReadySqlite {
  readonly database: SqliteDatabase
  readonly lock?: Disposable
}

/**
 * Opens the database of a folder and brings it to the schema of this release. What is there is backed up before it is
 * changed; a newer one is not touched.
 * @param as - a tool takes the lock only while it migrates: a node of another release must not lose its tables
 */
export async function prepareSqlite(
  folder: string,
  as: 'node' | 'tool',
  migrations: Migrations,
): Promise<ReadySqlite> {
  const file = join(folder, SQLITE_FILE)
  let lock = as === 'node' ? lockFolder(folder) : undefined
  let database: SqliteDatabase | undefined
  try {
    database = openSqlite(file)
    const { queries, dialect } = database
    const version = await schemaVersion(queries, dialect)
    refuseNewer(version, file, migrations)
    if (version < migrations.length) lock ??= lockFolder(folder)
    if (version > 0 && version < migrations.length) backUp(database, migrations.length)
    writeAhead(database)
    await migrate(queries, dialect, migrations)
    if (as === 'node') return { database, ...(lock && { lock }) }
    lock?.[Symbol.dispose]()
    return { database }
  } catch (error) {
    await database?.[Symbol.asyncDispose]()
    lock?.[Symbol.dispose]()
    throw error
  }
}

/** `portolan.db.before-2` is the database as it was before the step to schema 2. What an earlier try has left stays. */
function backUp({ connection }: SqliteDatabase, to: number): void {
  connection.prepare('vacuum into ?').run(freeName(`${connection.name}.before-${to}`))
}
