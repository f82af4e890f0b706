import type { Outcome } from '../diagnosis.ts'
import type { Facts } from './facts.ts'
import type { Verdict } from './verdict.ts'

/** How it went as a whole. */
export function outcomeOf({ evidence }: Facts, verdicts: readonly Verdict[]): Outcome {
  if (evidence.login?.outcome !== 'ok') return 'no-login'
  if (verdicts.some(({ severity }) => severity === 'error')) return 'no-data'
  return verdicts.some(({ severity }) => severity === 'warning') ? 'warnings' : 'good'
}
