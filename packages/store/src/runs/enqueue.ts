import { sql } from 'kysely'
import type { Database, Queries } from '../database.ts'
import { type Column, insertRows } from '../rows.ts'
import type { RunColumns } from '../schema/tables.ts'
import type { NewRun } from '../store-runs.ts'
import { indexable } from './indexable.ts'
import { jsonRows } from './json-rows.ts'

/** Rows that one statement writes. */
const ROWS_A_STATEMENT = 200

const OCCURRENCE: readonly Column[] = [
  { name: 'transfer', integer: false },
  { name: 'occurrence', integer: false },
]

/** Columns that a new run has something in. */
const COLUMNS = [
  { name: 'id', integer: false },
  { name: 'transfer', integer: false },
  { name: 'sites', integer: false },
  { name: 'lane', integer: false },
  { name: 'state', integer: false },
  { name: 'cause', integer: false },
  { name: 'definition', integer: false },
  { name: 'occurrence', integer: false },
  { name: 'exclusive', integer: false },
  { name: 'created_at', integer: true },
  { name: 'due_at', integer: true },
  { name: 'attempt', integer: true },
  { name: 'cancel_asked', integer: true },
  { name: 'files', integer: true },
  { name: 'files_done', integer: true },
  { name: 'bytes', integer: true },
  { name: 'bytes_total', integer: true },
  { name: 'progress', integer: false },
  { name: 'events', integer: true },
] as const satisfies readonly (Column & { name: keyof RunColumns })[]

/** Writes runs whose occurrence is not known yet, in a transaction that is open; answers their rows, in the order asked. */
export async function writeRuns(
  transaction: Queries,
  dialect: Database['dialect'],
  runs: readonly NewRun[],
  now: number,
  nextId: (at: number) => string,
): Promise<readonly RunColumns[]> {
  const rows: RunColumns[] = []
  const fresh = await takeOccurrences(transaction, dialect, runs)
  for (const run of runs) {
    if (run.occurrence !== undefined && !fresh.delete(occurrenceKey(run.transfer, run.occurrence))) continue
    rows.push(newRow(run, nextId(now), now))
  }
  for (let start = 0; start < rows.length; start += ROWS_A_STATEMENT) {
    const slice = rows.slice(start, start + ROWS_A_STATEMENT)
    await insertRows(
      transaction,
      dialect,
      'runs',
      COLUMNS,
      slice.map(row => COLUMNS.map(({ name }) => row[name])),
    )
  }
  return rows
}

/** Notes the occurrences of these runs; answers those that were not known. */
async function takeOccurrences(
  transaction: Queries,
  dialect: Database['dialect'],
  runs: readonly NewRun[],
): Promise<Set<string>> {
  const wanted = new Map<string, readonly [string, string]>()
  for (const { transfer, occurrence } of runs) {
    if (occurrence === undefined) continue
    wanted.set(occurrenceKey(transfer, occurrence), [transfer, indexable(occurrence)])
  }
  const taken = new Set<string>()
  // In one order, so that two nodes that make the same runs wait for each other instead of in a circle.
  const sorted = [...wanted].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, values]) => values)
  for (let start = 0; start < sorted.length; start += ROWS_A_STATEMENT) {
    const slice = sorted.slice(start, start + ROWS_A_STATEMENT)
    const { rows } = await sql<{ transfer: string; occurrence: string }>`
      insert into occurrences (transfer, occurrence)
      select transfer, occurrence from ${jsonRows(dialect, OCCURRENCE, slice)} as wanted where true
      on conflict do nothing returning transfer, occurrence`.execute(transaction)
    for (const { transfer, occurrence } of rows) taken.add(occurrenceKey(transfer, occurrence))
  }
  return taken
}

const occurrenceKey = (transfer: string, occurrence: string) =>
  JSON.stringify([transfer, indexable(occurrence)])

function newRow(run: NewRun, id: string, now: number): RunColumns {
  return {
    id,
    transfer: run.transfer,
    sites: JSON.stringify(run.sites),
    lane: indexable(JSON.stringify([...new Set(run.sites)].sort())),
    state: 'waiting',
    cause: JSON.stringify(run.cause),
    definition: JSON.stringify(run.definition),
    occurrence: run.occurrence === undefined ? null : indexable(run.occurrence),
    exclusive: run.exclusive === undefined ? null : indexable(run.exclusive),
    created_at: Math.trunc(now),
    due_at: Math.trunc(run.dueAt),
    started_at: null,
    ended_at: null,
    attempt: 0,
    lease_node: null,
    lease_until: null,
    cancel_asked: 0,
    error: null,
    files: 0,
    files_done: 0,
    bytes: 0,
    bytes_total: 0,
    progress: 'null',
    events: 0,
  }
}
