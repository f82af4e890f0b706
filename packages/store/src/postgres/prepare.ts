import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import type { Database, Queries } from '../database.ts'
import { StoreError } from '../errors.ts'
import { migrate, refuseNewer, schemaVersion } from '../schema/migrate.ts'
import type { Migrations } from '../schema/migration.ts'
import { describeDatabase, LONG } from './connect.ts'
import { openPostgres } from './open.ts'
import { LOCK_CLASS } from './words.ts'

/** The lock of who migrates. */
const MIGRATION_LOCK = 100

/** How long a node waits for another one that migrates, in milliseconds. */
const MIGRATION_MS = 120_000

const MIGRATION_STEP_MS = 100

/**
 * Opens a database of PostgreSQL and brings it to the schema of this release. Of several nodes that start at once, one
 * does it and the others wait.
 * @param backUp - makes a backup of a database that is about to be changed
 */
export async function preparePostgres(
  url: string,
  migrations: Migrations,
  backUp: (database: Database, to: number) => Promise<void>,
): Promise<Database> {
  const where = describeDatabase(url)
  const database = openPostgres(url)
  try {
    const version = await schemaVersion(database.queries, database.dialect)
    refuseNewer(version, where, migrations)
    if (version < migrations.length) await migrateAlone(url, where, migrations, backUp)
    return database
  } catch (error) {
    await database[Symbol.asyncDispose]()
    throw error
  }
}

async function migrateAlone(
  url: string,
  where: string,
  migrations: Migrations,
  backUp: (database: Database, to: number) => Promise<void>,
): Promise<void> {
  await using slow = openPostgres(url, LONG)
  // The lock is the connection's; it goes with it.
  await slow.queries.connection().execute(async alone => {
    await waitForLock(alone, where)
    const version = await schemaVersion(alone, slow.dialect)
    refuseNewer(version, where, migrations)
    if (version > 0 && version < migrations.length) await backUp(slow, migrations.length)
    await migrate(alone, slow.dialect, migrations)
    await sql`select pg_advisory_unlock(${LOCK_CLASS}::int, ${MIGRATION_LOCK}::int)`.execute(alone)
  })
}

async function waitForLock(queries: Queries, where: string): Promise<void> {
  const end = performance.now() + MIGRATION_MS
  for (;;) {
    const { rows } = await sql<{ taken: boolean }>`
      select pg_try_advisory_lock(${LOCK_CLASS}::int, ${MIGRATION_LOCK}::int) as taken`.execute(queries)
    if (rows[0]?.taken === true) return
    if (performance.now() > end) {
      throw new StoreError(
        'STORE_UNAVAILABLE',
        `another node is changing the schema of ${where} and does not come to an end; look at that node, then start this one again`,
      )
    }
    await sleep(MIGRATION_STEP_MS)
  }
}
