import type { RunChange, RunState } from '@portolan/store'
import type { Transfer } from '../model/index.ts'
import type { Failure } from './failure.ts'

/** When it is tried again. Seconds, as the model has them. */
export type RetryRule = NonNullable<Transfer['retry']>

/** Why a run ended otherwise than it was meant to. */
export interface RunCauseOfEnd {
  readonly code: string
  readonly text: string
}

/** The life of a run, as the node that has it sees it. */
export type Life =
  | { readonly phase: 'waiting'; readonly attempt: number; readonly dueAt: number }
  | { readonly phase: 'running'; readonly attempt: number }
  | {
      readonly phase: 'retrying'
      readonly attempt: number
      readonly dueAt: number
      readonly error: RunCauseOfEnd
    }
  /** It cannot succeed any more; what has to be tidied up and told is being done. */
  | {
      readonly phase: 'ending'
      readonly attempt: number
      readonly end: 'failed' | 'cancelled'
      readonly error: RunCauseOfEnd
    }
  | { readonly phase: 'succeeded'; readonly attempt: number; readonly endedAt: number }
  | {
      readonly phase: 'failed' | 'cancelled'
      readonly attempt: number
      readonly endedAt: number
      readonly error: RunCauseOfEnd
    }

/** What happens to a run. */
export type LifeEvent =
  /** A node begins an attempt. */
  | { readonly type: 'begun' }
  | { readonly type: 'done' }
  | { readonly type: 'failed'; readonly failure: Pick<Failure, 'code' | 'text' | 'transient'> }
  | { readonly type: 'cancelled' }
  /** The node stops, and others or its next start go on. */
  | { readonly type: 'given-back' }
  /** What `ending` had to do is done. */
  | { readonly type: 'tidied' }

/** What the machine does not know by itself. */
export interface LifeRules {
  readonly retry: RetryRule
  /** Milliseconds since 1970. */
  readonly now: number
  /** From 0 to 1. */
  readonly chance: number
}

export const CANCELLED: RunCauseOfEnd = { code: 'RUN_CANCELLED', text: 'It was cancelled.' }

/** What becomes of a run. An end stays as it is, whatever comes; what makes no sense changes nothing. */
export function nextLife(life: Life, event: LifeEvent, rules: LifeRules): Life {
  switch (life.phase) {
    case 'succeeded':
    case 'failed':
    case 'cancelled':
      return life
    case 'waiting':
    case 'retrying':
      if (event.type === 'begun') return { phase: 'running', attempt: life.attempt + 1 }
      if (event.type === 'cancelled') return ending(life, 'cancelled', CANCELLED)
      return life
    case 'running':
      return nextOfRunning(life, event, rules)
    case 'ending':
      if (event.type !== 'tidied') return life
      return { phase: life.end, attempt: life.attempt, endedAt: rules.now, error: life.error }
  }
}

function nextOfRunning(
  life: Extract<Life, { phase: 'running' }>,
  event: LifeEvent,
  { retry, now, chance }: LifeRules,
): Life {
  const { attempt } = life
  switch (event.type) {
    case 'done':
      return { phase: 'succeeded', attempt, endedAt: now }
    case 'cancelled':
      return ending(life, 'cancelled', CANCELLED)
    case 'given-back':
      // The attempt is not over: whoever goes on makes the same one.
      return { phase: 'waiting', attempt: attempt - 1, dueAt: now }
    case 'failed': {
      const { code, text, transient } = event.failure
      if (!transient || attempt >= retry.attempts) return ending(life, 'failed', { code, text })
      return {
        phase: 'retrying',
        attempt,
        dueAt: now + delayOf(retry, attempt, chance),
        error: { code, text },
      }
    }
    case 'begun':
    case 'tidied':
      return life
  }
}

function ending(life: Life, end: 'failed' | 'cancelled', error: RunCauseOfEnd): Life {
  return { phase: 'ending', attempt: life.attempt, end, error }
}

/** Milliseconds until the next attempt. @param attempt - the one that failed, from 1. @param chance - 0 to 1 */
export function delayOf(rule: RetryRule, attempt: number, chance: number): number {
  const full = Math.min(rule.ceiling, rule.first * rule.factor ** (attempt - 1))
  return Math.round(full * 1000 * (1 - rule.jitter * chance))
}

/** What the store is told of it. `ending` is `running` to everybody else: the node still has it. */
export function changeOf(life: Life): RunChange & { readonly state: RunState } {
  switch (life.phase) {
    case 'running':
      return { state: 'running', attempt: life.attempt }
    case 'ending':
      return { state: 'running', attempt: life.attempt, error: life.error }
    case 'waiting':
      return { state: 'waiting', attempt: life.attempt, dueAt: life.dueAt }
    case 'retrying':
      return { state: 'retrying', attempt: life.attempt, dueAt: life.dueAt, error: life.error }
    case 'succeeded':
      return { state: 'succeeded', attempt: life.attempt, endedAt: life.endedAt, error: null }
    case 'failed':
    case 'cancelled':
      return { state: life.phase, attempt: life.attempt, endedAt: life.endedAt, error: life.error }
  }
}
