import type { Run } from '@portolan/console/contract'

/** A run as it was told last, and how fast its bytes came meanwhile. */
export interface LiveRun {
  readonly run: Run
  /** Milliseconds since 1970. */
  readonly at: number
  /** Bytes per second; undefined until there is something to tell it from. */
  readonly rate: number | undefined
}

export type LiveRuns = ReadonlyMap<string, LiveRun>

/** Runs that are held; what was told first goes first. */
const MOST = 500
/** How much the newest rate counts: rates jump, and people read them. */
const WEIGHT = 0.4
/** Less time than this tells no rate, in milliseconds. */
const LEAST_MS = 200

/** The runs with one that was told now. */
export function withRun(runs: LiveRuns, run: Run, at: number): LiveRuns {
  const before = runs.get(run.id)
  const next = new Map(runs)
  next.delete(run.id)
  next.set(run.id, { run, ...paceOf(before, run, at) })
  const [oldest] = next.keys()
  if (next.size > MOST && oldest !== undefined) next.delete(oldest)
  return next
}

function paceOf(before: LiveRun | undefined, run: Run, at: number): Pick<LiveRun, 'at' | 'rate'> {
  if (run.state !== 'running') return { at, rate: undefined }
  if (before?.run.state !== 'running' || before.run.attempt !== run.attempt) return { at, rate: undefined }
  const ms = at - before.at
  if (ms < LEAST_MS) return { at: before.at, rate: before.rate }
  const rate = (Math.max(0, run.bytes - before.run.bytes) * 1000) / ms
  return { at, rate: before.rate === undefined ? rate : before.rate * (1 - WEIGHT) + rate * WEIGHT }
}

/** Which runs a list shows. */
export interface RunFilters {
  readonly transfer: string
  readonly site: string
  readonly state: string
}

/** Whether a run is one of those that the filters ask for; empty texts ask for all. */
export const isAsked = (run: Run, { transfer, site, state }: RunFilters): boolean =>
  (transfer === '' || run.transfer === transfer) &&
  (site === '' || run.sites.includes(site)) &&
  (state === '' || run.state === state)

/** The rows of the list as they are now: told anew where something was told, and the new ones first. */
export function shownRuns(rows: readonly Run[], live: LiveRuns, filters: RunFilters): readonly Run[] {
  const known = new Set(rows.map(({ id }) => id))
  const newest = rows[0]?.createdAt ?? 0
  const fresh = [...live.values()]
    .map(({ run }) => run)
    .filter(run => !known.has(run.id) && run.createdAt >= newest && isAsked(run, filters))
    .sort((a, b) => b.createdAt - a.createdAt)
  const told = rows.map(row => newer(row, live.get(row.id)?.run))
  return [...fresh, ...told.filter(run => isAsked(run, filters))]
}

/** What is over stays over, whichever of the two was told later. */
export function newer(row: Run, told: Run | undefined): Run {
  if (!told) return row
  return isOver(row) && !isOver(told) ? row : told
}

/** Whether a run has ended, one way or the other. */
export const isOver = ({ state }: Pick<Run, 'state'>): boolean =>
  state === 'succeeded' || state === 'failed' || state === 'cancelled'

/** Milliseconds until all bytes have come, at this rate; undefined when nobody can tell. */
export function leftMs(
  { bytes, bytesTotal }: Pick<Run, 'bytes' | 'bytesTotal'>,
  rate: number | undefined,
): number | undefined {
  if (rate === undefined || rate < 1 || bytesTotal <= bytes) return undefined
  return ((bytesTotal - bytes) * 1000) / rate
}

/** How much of it is done, from 0 to 100; by bytes, and by files where there are none. */
export function percentOf({ bytes, bytesTotal, files, filesDone, state }: Run): number {
  if (state === 'succeeded') return 100
  if (bytesTotal > 0) return Math.min(100, (bytes / bytesTotal) * 100)
  return files > 0 ? Math.min(100, (filesDone / files) * 100) : 0
}
