import { setImmediate as turn } from 'node:timers/promises'
import { sql } from 'kysely'
import type { Database } from '../database.ts'
import { jsonTexts } from './json-rows.ts'

/** Runs that one transaction removes, and rows of theirs. */
const RUNS = 100
const ROWS = 1_000

/** Removes runs that are over and too old or too many, with their files and events; others get their turn after each slice. */
export async function pruneRuns(
  database: Database,
  { age, rows: most }: { age: number; rows: number },
  now: number,
): Promise<number> {
  const { queries } = database
  const { count } = await queries
    .selectFrom('runs')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('ended_at', 'is not', null)
    .executeTakeFirstOrThrow()
  let excess = count - most
  let removed = 0
  for (;;) {
    const oldest = await queries
      .selectFrom('runs')
      .select(['id', 'ended_at'])
      .where('ended_at', 'is not', null)
      .orderBy('ended_at')
      .limit(RUNS)
      .execute()
    const ids = oldest
      .filter(({ ended_at }, index) => index < excess || (ended_at ?? now) < now - age)
      .map(({ id }) => id)
    if (ids.length > 0) removed += await removeRuns(database, ids, now)
    excess -= ids.length
    if (ids.length < RUNS) break
  }
  await forgetOccurrences(database, now - age)
  return removed
}

async function removeRuns(
  { queries, dialect }: Database,
  ids: readonly string[],
  now: number,
): Promise<number> {
  const these = jsonTexts(dialect, ids)
  for (const [table, second] of [
    ['run_files', 'key'],
    ['run_events', 'number'],
  ] as const) {
    const key = sql`(run, ${sql.ref(second)})`
    for (let gone = BigInt(ROWS); gone === BigInt(ROWS); await turn()) {
      const { numAffectedRows = 0n } = await sql`delete from ${sql.table(table)} where ${key} in (
        select run, ${sql.ref(second)} from ${sql.table(table)} where run in ${these} limit ${ROWS})`.execute(
        queries,
      )
      gone = numAffectedRows
    }
  }
  return queries.transaction().execute(async transaction => {
    await sql`update occurrences set gone_at = ${Math.trunc(now)} where (transfer, occurrence) in (
      select transfer, occurrence from runs where id in ${these} and occurrence is not null)`.execute(
      transaction,
    )
    const { numAffectedRows = 0n } = await sql`delete from runs where id in ${these}`.execute(transaction)
    return Number(numAffectedRows)
  })
}

/** Forgets those whose run was removed before then. */
async function forgetOccurrences({ queries }: Database, before: number): Promise<void> {
  for (let gone = BigInt(ROWS); gone === BigInt(ROWS); await turn()) {
    const { numAffectedRows = 0n } = await sql`delete from occurrences where (transfer, occurrence) in (
      select transfer, occurrence from occurrences where gone_at < ${before} limit ${ROWS})`.execute(queries)
    gone = numAffectedRows
  }
}
