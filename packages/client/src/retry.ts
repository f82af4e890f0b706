import { setTimeout as sleep } from 'node:timers/promises'
import { aborted, FtpError } from './errors.ts'

/** When and how often an operation is tried again. */
export interface RetryPolicy {
  /** Tries after the first one that failed. Default 3; 0: none. */
  readonly retries: number
  /** Milliseconds before the first. Default 1,000. */
  readonly firstDelay: number
  /** What each delay is multiplied by. Default 2. */
  readonly factor: number
  /** The longest delay, in milliseconds. Default 30,000. */
  readonly maxDelay: number
  /** The part of a delay that is left to chance, 0 to 1, so that many clients do not come back at one instant. Default 0.25. */
  readonly jitter: number
}

export const DEFAULT_RETRY: RetryPolicy = {
  retries: 3,
  firstDelay: 1_000,
  factor: 2,
  maxDelay: 30_000,
  jitter: 0.25,
}

/** What a run of tries needs. */
export interface RetryRun<T> {
  readonly policy: RetryPolicy
  readonly signal: AbortSignal
  /** @param attempt - counted from 0 */
  run(attempt: number): Promise<T>
  /** Whether trying again can help. Default: what the error says. */
  retryable?(error: unknown): boolean
  /** Something moved in this try, so that the next counts as the first again: a transfer of days may break a hundred times. */
  progressed?(): boolean
  /** Told before each delay. */
  onRetry?(error: unknown, attempt: number, delayMs: number): void
  /** 0 to 1. Default `Math.random`. */
  random?(): number
}

/**
 * Runs something until it succeeds, fails for good, or has been tried often enough.
 *
 * @throws what the last try threw
 */
export async function withRetry<T>(options: RetryRun<T>): Promise<T> {
  const { policy, signal, run, random = Math.random } = options
  const retryable = options.retryable ?? (error => error instanceof FtpError && error.retryable)
  let failures = 0
  for (let attempt = 0; ; attempt++) {
    try {
      return await run(attempt)
    } catch (error) {
      if (options.progressed?.()) failures = 0
      if (signal.aborted || !retryable(error) || failures >= policy.retries) throw error
      const delay = delayOf(policy, failures, random())
      failures++
      options.onRetry?.(error, attempt + 1, delay)
      try {
        await sleep(delay, undefined, { signal })
      } catch {
        throw aborted('connect', signal)
      }
    }
  }
}

/** Milliseconds before the next try. @param chance - 0 to 1 */
export function delayOf(policy: RetryPolicy, failures: number, chance: number): number {
  const full = Math.min(policy.maxDelay, policy.firstDelay * policy.factor ** failures)
  return Math.round(full * (1 - policy.jitter * chance))
}
