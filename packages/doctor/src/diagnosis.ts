import type { Settings } from './emit/settings.ts'
import type { Step } from './evidence.ts'
import type { Verdict } from './rules/verdict.ts'
import type { Works } from './works.ts'

/**
 * How it went: `good`; `warnings`: it works, and something is not as it should be; `no-data`: the login works and data
 * connections do not as they were asked for; `no-login`.
 */
export type Outcome = 'good' | 'warnings' | 'no-data' | 'no-login'

/** What the doctor found, what it means, and what to do. */
export interface Diagnosis {
  readonly outcome: Outcome
  /** Every step, in the order of the report. */
  readonly steps: readonly Step[]
  /** What explains most comes first. */
  readonly verdicts: readonly Verdict[]
  /** The combination that has moved data; absent when none has. */
  readonly works?: Works
  /** How to set that combination in clients; absent when none works. */
  readonly settings?: Settings
}
