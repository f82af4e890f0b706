import { setImmediate as turn } from 'node:timers/promises'
import { sql } from 'kysely'
import type { Database, Queries } from '../database.ts'
import type { Retention } from '../store.ts'
import { firstIdOf } from './log-id.ts'

/** Rows that one transaction removes: some milliseconds of SQLite's. */
const SLICE = 200

/** Steps of tidying after one pruning; what is left is done after the next. */
const MOST_STEPS = 5_000

/** Removes what is too old or too much, and tidies the index for searches. */
export async function pruneLog(
  database: Database,
  table: string,
  retention: Retention,
  now: number,
): Promise<number> {
  const removed = await pruneRows(database, table, retention, now)
  if (removed === 0) return 0
  const { queries, dialect } = database
  for (let step = 0; step < MOST_STEPS && (await dialect.tidySearch(queries, table)); step++) await turn()
  return removed
}

/**
 * Removes rows that are too old or too many; others get their turn after each slice.
 * @param which - only those, of the ones that would go
 */
export async function pruneRows(
  { queries }: Database,
  table: string,
  { age, rows }: Retention,
  now: number,
  which = sql`true`,
): Promise<number> {
  let keep = firstIdOf(now - age)
  const newest = await firstToKeep(queries, table, rows)
  if (newest > keep) keep = newest
  let removed = 0
  for (let more = true; more; await turn()) {
    const { numAffectedRows = 0n } = await sql`delete from ${sql.table(table)} where id in (
      select id from ${sql.table(table)} where id < ${keep} and ${which} order by id limit ${SLICE})`.execute(
      queries,
    )
    removed += Number(numAffectedRows)
    more = numAffectedRows >= SLICE
  }
  return removed
}

/** The oldest of the newest `rows` rows, as an id; 0 when there are no more than that. */
async function firstToKeep(queries: Queries, table: string, rows: number): Promise<bigint> {
  const counted = await sql<{ count: number }>`select count(*) as count from ${sql.table(table)}`.execute(
    queries,
  )
  const excess = (counted.rows[0]?.count ?? 0) - rows
  if (excess <= 0) return 0n
  const { rows: found } = await sql<{ first: string }>`
    select cast(id as text) as first from ${sql.table(table)} order by id limit 1 offset ${excess}`.execute(
    queries,
  )
  // None is to stay.
  return found[0] === undefined ? 2n ** 63n - 1n : BigInt(found[0].first)
}
