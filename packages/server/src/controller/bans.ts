import { TrustedNetworks } from '@portolan/channels'
import type { Settings } from '@portolan/settings'
import type { BanInfo } from '../inspect.ts'
import { SetBans } from './set-bans.ts'

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
  /** Bans that this wrong password made. */
  readonly bans: readonly { readonly kind: BanInfo['kind']; readonly until: number }[]
}

/** Counts wrong passwords by address and by user name: a growing delay, then a timed ban. Bans can also be set. */
export class Bans {
  #settings: Settings['bans']
  #exempt: TrustedNetworks
  readonly #addresses = new Map<string, Record>()
  readonly #users = new Map<string, Record>()
  /** Addresses from which a user logged in before: a ban of the name does not shut its owner out. */
  readonly #known = new Map<string, Set<string>>()
  readonly #set: SetBans
  readonly #now: () => number

  constructor(settings: Settings['bans'], now: () => number = Date.now) {
    this.#settings = settings
    this.#exempt = new TrustedNetworks(settings.exempt)
    this.#now = now
    this.#set = new SetBans(now)
  }

  set settings(settings: Settings['bans']) {
    this.#settings = settings
    this.#exempt = new TrustedNetworks(settings.exempt)
  }

  /** Milliseconds until an address may connect again; 0 when it may now, `Infinity` when it is banned without an end. */
  remaining(address: string): number {
    const set = this.#set.remaining('address', address)
    // Asked only of those few that are banned.
    const ofSet = set > 0 && this.#exempt.has(address) ? 0 : set
    return Math.max(ofSet, this.#left(this.#addresses.get(address)))
  }

  /** Milliseconds until a user may log in again from an address; 0 when it may now, `Infinity` when it is banned without an end. */
  remainingFor(user: string, address: string): number {
    const counted = this.#known.get(user)?.has(address) ? 0 : this.#left(this.#users.get(user))
    return Math.max(this.#set.remaining('user', user), counted)
  }

  failed(address: string, user: string): Penalty {
    const { enabled, attempts, attemptsPerUser, delay } = this.#settings
    const ofAddress = this.#count(this.#addresses, address, attempts)
    const ofUser = this.#count(this.#users, user, Math.max(attemptsPerUser, 1))
    const delayMs = Math.min(delay.ceiling, delay.first * 2 ** Math.min(ofAddress.failures.length - 1, 30))
    if (!enabled) return { delayMs, bans: [] }
    const until = this.#now() + this.#settings.duration
    const bans: Penalty['bans'][number][] = []
    if (ofAddress.failures.length >= attempts && !this.#exempt.has(address)) {
      ofAddress.bannedUntil = until
      bans.push({ kind: 'address', until })
    }
    if (attemptsPerUser > 0 && ofUser.failures.length >= attemptsPerUser) {
      ofUser.bannedUntil = until
      bans.push({ kind: 'user', until })
    }
    return { delayMs, bans }
  }

  succeeded(address: string, user: string): void {
    this.#addresses.delete(address)
    const addresses = this.#known.get(user) ?? new Set<string>()
    if (addresses.size < 100) addresses.add(address)
    remember(this.#known, user, addresses)
  }

  /** All that are in force. Of one that was set and counted, the longer. */
  get all(): readonly BanInfo[] {
    const found = new Map<string, BanInfo>()
    const add = (ban: BanInfo) => {
      const key = `${ban.kind} ${ban.value}`
      const other = found.get(key)
      if (!other || endOf(ban) > endOf(other)) found.set(key, ban)
    }
    for (const ban of this.#set.all) add(ban)
    for (const [kind, records] of [
      ['address', this.#addresses],
      ['user', this.#users],
    ] as const) {
      for (const [value, record] of records) {
        if (this.#left(record) > 0) add({ kind, value, until: record.bannedUntil })
      }
    }
    return [...found.values()]
  }

  /** Keeps somebody out. One of the same kind and value is replaced. @throws {ChannelError} `CHANNEL_SETTING` for what is no address or network */
  ban(ban: BanInfo): void {
    const counted = (ban.kind === 'user' ? this.#users : this.#addresses).get(ban.value)
    // A ban that was made here and is told back: it stays one that a user's own addresses are free of.
    if (counted && counted.bannedUntil === ban.until) this.#set.remove(ban.kind, ban.value)
    else this.#set.add(ban)
  }

  /** Ends a ban, and forgets the wrong passwords that were counted. @returns false when there was none in force */
  lift(kind: BanInfo['kind'], value: string): boolean {
    const records = kind === 'user' ? this.#users : this.#addresses
    const counted = this.#left(records.get(value)) > 0
    records.delete(value)
    return this.#set.remove(kind, value) || counted
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

function endOf({ until = Number.POSITIVE_INFINITY }: BanInfo): number {
  return until
}

function remember<T>(map: Map<string, T>, key: string, value: T): void {
  map.delete(key)
  map.set(key, value)
  if (map.size <= MAX_REMEMBERED) return
  const [oldest] = map.keys()
  if (oldest !== undefined) map.delete(oldest)
}
