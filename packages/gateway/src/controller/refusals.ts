import type { Status } from '../codes.ts'

/** One address is told of once in so long, with how often it was refused meanwhile. Milliseconds. */
const QUIET_MS = 60_000
/** Addresses that are remembered; beyond it all are forgotten, and told of anew. */
const MAX_ADDRESSES = 10_000

/** Tells of those who were not let in, without a flood of them becoming a flood of words. */
export class Refusals {
  readonly #tell: (code: Status['code'], text: string) => void
  readonly #now: () => number
  readonly #seen = new Map<string, { until: number; silent: number }>()

  constructor(tell: (code: Status['code'], text: string) => void, now: () => number) {
    this.#tell = tell
    this.#now = now
  }

  add(address: string, { code, text }: Status): void {
    const key = `${address} ${code}`
    const seen = this.#seen.get(key)
    if (seen && this.#now() < seen.until) {
      seen.silent++
      return
    }
    if (this.#seen.size >= MAX_ADDRESSES) this.#seen.clear()
    this.#seen.set(key, { until: this.#now() + QUIET_MS, silent: 0 })
    const before = seen && seen.silent > 0 ? ` (${seen.silent} more since the last word of it)` : ''
    this.#tell(code, `${address} was not let in: ${text}${before}`)
  }
}
