import type { Store } from '@portolan/store'
import type { Clock } from '../schedule/clock.ts'
import type { Definitions } from './definitions.ts'
import type { Resolve } from './folder-trigger.ts'
import type { RunWriter } from './run-writer.ts'

/** What the parts of {@link Triggers} work with. */
export interface TriggerParts {
  readonly definitions: Definitions
  readonly writer: RunWriter
  readonly tables: Pick<Store['initiated'], 'schedules' | 'fetched'> & {
    readonly runs: Pick<Store['initiated']['runs'], 'list'>
  }
  readonly clock: Clock
  readonly resolve: Resolve
  readonly signal: AbortSignal
  warn(code: string, text: string): void
}

/** What an error says. */
export const sentenceOf = (error: unknown) => (error instanceof Error ? error.message : String(error))
