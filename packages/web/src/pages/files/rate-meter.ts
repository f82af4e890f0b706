/** How long figures count, in milliseconds. */
const WINDOW_MS = 5_000

/** Bytes per second over the last five seconds. */
export class RateMeter {
  readonly #samples: { readonly at: number; readonly bytes: number }[] = []

  /** @param bytes - moved since the beginning; @param at - milliseconds */
  note(bytes: number, at: number): void {
    const last = this.#samples.at(-1)
    // Many in a moment would only make the list long.
    if (last && this.#samples.length > 1 && at - last.at < 50) this.#samples.pop()
    this.#samples.push({ at, bytes })
    while ((this.#samples[1]?.at ?? at) < at - WINDOW_MS) this.#samples.shift()
  }

  /** 0 until there are two moments to compare. */
  get rate(): number {
    const first = this.#samples[0]
    const last = this.#samples.at(-1)
    if (!first || !last || last.at <= first.at) return 0
    return Math.max(0, ((last.bytes - first.bytes) * 1000) / (last.at - first.at))
  }
}
