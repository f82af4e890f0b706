/** How far a user may get ahead of its rate, in milliseconds: short files pass without a wait. */
const BURST_MS = 250
/** Users that are remembered at once. */
const MAX_REMEMBERED = 10_000

/** Hands out the bytes of users with a rate, so that all their sessions in all workers share it. */
export class Rates {
  /** When all bytes handed out so far are paid for, by user and direction, in milliseconds. */
  readonly #paidUntil = new Map<string, number>()
  readonly #now: () => number

  constructor(now: () => number = Date.now) {
    this.#now = now
  }

  /** Takes bytes and answers how many milliseconds to wait for them. */
  take({ user, direction, bytes, perSecond }: RateAsk): number {
    const now = this.#now()
    const key = `${direction}:${user}`
    const paidUntil = Math.max(this.#paidUntil.get(key) ?? 0, now - BURST_MS) + (bytes * 1000) / perSecond
    this.#paidUntil.delete(key)
    this.#paidUntil.set(key, paidUntil)
    const [oldest] = this.#paidUntil.keys()
    if (this.#paidUntil.size > MAX_REMEMBERED && oldest !== undefined) this.#paidUntil.delete(oldest)
    return Math.max(0, Math.ceil(paidUntil - now))
  }
}

interface RateAsk {
  readonly user: string
  readonly direction: 'upload' | 'download'
  readonly bytes: number
  readonly perSecond: number
}
