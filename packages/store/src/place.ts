import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Database } from './database.ts'
import { StoreError } from './errors.ts'
import { refuseNewer, schemaVersion } from './schema/migrate.ts'
import { MIGRATIONS } from './schema/migrations.ts'
import { KEY_FILE } from './secrets/key-file.ts'
import { openSqlite, SQLITE_FILE } from './sqlite/open.ts'

/** Where state is kept. */
export interface StorePlace {
  /** Folder for the database of SQLite, the key file and backups before migrations; made owner-only when it is not there. */
  readonly folder: string
  /** `postgres://user:password@host:port/database`. Absent: SQLite in `folder`. */
  readonly database?: string
  /** The key file. Default: `secret.key` in `folder`. Every node of one database needs the same. */
  readonly keyFile?: string
}

/** The path of the key file. */
export const keyFileOf = ({ folder, keyFile }: StorePlace): string =>
  resolve(keyFile ?? join(folder, KEY_FILE))

/**
 * Opens a database that is there, for work on it as a whole.
 * @throws {StoreError} `STORE_MISSING` when there is none, `STORE_NEWER`
 */
export async function openExisting({ folder, database: url }: StorePlace): Promise<Database> {
  const { where, database } =
    url === undefined ? openFile(join(resolve(folder), SQLITE_FILE)) : await openUrl(url)
  try {
    const version = await schemaVersion(database.queries, database.dialect)
    if (version === 0) {
      throw new StoreError(
        'STORE_MISSING',
        `${where} is empty; start a node on it first, or name another one`,
      )
    }
    refuseNewer(version, where, MIGRATIONS)
    return database
  } catch (error) {
    await database[Symbol.asyncDispose]()
    throw error
  }
}

function openFile(where: string): { where: string; database: Database } {
  if (!existsSync(where)) {
    throw new StoreError('STORE_MISSING', `there is no ${where}; say where the data folder is with --data`)
  }
  return { where, database: openSqlite(where) }
}

async function openUrl(url: string): Promise<{ where: string; database: Database }> {
  const { describeDatabase, LONG } = await import('./postgres/connect.ts')
  const { openPostgres } = await import('./postgres/open.ts')
  return { where: describeDatabase(url), database: openPostgres(url, LONG) }
}
