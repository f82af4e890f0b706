import { sql } from 'kysely'
import type { Dialect, Queries } from '../database.ts'
import { StoreError } from '../errors.ts'
import type { Migration } from './migration.ts'
import { MIGRATIONS } from './migrations.ts'

/** The version of the schema that this release uses. */
export const SCHEMA_VERSION = MIGRATIONS.length

/** The version of the schema that a database has; 0 for an empty one. */
export async function schemaVersion(queries: Queries, dialect: Dialect): Promise<number> {
  if (!(await dialect.hasTable(queries, 'schema_versions'))) return 0
  const { rows } = await sql<{ version: number }>`
    select coalesce(max(version), 0) as version from schema_versions`.execute(queries)
  return rows[0]?.version ?? 0
}

/** @throws {StoreError} `STORE_NEWER` when a database has a schema that this release does not know */
export function refuseNewer(version: number, where: string): void {
  if (version <= SCHEMA_VERSION) return
  throw new StoreError(
    'STORE_NEWER',
    `${where} was made by a newer release of portolan (schema ${version}, this one knows ${SCHEMA_VERSION}). ` +
      'Start that release, or restore the backup that it made before it changed the schema; nothing was touched',
  )
}

/**
 * Brings a database to a version of the schema, in one transaction: all the steps or none.
 * @param migrations - the steps; those of this release if not said
 * @param to - the version wanted; the newest if not said
 */
export async function migrate(
  queries: Queries,
  dialect: Dialect,
  migrations: readonly Migration[] = MIGRATIONS,
  to = migrations.length,
): Promise<void> {
  await queries.transaction().execute(async transaction => {
    const version = await schemaVersion(transaction, dialect)
    if (version === 0) {
      await sql`create table if not exists schema_versions (
        version ${sql.raw(dialect.integer)} primary key,
        name ${sql.raw(dialect.text)} not null,
        at ${sql.raw(dialect.integer)} not null)`.execute(transaction)
    }
    for (const [index, step] of migrations.slice(0, to).entries()) {
      if (index < version) continue
      await step.up(transaction, dialect)
      await sql`insert into schema_versions (version, name, at)
        values (${index + 1}, ${step.name}, ${Date.now()})`.execute(transaction)
    }
  })
}
