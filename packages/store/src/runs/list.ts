import { type RawBuilder, type Selectable, sql } from 'kysely'
import { pageLimit } from '../collections/page.ts'
import type { Database, Queries } from '../database.ts'
import { readTexts } from '../json-text.ts'
import type { RunColumns } from '../schema/tables.ts'
import type { RunAsk, RunRow } from '../store-runs.ts'
import { firstRunId } from './ids.ts'
import { jsonTexts } from './json-rows.ts'
import { RUN_STATES, toRun } from './run-row.ts'

/** So many searches are merged; beyond that the newest runs are gone through. SQLite takes 500. */
const MAX_BRANCHES = 200

/** A page of runs, the newest first. */
export async function listRuns(
  { queries, dialect }: Database,
  ask: RunAsk,
): Promise<{ readonly items: readonly RunRow[]; readonly next?: string }> {
  const limit = pageLimit(ask.limit)
  const lanes = await lanesOf(queries, ask)
  if (lanes?.length === 0) return { items: [] }
  // One more than asked for tells whether there is another page.
  const ids = newestIds(dialect, ask, lanes, limit + 1)
  const { rows } = await sql<Selectable<RunColumns>>`
    select * from runs where id in (${ids}) order by id desc`.execute(queries)
  const items = rows.slice(0, limit).map(toRun)
  const last = items.at(-1)
  return { items, ...(rows.length > limit && last !== undefined && { next: last.id }) }
}

/** The lanes in which there may be what is asked for; undefined when neither a transfer nor a site is. */
async function lanesOf(queries: Queries, { transfer, site }: RunAsk): Promise<readonly string[] | undefined> {
  if (transfer === undefined && site === undefined) return undefined
  const which = transfer === undefined ? sql`true` : sql`transfer = ${transfer}`
  // Jumps through the index from lane to lane, however many runs there are.
  const { rows } = await sql<{ lane: string; sites: string }>`
    with recursive lanes (lane) as (
      select min(lane) from runs where ${which}
      union all
      select (select min(lane) from runs where ${which} and lane > lanes.lane) from lanes where lane is not null
    )
    select lane, (select sites from runs where ${which} and runs.lane = lanes.lane limit 1) as sites
    from lanes where lane is not null`.execute(queries)
  return rows
    .filter(({ sites }) => site === undefined || readTexts(sites).includes(site))
    .map(({ lane }) => lane)
}

/**
 * The newest ids. Each combination of what is asked for is looked up by an index, then they are merged: that costs the
 * same whether nearly all runs are wanted or none.
 */
function newestIds(
  dialect: Database['dialect'],
  { transfer, state, before, from, to }: RunAsk,
  lanes: readonly string[] | undefined,
  limit: number,
): RawBuilder<unknown> {
  const bounds = [
    sql`true`,
    ...(before === undefined ? [] : [sql`id < ${before}`]),
    ...(from === undefined ? [] : [sql`id >= ${firstRunId(Math.ceil(from))}`]),
    ...(to === undefined ? [] : [sql`id < ${firstRunId(to + 1)}`]),
    ...(transfer === undefined ? [] : [sql`transfer = ${transfer}`]),
  ]
  const newest = (...parts: readonly RawBuilder<unknown>[]) =>
    sql`select id from runs where ${sql.join([...bounds, ...parts], sql` and `)} order by id desc limit ${limit}`
  const states = state === undefined ? RUN_STATES : [state]
  if (lanes === undefined) return newest(...(state === undefined ? [] : [sql`state = ${state}`]))
  if (states.length * lanes.length > MAX_BRANCHES) {
    return newest(sql`lane in ${jsonTexts(dialect, lanes)}`, sql`state in (${sql.join(states)})`)
  }
  const branches = lanes.flatMap(lane =>
    states.map(each => sql`select id from (${newest(sql`lane = ${lane}`, sql`state = ${each}`)}) as branch`),
  )
  return sql`select id from (${sql.join(branches, sql` union all `)}) as found order by id desc limit ${limit}`
}
