import { join } from 'node:path'
import { sql } from 'kysely'
import type { Database, Queries } from '../database.ts'
import { StoreError } from '../errors.ts'
import { freeName } from '../folder.ts'
import { describeDatabase, LONG } from '../postgres/connect.ts'
import { holdAlone } from '../postgres/node-lock.ts'
import { openPostgres } from '../postgres/open.ts'
import { refuseNewer, schemaVersion } from '../schema/migrate.ts'
import { KEPT_TABLES, PASSING_TABLES } from '../schema/table-names.ts'
import { type Filled, fill, type Restore } from './fill.ts'
import { writeBackup } from './write-backup.ts'

/** Restores in one transaction: until its end everybody sees what was there before. */
export async function restorePostgres(url: string, restore: Restore): Promise<Filled> {
  const where = describeDatabase(url)
  await using database = openPostgres(url, LONG)
  return await database.queries.connection().execute(async alone => {
    await holdAlone(alone, where)
    const putAside = await putCurrentAside(database, where, restore)
    const rows = await alone.transaction().execute(async transaction => {
      if (putAside.length > 0) await dropEverything(transaction)
      return fill(transaction, database.dialect, restore)
    })
    return { rows, putAside }
  })
}

async function putCurrentAside(
  database: Database,
  where: string,
  { folder, force, migrations }: Restore,
): Promise<readonly string[]> {
  const version = await schemaVersion(database.queries, database.dialect)
  if (version === 0) return []
  refuseNewer(version, where, migrations)
  if (!force) {
    throw new StoreError(
      'STORE_EXISTS',
      `${where} is in use already; restore into an empty database, or say --force to put it aside`,
    )
  }
  const aside = freeName(join(folder, 'portolan-postgres.before-restore'))
  await writeBackup(database, aside)
  return [aside]
}

async function dropEverything(transaction: Queries): Promise<void> {
  for (const table of [...KEPT_TABLES, ...PASSING_TABLES]) {
    await sql`drop table if exists ${sql.table(table)}`.execute(transaction)
  }
  await sql`drop sequence if exists log_numbers`.execute(transaction)
}
