/** How often something may happen for one address: `burst` at once, then `perSecond`. */
export interface RateLimit {
  readonly burst: number
  readonly perSecond: number
}

/** Addresses that are remembered; beyond it the ones that were quiet longest are forgotten. */
const MAX_ADDRESSES = 50_000

/** A token bucket for each address, bounded in memory. */
export class AddressRate {
  readonly #limit: RateLimit
  readonly #buckets = new Map<string, { tokens: number; at: number }>()

  constructor(limit: RateLimit) {
    this.#limit = limit
  }

  /** Whether it may happen once more. @param now - milliseconds of any clock that does not run backwards */
  take(address: string, now: number): boolean {
    const { burst, perSecond } = this.#limit
    const known = this.#buckets.get(address)
    const tokens = known ? Math.min(burst, known.tokens + ((now - known.at) / 1_000) * perSecond) : burst
    this.#buckets.delete(address)
    this.#buckets.set(address, { tokens: tokens >= 1 ? tokens - 1 : tokens, at: now })
    if (this.#buckets.size > MAX_ADDRESSES) {
      const [oldest] = this.#buckets.keys()
      if (oldest !== undefined) this.#buckets.delete(oldest)
    }
    return tokens >= 1
  }
}
