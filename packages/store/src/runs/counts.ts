import { sql } from 'kysely'
import type { Queries } from '../database.ts'
import type { RunState } from '../store-runs.ts'

/** How many runs are in each state; those that are over, of the time since `from`. */
export async function countRuns(queries: Queries, from: number): Promise<Readonly<Record<RunState, number>>> {
  const counts: Record<RunState, number> = {
    waiting: 0,
    running: 0,
    retrying: 0,
    succeeded: 0,
    failed: 0,
    cancelled: 0,
  }
  // Each half by its own index: a common grouping would read every row.
  const open = await sql<{ state: 'waiting' | 'retrying' | 'running'; count: number }>`
    select state, count(*) as count from runs where state in ('waiting', 'retrying', 'running') group by state`.execute(
    queries,
  )
  for (const { state, count } of open.rows) counts[state] = count
  const { rows } = await sql<Pick<typeof counts, 'succeeded' | 'failed' | 'cancelled'>>`
    select count(*) filter (where state = 'succeeded') as succeeded, count(*) filter (where state = 'failed') as failed,
      count(*) filter (where state = 'cancelled') as cancelled from runs where ended_at >= ${from}`.execute(
    queries,
  )
  return { ...counts, ...rows[0] }
}
