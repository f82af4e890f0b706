/** How long the past is that counts, in milliseconds: shorter jumps, longer lags behind. */
const WINDOW_MS = 4_000
/** Measured over less, a rate is noise. */
const LEAST_MS = 200

/** Tells how fast something moves, from its position every now and then. */
export class RateMeter {
  readonly #samples: { readonly at: number; readonly position: number }[] = []

  /** @param at - milliseconds of a clock that never goes back */
  push(position: number, at: number): void {
    const last = this.#samples.at(-1)
    // Chunks come by the thousand; the window needs some tens.
    if (last && this.#samples.length > 1 && at - last.at < WINDOW_MS / 40) this.#samples.pop()
    this.#samples.push({ at, position })
    while (at - (this.#samples[1]?.at ?? at) > WINDOW_MS) this.#samples.shift()
  }

  /** Per second; undefined before anything can be said. */
  rate(at: number): number | undefined {
    const [first] = this.#samples
    const last = this.#samples.at(-1)
    if (!first || !last || at - first.at < LEAST_MS) return undefined
    return Math.max(0, ((last.position - first.position) * 1000) / (at - first.at))
  }
}
