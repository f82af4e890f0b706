import type { LookupAddress } from 'node:dns'
import { lookup as systemLookup } from 'node:dns/promises'
import type { LookupFunction } from 'node:net'

/** Finds all addresses of a name. */
type FindAddresses = (name: string) => Promise<readonly LookupAddress[]>

export interface NamesOptions {
  /** Names remembered at most; the one used longest ago goes first. Default 1,000. */
  readonly size?: number
  /** Milliseconds for which an answer is fresh, and for which a failure is not asked for again. Default 30,000 and 2,000. */
  readonly ttlMs?: number
  readonly failedMs?: number
  /** Default: the system's resolver, so that /etc/hosts counts. */
  readonly find?: FindAddresses
  /** Milliseconds of a clock that never goes back. Default `performance.now`. */
  readonly now?: () => number
}

/** Lookups at once: each blocks one of the few threads of Node for as long as no name server answers. The others wait for their turn. */
const MAX_LOOKUPS = 2

interface Entry {
  addresses: readonly LookupAddress[] | undefined
  error: Error | undefined
  at: number
  asking: Promise<void> | undefined
}

/**
 * Names of servers with all their addresses, bounded in number and age: DnsCache of the channels package keeps one address, and a
 * server may be reached at another. The last good answer is used when a new one cannot be had.
 */
export class Names {
  readonly #options: Required<NamesOptions>
  readonly #entries = new Map<string, Entry>()
  readonly #turns: (() => void)[] = []
  #lookups = 0

  constructor(options: NamesOptions = {}) {
    const find: FindAddresses = name => systemLookup(name, { all: true })
    this.#options = {
      ...{ size: 1_000, ttlMs: 30_000, failedMs: 2_000, find, now: () => performance.now() },
      ...options,
    }
  }

  /** As `net.connect` takes it. */
  readonly lookup: LookupFunction = (name, { family, all }, done) => {
    this.#find(name).then(
      found => {
        const fitting = found.filter(
          one => !family || one.family === Number(String(family).replace('IPv', '')),
        )
        const [first] = fitting
        if (!first) done(notFound(name), '')
        else if (all) done(null, [...fitting])
        else done(null, first.address, first.family)
      },
      (error: NodeJS.ErrnoException) => done(error, ''),
    )
  }

  async #find(name: string): Promise<readonly LookupAddress[]> {
    const entry = this.#entry(name.toLowerCase())
    const age = this.#options.now() - entry.at
    if (entry.addresses && !entry.error && age <= this.#options.ttlMs) return entry.addresses
    if (!entry.error || age > this.#options.failedMs) {
      entry.asking ??= this.#ask(name, entry)
      await entry.asking
    }
    if (entry.addresses) return entry.addresses
    throw entry.error ?? notFound(name)
  }

  async #ask(name: string, entry: Entry): Promise<void> {
    if (this.#lookups >= MAX_LOOKUPS) await new Promise<void>(resolve => this.#turns.push(resolve))
    this.#lookups++
    try {
      const found = await this.#options.find(name)
      if (found.length === 0) throw notFound(name)
      entry.addresses = found
      entry.error = undefined
    } catch (error) {
      entry.error = error instanceof Error ? error : new Error(String(error))
    } finally {
      entry.at = this.#options.now()
      entry.asking = undefined
      this.#lookups--
      this.#turns.shift()?.()
    }
  }

  #entry(key: string): Entry {
    const entry = this.#entries.get(key) ?? {
      addresses: undefined,
      error: undefined,
      at: -Infinity,
      asking: undefined,
    }
    // Set anew, so that the map stays in the order of use.
    this.#entries.delete(key)
    this.#entries.set(key, entry)
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= this.#options.size) break
      this.#entries.delete(oldest)
    }
    return entry
  }
}

function notFound(name: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${name} has no address`), { code: 'ENOTFOUND' })
}
