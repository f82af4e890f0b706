import type { Instance } from '../fleet.ts'
import type { Load } from '../load.ts'
import type { ServerKind } from '../servers/server.ts'
import type { Stage } from '../stage.ts'

/** What a figure is counted in. Speeds are the better the higher they are, the others the lower. */
export type Unit = 'MB/s' | 'logins/s' | 'files/s' | 'names/s' | 'streams/s' | 'MB' | 'KB' | 'ms' | 's'

/** What the project promises of a work. */
export type Target =
  /** A speed: this many times the best peer of the same run. */
  | { readonly kind: 'ratio'; readonly atLeast: number }
  /** A speed: at least so much in the work's unit, and as much as that one peer. */
  | { readonly kind: 'floor'; readonly atLeast?: number; readonly of?: string }
  /** A figure that stands by itself, in the work's unit. */
  | { readonly kind: 'value'; readonly atMost: number }
  /** A cost: at most this many times that of one peer, by its name. */
  | { readonly kind: 'times'; readonly atMost: number; readonly of: string }

/** How a server is run for a work. */
type Running =
  /** The instance that lives as long as the run. */
  | 'kept'
  /** One of its own with a single worker, started for this measurement. */
  | 'fresh'

/** What a work gets. */
export interface WorkContext {
  readonly instance: Instance
  readonly load: Load
  readonly stage: Stage
  /** Counted from 0. Checks that cost time are made in the first. */
  readonly round: number
}

/** What one measurement gives. */
export interface Measured {
  readonly value: number
  /** More to keep in the JSON: seconds, the generator's processor time, sessions held. */
  readonly detail: Readonly<Record<string, number>>
}

/** What a table and its verdicts have to know of a work. */
export interface Row {
  /** For `--work`. */
  readonly name: string
  readonly title: string
  readonly unit: Unit
  readonly target?: Target
}

/** One row of the servers' table. */
export interface Work extends Row {
  readonly tls: boolean
  readonly running: Running
  /** Measurements for each server; undefined: as many as the run has rounds. */
  readonly rounds?: number
  /** Why a server is left out; undefined: it takes part. */
  leavesOut(kind: ServerKind): string | undefined
  /** @throws {BenchError} when bytes are missing or wrong: such a run does not count */
  measure(context: WorkContext): Promise<Measured>
}

/** Whether a higher figure is the better one. */
export function isSpeed(unit: Unit): boolean {
  return unit.endsWith('/s')
}
