/** Beyond so many times of what one may open in a second, refusing is not enough. */
const FAR_BEYOND = 10

/** How often the other side may open streams: a bucket that holds one second's worth. */
export class OpenLimit {
  readonly #perSecond: number
  #tokens: number
  #at: number

  constructor(perSecond: number, now = performance.now()) {
    this.#perSecond = perSecond
    this.#tokens = perSecond
    this.#at = now
  }

  ask(now = performance.now()): 'open' | 'refuse' | 'close' {
    const gained = ((now - this.#at) / 1_000) * this.#perSecond
    this.#at = now
    this.#tokens = Math.min(this.#perSecond, this.#tokens + gained) - 1
    if (this.#tokens >= 0) return 'open'
    return this.#tokens >= -FAR_BEYOND * this.#perSecond ? 'refuse' : 'close'
  }
}
