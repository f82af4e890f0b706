import { TrustedNetworks } from '@portolan/channels'
import type { Settings } from '@portolan/settings'

/** Addresses and users that are remembered at once; the oldest is forgotten first. */
const MAX_REMEMBERED = 100_000

interface Record {
  /** When the wrong passwords came, in milliseconds; no more of them than the limit. */
  failures: number[]
  bannedUntil: number
}

/** What a wrong password leads to. */
export interface Penalty {
  /** Milliseconds before the answer. */
  readonly delayMs: number
  /** Set when this wrong password made a ban: when it ends. */
  readonly bannedUntil?: number
}

/** Counts wrong passwords by address and by user name: a growing delay, then a timed ban. */
export class Bans {
  #settings: Settings['bans']
  #exempt: TrustedNetworks
  readonly #addresses = new Map<string, Record>()
  readonly #users = new Map<string, Record>()
  /** Addresses from which a user logged in before: a ban of the name does not shut its owner out. */
  readonly #known = new Map<string, Set<string>>()
  readonly #now: () => number

  constructor(settings: Settings['bans'], now: () => number = Date.now) {
    this.#settings = settings
    this.#exempt = new TrustedNetworks(settings.exempt)
    this.#now = now
  }

  set settings(settings: Settings['bans']) {
    this.#settings = settings
    this.#exempt = new TrustedNetworks(settings.exempt)
  }

  /** Milliseconds until an address may connect again; 0 when it may now. */
  remaining(address: string): number {
    return this.#left(this.#addresses.get(address))
  }

  /** Milliseconds until a user may log in again from an address; 0 when it may now. */
  remainingFor(user: string, address: string): number {
    return this.#known.get(user)?.has(address) ? 0 : this.#left(this.#users.get(user))
  }

  failed(address: string, user: string): Penalty {
    const { enabled, attempts, attemptsPerUser, delay } = this.#settings
    const ofAddress = this.#count(this.#addresses, address, attempts)
    const ofUser = this.#count(this.#users, user, Math.max(attemptsPerUser, 1))
    const delayMs = Math.min(delay.ceiling, delay.first * 2 ** Math.min(ofAddress.failures.length - 1, 30))
    if (!enabled) return { delayMs }
    const until = this.#now() + this.#settings.duration
    if (attemptsPerUser > 0 && ofUser.failures.length >= attemptsPerUser) ofUser.bannedUntil = until
    if (ofAddress.failures.length < attempts || this.#exempt.has(address)) return { delayMs }
    ofAddress.bannedUntil = until
    return { delayMs, bannedUntil: until }
  }

  succeeded(address: string, user: string): void {
    this.#addresses.delete(address)
    const addresses = this.#known.get(user) ?? new Set<string>()
    if (addresses.size < 100) addresses.add(address)
    remember(this.#known, user, addresses)
  }

  #left(record: Record | undefined): number {
    return record ? Math.max(0, record.bannedUntil - this.#now()) : 0
  }

  #count(records: Map<string, Record>, key: string, limit: number): Record {
    const now = this.#now()
    const record = records.get(key) ?? { failures: [], bannedUntil: 0 }
    const recent = record.failures.filter(at => at > now - this.#settings.within)
    record.failures = [...recent, now].slice(-limit)
    remember(records, key, record)
    return record
  }
}

function remember<T>(map: Map<string, T>, key: string, value: T): void {
  map.delete(key)
  map.set(key, value)
  if (map.size <= MAX_REMEMBERED) return
  const [oldest] = map.keys()
  if (oldest !== undefined) map.delete(oldest)
}
