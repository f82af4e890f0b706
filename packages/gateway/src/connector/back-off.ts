/** Milliseconds between attempts to reach an edge: the first, and the longest. */
const LOST = { first: 200, most: 10_000 }
/** The same for one that refuses: somebody has to do something about it first. */
const REFUSED = { first: 1_000, most: 60_000 }

/** How long to wait before an edge is dialled again: doubled each time, spread so that those who were lost together do not come together. */
export class BackOff {
  readonly #random: () => number
  #times = 0

  /** @param random - from 0 to 1 */
  constructor(random: () => number) {
    this.#random = random
  }

  /** Milliseconds. */
  next(why: 'lost' | 'refused'): number {
    const { first, most } = why === 'lost' ? LOST : REFUSED
    const whole = Math.min(first * 2 ** Math.min(this.#times++, 20), most)
    return whole * (0.5 + this.#random() / 2)
  }

  /** It has worked. */
  reset(): void {
    this.#times = 0
  }
}
