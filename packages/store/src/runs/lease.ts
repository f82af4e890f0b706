import { type RawBuilder, type Selectable, sql } from 'kysely'
import { LOCKS } from '../changes/locks.ts'
import type { Database, Queries } from '../database.ts'
import { readTexts } from '../json-text.ts'
import type { RunColumns } from '../schema/tables.ts'
import type { Runs } from '../store-runs.ts'
import { jsonTexts } from './json-rows.ts'
import { type Claim, Slots } from './slots.ts'

/** A run that could be taken. */
interface Candidate {
  readonly id: string
  readonly due: number
  readonly exclusive: string | null
}

/** Runs of the same sites, the oldest first; read as far as they are needed. */
interface Lane {
  readonly lane: string
  readonly sites: readonly string[]
  /** Those that were read and not looked at yet. */
  waiting: Candidate[]
  /** The last one that was read; undefined when there are no more. */
  last: Candidate | undefined
}

/** Runs that wait, in the words of the partial indexes. */
export const QUEUED = sql`ended_at is null and state <> 'running'`

/**
 * Takes runs. One node at a time does it, so that what it counts is still true when it writes.
 * @param queries - outside a transaction
 */
export async function leaseRuns(
  { queries, dialect }: Database,
  { node, now, until, limit, perSite }: Parameters<Runs['lease']>[0],
): Promise<readonly Selectable<RunColumns>[]> {
  if (limit < 1) return []
  return queries.transaction().execute(async transaction => {
    await dialect.serialise(transaction, LOCKS.runs)
    await walkIndexes(transaction, dialect)
    const slots = new Slots(perSite)
    const expired = await holdRunning(transaction, slots, now)
    const lanes = await lanesWithWork(transaction, now)
    const ids = await choose(lanes, expired, slots, limit, (lane, count) =>
      readMore(transaction, dialect, lane, slots.exclusives, now, count),
    )
    if (ids.length === 0) return []
    // On PostgreSQL somebody may save or cancel one of them at this moment.
    const { rows } = await sql<Selectable<RunColumns>>`
      update runs set state = 'running', lease_node = ${node}, lease_until = ${Math.trunc(until)}
      where id in (
        select id from runs where id in ${jsonTexts(dialect, ids)}
        and ((${QUEUED} and due_at <= ${now}) or (state = 'running' and lease_until <= ${now}))
        ${dialect.kind === 'postgres' ? sql`for update skip locked` : sql``})
      returning *`.execute(transaction)
    return rows.toSorted((a, b) => a.due_at - b.due_at || (a.id < b.id ? -1 : 1))
  })
}

/**
 * A queue changes faster than PostgreSQL's statistics of it: it would sort a hundred thousand runs that it takes for two.
 * Until the end of the transaction it reads in the order of an index.
 */
async function walkIndexes(transaction: Queries, { kind }: Database['dialect']): Promise<void> {
  if (kind !== 'postgres') return
  await sql`select set_config('enable_sort', 'off', true), set_config('enable_bitmapscan', 'off', true)`.execute(
    transaction,
  )
}

/** Counts what runs; answers what may be taken over, the oldest first. */
async function holdRunning(transaction: Queries, slots: Slots, now: number): Promise<(Candidate & Claim)[]> {
  const { rows } = await sql<
    Selectable<Pick<RunColumns, 'id' | 'sites' | 'exclusive' | 'due_at' | 'lease_until'>>
  >`
    select id, sites, exclusive, due_at, lease_until from runs where state = 'running'`.execute(transaction)
  const expired: (Candidate & Claim)[] = []
  for (const { id, sites, exclusive, due_at, lease_until } of rows) {
    const run = { id, due: due_at, sites: readTexts(sites), exclusive }
    const live = (lease_until ?? 0) > now
    slots.hold(run, live)
    if (!live) expired.push(run)
  }
  return expired.sort((a, b) => (isBefore(a, b) ? -1 : 1))
}

/** The lanes in which somebody is due, each with its oldest run: a jump through the index from lane to lane, however long they are. */
async function lanesWithWork(transaction: Queries, now: number): Promise<Lane[]> {
  const { rows } = await sql<Selectable<Pick<RunColumns, 'id' | 'lane' | 'sites' | 'exclusive' | 'due_at'>>>`
    with recursive lanes (lane) as (
      select min(lane) from runs where ${QUEUED}
      union all
      select (select min(lane) from runs where ${QUEUED} and lane > lanes.lane) from lanes where lane is not null
    ), heads (id) as (
      select (select id from runs where ${QUEUED} and runs.lane = lanes.lane order by due_at, id limit 1)
      from lanes where lane is not null
    )
    select runs.id, runs.lane, runs.sites, runs.exclusive, runs.due_at
    from heads join runs on runs.id = heads.id where runs.due_at <= ${now}`.execute(transaction)
  return rows.map(({ id, lane, sites, exclusive, due_at }) => {
    const first = { id, due: due_at, exclusive }
    return { lane, sites: readTexts(sites), waiting: [first], last: first }
  })
}

/** The next runs of a lane after the last one that was read, without those that cannot be taken now. */
async function readMore(
  transaction: Queries,
  dialect: Database['dialect'],
  { lane, last }: Lane,
  exclusives: ReadonlySet<string>,
  now: number,
  count: number,
): Promise<Candidate[]> {
  if (last === undefined) return []
  const { rows } = await sql<Candidate>`
    select id, due_at as due, exclusive from runs
    where ${QUEUED} and lane = ${lane} and (due_at, id) > (${last.due}, ${last.id}) and due_at <= ${now}
    and ${mayBegin(dialect, exclusives)} order by due_at, id limit ${count}`.execute(transaction)
  return rows
}

const mayBegin = (dialect: Database['dialect'], exclusives: ReadonlySet<string>): RawBuilder<boolean> =>
  exclusives.size === 0
    ? sql`true`
    : sql`(exclusive is null or exclusive not in ${jsonTexts(dialect, [...exclusives])})`

/** Goes through all candidates from the oldest on, and takes those for which there is a place. */
async function choose(
  lanes: Lane[],
  expired: (Candidate & Claim)[],
  slots: Slots,
  limit: number,
  more: (lane: Lane, count: number) => Promise<Candidate[]>,
): Promise<readonly string[]> {
  const chosen: string[] = []
  let open = lanes
  while (chosen.length < limit) {
    open = open.filter(({ sites, waiting }) => waiting.length > 0 && slots.free(sites) > 0)
    const lane = oldest(open)
    const next = lane?.waiting[0]
    const lost = expired[0]
    if (lost !== undefined && (next === undefined || isBefore(lost, next))) {
      expired.shift()
      if (slots.takeOver(lost)) chosen.push(lost.id)
      continue
    }
    if (lane === undefined || next === undefined) break
    lane.waiting.shift()
    if (slots.take({ sites: lane.sites, exclusive: next.exclusive })) chosen.push(next.id)
    const wanted = Math.min(slots.free(lane.sites), limit - chosen.length)
    if (lane.waiting.length === 0 && wanted > 0) {
      lane.waiting = await more(lane, wanted)
      lane.last = lane.waiting.at(-1)
    }
  }
  return chosen
}

function oldest(lanes: readonly Lane[]): Lane | undefined {
  let found: Lane | undefined
  for (const lane of lanes) {
    const [mine, other] = [lane.waiting[0], found?.waiting[0]]
    if (mine !== undefined && (other === undefined || isBefore(mine, other))) found = lane
  }
  return found
}

const isBefore = (a: Candidate, b: Candidate) => a.due < b.due || (a.due === b.due && a.id < b.id)
