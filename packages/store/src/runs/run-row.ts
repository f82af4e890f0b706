import type { Selectable } from 'kysely'
import { readJson, readTexts } from '../json-text.ts'
import type { RunColumns } from '../schema/tables.ts'
import type { RunCause, RunRow, RunState } from '../store-runs.ts'

/** Every state, those first that are not over. */
export const RUN_STATES: readonly RunState[] = [
  'waiting',
  'retrying',
  'running',
  'succeeded',
  'failed',
  'cancelled',
]

/** Whether nothing comes after a state. */
export const isOver = (state: string): boolean =>
  state === 'succeeded' || state === 'failed' || state === 'cancelled'

/** What the columns of a run say. */
export function toRun(row: Selectable<RunColumns>): RunRow {
  return {
    id: row.id,
    transfer: row.transfer,
    sites: readTexts(row.sites),
    state: stateOf(row.state),
    cause: readCause(row.cause),
    definition: readJson(row.definition),
    createdAt: row.created_at,
    dueAt: row.due_at,
    ...(row.started_at !== null && { startedAt: row.started_at }),
    ...(row.ended_at !== null && { endedAt: row.ended_at }),
    attempt: row.attempt,
    ...(row.lease_node !== null && { lease: { node: row.lease_node, until: row.lease_until ?? 0 } }),
    cancelAsked: row.cancel_asked === 1,
    ...(row.error !== null && { error: readError(row.error) }),
    files: row.files,
    filesDone: row.files_done,
    bytes: row.bytes,
    bytesTotal: row.bytes_total,
    progress: readJson(row.progress),
  }
}

/** The state of a column; one that this release does not know is over. */
const stateOf = (text: string): RunState => RUN_STATES.find(state => state === text) ?? 'failed'

const readCause = (text: string): RunCause => JSON.parse(text)
const readError = (text: string): { code: string; text: string } => JSON.parse(text)
