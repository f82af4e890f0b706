import { setTimeout as systemSleep } from 'node:timers/promises'

/** Waits until so many bytes may pass; undefined when they may pass at once. The shape that the pumps take. */
export type Throttle = (bytes: number) => Promise<void> | undefined

/** How fast, and how uneven. */
export interface ThrottleOptions {
  readonly bytesPerSecond: number
  /** Bytes that may pass at once after a pause. Default: a quarter of a second's worth, at least 16 KiB. */
  readonly burst?: number
  /** Milliseconds of a clock that never goes back. Default: `performance.now`. */
  readonly now?: () => number
  /** Ends every wait at once when it fires; the bytes count as passed, since the transfer is over. */
  readonly signal?: AbortSignal
  /** Default: the system's timer. */
  readonly sleep?: (ms: number) => Promise<void>
}

/**
 * A token bucket. One bucket may be shared by many connections, which then share its rate: whoever asks first is served
 * first. A chunk larger than the burst passes too; it is paid for afterwards.
 * @throws {RangeError} when the rate is not above zero
 */
export function createThrottle(options: ThrottleOptions): Throttle {
  const { bytesPerSecond, signal, now = () => performance.now() } = options
  const sleep = options.sleep ?? (ms => interruptibleSleep(ms, signal))
  if (!(bytesPerSecond > 0))
    throw new RangeError(`a rate of ${bytesPerSecond} bytes per second moves nothing`)
  const burst = options.burst ?? Math.max(bytesPerSecond / 4, 16 * 1024)
  let tokens = burst
  let last = now()
  return bytes => {
    const time = now()
    tokens = Math.min(burst, tokens + ((time - last) * bytesPerSecond) / 1000)
    last = time
    // The debt stands before the wait, so that a second caller queues behind the first.
    tokens -= bytes
    if (tokens >= 0 || signal?.aborted) return undefined
    return sleep((-tokens * 1000) / bytesPerSecond)
  }
}

async function interruptibleSleep(ms: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await systemSleep(ms, undefined, signal && { signal })
  } catch (error) {
    if (!signal?.aborted) throw error
  }
}
