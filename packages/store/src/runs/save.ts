import { setImmediate as turn } from 'node:timers/promises'
import { sql } from 'kysely'
import type { Database, Queries } from '../database.ts'
import { storable } from '../logs/columns.ts'
import { type Column, insertRows, type Value } from '../rows.ts'
import type { RunChange, RunEvent, RunFile } from '../store-runs.ts'
import { indexable } from './indexable.ts'
import { jsonRows, jsonTexts } from './json-rows.ts'
import { isOver } from './run-row.ts'

/** What a node says of a run, with its files and events. */
export type Saving = { readonly id: string } & RunChange & {
    readonly fileRows?: readonly RunFile[]
    readonly events?: readonly Omit<RunEvent, 'id'>[]
  }

/** Rows of files and events that one statement writes. Others get a turn after it. */
const ROWS_A_STATEMENT = 500

const CHANGE: readonly Column[] = [
  { name: 'id', integer: false },
  { name: 'state', integer: false },
  { name: 'attempt', integer: true },
  { name: 'due_at', integer: true },
  { name: 'started_at', integer: true },
  { name: 'ended_at', integer: true },
  { name: 'error', integer: false },
  { name: 'files', integer: true },
  { name: 'files_done', integer: true },
  { name: 'bytes', integer: true },
  { name: 'bytes_total', integer: true },
  { name: 'progress', integer: false },
  { name: 'events', integer: true },
]

const FILE: readonly Column[] = ['run', 'key', 'body'].map(name => ({ name, integer: false }))

const EVENT: readonly Column[] = [
  { name: 'run', integer: false },
  { name: 'number', integer: true },
  { name: 'at', integer: true },
  { name: 'kind', integer: false },
  { name: 'text', integer: false },
  { name: 'detail', integer: false },
]

/**
 * Writes what a node says of runs that it has, in one transaction. Of a run that is no longer its own nothing is written.
 * @returns the ids of which everything was written
 */
export async function saveRuns(
  { queries, dialect }: Database,
  node: string,
  savings: readonly Saving[],
): Promise<readonly string[]> {
  if (savings.length === 0) return []
  return queries.transaction().execute(async transaction => {
    const written = new Set(savings.map(({ id }) => id))
    await lockRuns(transaction, dialect, [...written])
    // Two words on one run are two steps.
    for (const wave of waves(savings)) {
      const counts = await writeChanges(transaction, dialect, node, wave)
      const mine = wave.filter(({ id }) => counts.has(id))
      for (const { id } of wave) if (!counts.has(id)) written.delete(id)
      await writeFiles(transaction, dialect, mine)
      await writeEvents(transaction, dialect, mine, counts)
    }
    return [...written]
  })
}

/** Takes the locks of rows in one order, so that two calls wait for each other instead of in a circle. */
export async function lockRuns(
  transaction: Queries,
  dialect: Database['dialect'],
  ids: readonly string[],
): Promise<void> {
  if (dialect.kind === 'sqlite' || ids.length < 2) return
  await sql`select 1 from runs where id in ${jsonTexts(dialect, ids)} order by id for no key update`.execute(
    transaction,
  )
}

function waves(savings: readonly Saving[]): readonly (readonly Saving[])[] {
  const found: Saving[][] = []
  const seen = new Map<string, number>()
  for (const saving of savings) {
    const index = seen.get(saving.id) ?? 0
    seen.set(saving.id, index + 1)
    found[index] ??= []
    found[index].push(saving)
  }
  return found
}

/** Changes the runs; answers how many events each of those has that are still this node's. */
async function writeChanges(
  transaction: Queries,
  dialect: Database['dialect'],
  node: string,
  wave: readonly Saving[],
): Promise<ReadonlyMap<string, number>> {
  const now = Date.now()
  const kept = (name: string) =>
    sql`${sql.ref(name)} = coalesce(said.${sql.ref(name)}, runs.${sql.ref(name)})`
  const back = sql`said.state in ('waiting', 'retrying')`
  const stays = sql`coalesce(said.state, 'running') = 'running'`
  const { rows } = await sql<{ id: string; events: number }>`
    update runs set
      ${sql.join(['attempt', 'due_at', 'started_at', 'files', 'files_done', 'bytes', 'bytes_total', 'progress'].map(kept))},
      state = case when ${back} and runs.cancel_asked = 1 then 'cancelled' else coalesce(said.state, runs.state) end,
      ended_at = case when ${stays} then runs.ended_at
        when ${back} and runs.cancel_asked = 0 then null else coalesce(said.ended_at, cast(${now} as bigint)) end,
      lease_node = case when ${stays} then runs.lease_node end,
      lease_until = case when ${stays} then runs.lease_until end,
      error = nullif(coalesce(said.error, runs.error), ''),
      events = runs.events + said.events
    from ${jsonRows(dialect, CHANGE, wave.map(changeRow))} as said
    where runs.id = said.id and runs.lease_node = ${node} and runs.state = 'running'
    returning runs.id, runs.events`.execute(transaction)
  return new Map(rows.map(({ id, events }) => [id, events]))
}

function changeRow(saving: Saving): readonly Value[] {
  const { state, release, error } = saving
  const whole = (number: number | undefined) => (number === undefined ? null : Math.trunc(number))
  return [
    saving.id,
    release === true && !isOver(state ?? '') && state !== 'retrying' ? 'waiting' : (state ?? null),
    whole(saving.attempt),
    whole(saving.dueAt),
    whole(saving.startedAt),
    whole(saving.endedAt),
    error === null ? '' : error === undefined ? null : JSON.stringify(error),
    whole(saving.files),
    whole(saving.filesDone),
    whole(saving.bytes),
    whole(saving.bytesTotal),
    saving.progress === undefined ? null : JSON.stringify(saving.progress),
    saving.events?.length ?? 0,
  ]
}

async function writeFiles(
  transaction: Queries,
  dialect: Database['dialect'],
  wave: readonly Saving[],
): Promise<void> {
  const rows = wave.flatMap(({ id, fileRows = [] }) =>
    // Of two that have the same key the last one counts.
    [...new Map(fileRows.map(file => [indexable(file.key), file]))].map(([key, file]): Value[] => [
      id,
      key,
      JSON.stringify(file),
    ]),
  )
  await inSlices(rows, slice =>
    sql`insert into run_files (run, ${sql.ref('key')}, body)
      select run, ${sql.ref('key')}, body from ${jsonRows(dialect, FILE, slice)} as said where true
      on conflict (run, ${sql.ref('key')}) do update set body = excluded.body`.execute(transaction),
  )
}

async function writeEvents(
  transaction: Queries,
  dialect: Database['dialect'],
  wave: readonly Saving[],
  counts: ReadonlyMap<string, number>,
): Promise<void> {
  const rows = wave.flatMap(({ id, events = [] }) => {
    const before = (counts.get(id) ?? 0) - events.length
    return events.map(({ at, kind, text, detail }, index): Value[] => [
      id,
      before + index + 1,
      Math.trunc(at),
      storable(kind),
      storable(text),
      JSON.stringify(detail),
    ])
  })
  await inSlices(rows, slice => insertRows(transaction, dialect, 'run_events', EVENT, slice))
}

async function inSlices(
  rows: readonly (readonly Value[])[],
  write: (slice: readonly (readonly Value[])[]) => Promise<unknown>,
): Promise<void> {
  for (let start = 0; start < rows.length; start += ROWS_A_STATEMENT) {
    if (start > 0) await turn()
    await write(rows.slice(start, start + ROWS_A_STATEMENT))
  }
}
