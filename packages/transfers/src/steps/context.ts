import type { Fetched, Runs } from '@portolan/store'
import type { SiteClients } from '../engine/site-clients.ts'
import type { EngineOptions } from '../engine.ts'
import { fileProperties, type Properties } from '../placeholders.ts'
import type { HeldRun } from '../run/held-run.ts'
import type { LocalFile } from '../run/progress.ts'

/** What steps take from the engine. */
export interface StepTools {
  readonly options: EngineOptions
  readonly sites: SiteClients
  readonly runs: Pick<Runs, 'files'>
  readonly fetched: Fetched
  now(): number
}

/** Where a step runs. */
export interface StepContext {
  readonly run: HeldRun
  readonly tools: StepTools
  /** Counted from 0. */
  readonly index: number
  /** What the keys of this step's files begin with: no two steps of a run have the same. */
  readonly prefix: string
  /** What the steps before have left. */
  readonly files: readonly LocalFile[]
}

/**
 * What placeholders stand for in this run, for a file where there is one. The same whenever the run is taken up again: its
 * time is that of its first begin.
 */
export function propertiesOf({ run }: Pick<StepContext, 'run'>, path?: string, site?: string): Properties {
  return {
    ...run.row.cause.properties,
    ...fileProperties(path ?? String(run.row.cause.properties['file.path'] ?? ''), run.startedAt),
    run: run.id,
    transfer: run.row.transfer,
    attempt: run.row.attempt,
    ...(site !== undefined && { site }),
  }
}
