/** How many probes a session may send within {@link WINDOW_MS}. A doctor needs some twenty. */
export const PROBES_PER_MINUTE = 30
const WINDOW_MS = 60_000

/** Bounds the probes of one session: any sixty seconds hold {@link PROBES_PER_MINUTE} at the most. */
export class ProbeLimit {
  #times: number[] = []

  /**
   * Counts one probe, unless there were too many.
   *
   * @param now - milliseconds of a clock that never goes back
   * @returns milliseconds until the next one is answered, 0 when this one is
   */
  take(now: number): number {
    const times = this.#times.filter(time => now - time < WINDOW_MS)
    this.#times = times
    const [oldest] = times
    if (oldest !== undefined && times.length >= PROBES_PER_MINUTE) return Math.ceil(oldest + WINDOW_MS - now)
    times.push(now)
    return 0
  }
}
