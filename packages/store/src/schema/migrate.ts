import { sql } from 'kysely'
import type { Dialect, Queries } from '../database.ts'
import { StoreError } from '../errors.ts'
import type { Migrations } from './migration.ts'

/** The version of the schema that a database has; 0 for an empty one. */
export async function schemaVersion(queries: Queries, dialect: Dialect): Promise<number> {
  if (!(await dialect.hasTable(queries, 'schema_versions'))) return 0
  const { rows } = await sql<{ version: number }>`
    select coalesce(max(version), 0) as version from schema_versions`.execute(queries)
  return rows[0]?.version ?? 0
}

/** @throws {StoreError} `STORE_NEWER` when a database has a schema that this release does not know */
export function refuseNewer(version: number, where: string, migrations: Migrations): void {
  if (version <= migrations.length) return
  throw new StoreError(
    'STORE_NEWER',
    `${where} was made by a newer release of portolan (schema ${version}, this one knows ${migrations.length}). ` +
      'Start that release, or restore the backup that it made before it changed the schema; nothing was touched',
  )
}

/** Brings a database to the last of these steps, in one transaction: all of them or none. */
export async function migrate(queries: Queries, dialect: Dialect, migrations: Migrations): Promise<void> {
  await queries.transaction().execute(transaction => runSteps(transaction, dialect, migrations))
}

/** The same within a transaction. */
export async function runSteps(
  transaction: Queries,
  dialect: Dialect,
  migrations: Migrations,
): Promise<void> {
  const version = await schemaVersion(transaction, dialect)
  if (version === 0) {
    await sql`create table if not exists schema_versions (
      version ${sql.raw(dialect.integer)} primary key,
      name ${sql.raw(dialect.text)} not null,
      at ${sql.raw(dialect.integer)} not null)`.execute(transaction)
  }
  for (const [index, step] of migrations.entries()) {
    if (index < version) continue
    await step.up(transaction, dialect)
    await sql`insert into schema_versions (version, name, at)
      values (${index + 1}, ${step.name}, ${Date.now()})`.execute(transaction)
  }
}
