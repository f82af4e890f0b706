/** Waits between attempts at one address, in milliseconds. */
const FIRST_MS = 200
const LONGEST_MS = 5_000
/** More than all edges of one access path. */
const MAX_ADDRESSES = 128

interface Entry {
  readonly address: string
  /** Which edge was found there; undefined: not known. */
  edge: string | undefined
  delayMs: number
  dueAt: number
  inUse: boolean
}

/** Where edges are, which edge is where, and when each may be tried again. Milliseconds are those of `performance.now()`. */
export class EdgeAddresses {
  #entries: Entry[] = []
  readonly #random: () => number

  constructor(random: () => number = Math.random) {
    this.#random = random
  }

  /** Those that are to be tried from now on, the first first. What was known of them stays known. */
  replace(addresses: readonly string[]): void {
    const before = new Map(this.#entries.map(entry => [entry.address, entry]))
    const wanted = new Set(addresses.slice(0, MAX_ADDRESSES))
    const inUse = this.#entries.filter(entry => entry.inUse && !wanted.has(entry.address))
    this.#entries = [
      ...[...wanted].map(
        address => before.get(address) ?? { address, edge: undefined, delayMs: 0, dueAt: 0, inUse: false },
      ),
      ...inUse,
    ]
  }

  /**
   * The address that may be tried first, and the wait until then; undefined: there is none beside those in use.
   * @param taken - edges that are connected already
   */
  next(
    taken: ReadonlySet<string>,
    now: number,
  ): { readonly address: string; readonly waitMs: number } | undefined {
    const free = this.#entries.filter(({ inUse, edge }) => !inUse && (edge === undefined || !taken.has(edge)))
    const [first] = free.toSorted((a, b) => Math.max(a.dueAt, now) - Math.max(b.dueAt, now))
    return first && { address: first.address, waitMs: Math.max(0, first.dueAt - now) }
  }

  take(address: string): void {
    this.#change(address, entry => {
      entry.inUse = true
    })
  }

  /** It was reached, and this edge is there. */
  found(address: string, edge: string): void {
    this.#change(address, entry => {
      entry.edge = edge
    })
  }

  /** It is not in use any more. After a failure the wait doubles; after a link that stood for a while it begins anew. */
  release(address: string, { good }: { good: boolean }, now: number): void {
    this.#change(address, entry => {
      entry.inUse = false
      entry.delayMs = good ? FIRST_MS : Math.min(LONGEST_MS, Math.max(FIRST_MS, entry.delayMs * 2))
      // Agents that lost an edge together are not to come back together.
      entry.dueAt = now + entry.delayMs * (0.75 + this.#random() / 4)
    })
  }

  /** All may be tried at once: a new sign-in was made. */
  forgive(): void {
    for (const entry of this.#entries) entry.delayMs = entry.dueAt = 0
  }

  #change(address: string, change: (entry: Entry) => void): void {
    const entry = this.#entries.find(one => one.address === address)
    if (entry) change(entry)
  }
}
