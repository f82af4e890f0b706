import { lookup as systemLookup } from 'node:dns/promises'
import { type Decision, decide } from './decision.ts'
import { ChannelError } from './errors.ts'

/** Finds the addresses of a name, of one family. Rejects, or resolves to none, when there are none. */
export type Lookup = (name: string, family: 4 | 6) => Promise<readonly string[]>

export interface DnsCacheOptions {
  /** Names remembered at most; the one used longest ago goes first. Default 256. */
  readonly size?: number
  /** Milliseconds for which an answer is fresh. Default 60000. */
  readonly ttlMs?: number
  /** Milliseconds that a caller waits for an answer. Default 2000. */
  readonly timeoutMs?: number
  /** Default: the system's resolver, so that /etc/hosts counts. */
  readonly lookup?: Lookup
  /** Milliseconds of a clock that never goes back. Default: `performance.now`. */
  readonly now?: () => number
}

/**
 * Lookups under way at once. The system's resolver blocks one of the few threads that also read and write files, for as
 * long as a name server does not answer.
 */
const MAX_LOOKUPS = 2
/** Milliseconds before a name that failed is asked for again. */
const RETRY_MS = 5_000

interface Entry {
  good: { readonly address: string; readonly at: number } | undefined
  failed: { readonly text: string; readonly at: number } | undefined
  running: Promise<void> | undefined
}

/** Addresses of names, bounded in number and age. The last good answer is kept and used while a new one is fetched, or cannot be had. */
export class DnsCache {
  readonly #size: number
  readonly #ttlMs: number
  readonly #timeoutMs: number
  readonly #lookup: Lookup
  readonly #now: () => number
  readonly #entries = new Map<string, Entry>()
  #lookups = 0

  constructor(options: DnsCacheOptions = {}) {
    this.#size = options.size ?? 256
    this.#ttlMs = options.ttlMs ?? 60_000
    this.#timeoutMs = options.timeoutMs ?? 2_000
    this.#lookup = options.lookup ?? lookupAll
    this.#now = options.now ?? (() => performance.now())
  }

  /**
   * The address of a name. With several, the one answered before is kept as long as it is among them.
   * @throws {ChannelError} `CHANNEL_ADDRESS` when the name never had an answer and gets none within the timeout
   */
  async resolve(name: string, family: 4 | 6): Promise<Decision<string>> {
    const entry = this.#entry(`${family} ${name.toLowerCase()}`)
    const now = this.#now()
    const { good } = entry
    if (good && now - good.at <= this.#ttlMs) return decide(good.address, 'dns', `${name} is ${good.address}`)
    this.#refresh(entry, name, family, now)
    if (good) {
      const seconds = Math.round((now - good.at) / 1000)
      const why = entry.failed ? `asking again failed: ${entry.failed.text}` : 'it is being asked for again'
      return decide(
        good.address,
        'dns-last-good',
        `${name} was ${good.address} ${seconds} seconds ago; ${why}`,
      )
    }
    await within(entry.running, this.#timeoutMs)
    const found = entry.good
    if (found) return decide(found.address, 'dns', `${name} is ${found.address}`)
    const why = entry.failed?.text ?? `no answer within ${this.#timeoutMs / 1000} seconds`
    throw new ChannelError(
      'CHANNEL_ADDRESS',
      `the name ${name} has no IPv${family} address to tell the client (${why}): correct the passive address rule or the DNS, or use EPSV`,
    )
  }

  #entry(key: string): Entry {
    const known = this.#entries.get(key)
    const entry: Entry = known ?? { good: undefined, failed: undefined, running: undefined }
    // Set anew, so that the map stays in the order of use.
    this.#entries.delete(key)
    this.#entries.set(key, entry)
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= this.#size) break
      this.#entries.delete(oldest)
    }
    return entry
  }

  #refresh(entry: Entry, name: string, family: 4 | 6, now: number): void {
    if (entry.running) return
    if (entry.failed && now - entry.failed.at < RETRY_MS) return
    if (this.#lookups >= MAX_LOOKUPS) {
      // Not remembered as a failure of the name: the next caller may ask.
      if (!entry.good) entry.failed = { text: 'other names are being looked up', at: now - RETRY_MS }
      return
    }
    this.#lookups++
    entry.running = this.#ask(entry, name, family).finally(() => {
      this.#lookups--
      entry.running = undefined
    })
  }

  async #ask(entry: Entry, name: string, family: 4 | 6): Promise<void> {
    try {
      const addresses = await this.#lookup(name, family)
      const before = entry.good?.address
      const address = before !== undefined && addresses.includes(before) ? before : addresses[0]
      if (address === undefined) throw new Error('the answer is empty')
      entry.good = { address, at: this.#now() }
      entry.failed = undefined
    } catch (error) {
      entry.failed = { text: error instanceof Error ? error.message : String(error), at: this.#now() }
    }
  }
}

async function lookupAll(name: string, family: 4 | 6): Promise<readonly string[]> {
  const answers = await systemLookup(name, { all: true, family })
  return answers.map(({ address }) => address)
}

/** Waits for the work, but not longer. The work goes on. */
async function within(work: Promise<void> | undefined, ms: number): Promise<void> {
  if (!work) return
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<void>(resolve => {
    timer = setTimeout(resolve, ms)
  })
  await Promise.race([work, late])
  clearTimeout(timer)
}
