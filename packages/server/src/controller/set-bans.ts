import { isIP } from 'node:net'
import { TrustedNetworks } from '@portolan/channels'
import { normaliseAddress } from '@portolan/protocol'
import type { BanInfo } from '../inspect.ts'

/** How often those that have run out are looked for, in milliseconds. */
const SWEEP_MS = 60_000

/** Bans that somebody set: of users, addresses and networks. One that has run out is forgotten. */
export class SetBans {
  readonly #users = new Map<string, BanInfo>()
  readonly #addresses = new Map<string, BanInfo>()
  readonly #networks = new Map<string, BanInfo>()
  /** All networks at once, since each connection asks; made anew at the first question after a change. */
  #inNetwork: TrustedNetworks | undefined
  #sweptAt: number
  readonly #now: () => number

  constructor(now: () => number) {
    this.#now = now
    this.#sweptAt = now()
  }

  /** @throws {ChannelError} `CHANNEL_SETTING` for what is no address or network */
  add(ban: BanInfo): void {
    const value = keptAs(ban.kind, ban.value)
    if (ban.kind === 'address') new TrustedNetworks([value])
    if (this.#now() - this.#sweptAt > SWEEP_MS) this.#sweep()
    this.#mapOf(ban.kind, value).set(value, { ...ban, value })
    this.#inNetwork = undefined
  }

  /** @returns false when there was none in force */
  remove(kind: BanInfo['kind'], given: string): boolean {
    const value = keptAs(kind, given)
    const bans = this.#mapOf(kind, value)
    const inForce = this.#left(bans.get(value)) > 0
    bans.delete(value)
    this.#inNetwork = undefined
    return inForce
  }

  /** Milliseconds until a ban ends; `Infinity` for one without an end, 0 when there is none. */
  remaining(kind: BanInfo['kind'], value: string): number {
    if (kind === 'user') return this.#left(this.#users.get(value))
    const left = this.#left(this.#addresses.get(value))
    if (this.#networks.size === 0) return left
    this.#inNetwork ??= new TrustedNetworks([...this.#networks.keys()])
    if (!this.#inNetwork.has(value)) return left
    const hits = [...this.#networks.values()].filter(ban => new TrustedNetworks([ban.value]).has(value))
    return Math.max(left, ...hits.map(ban => this.#left(ban)))
  }

  get all(): readonly BanInfo[] {
    this.#sweep()
    return [...this.#users.values(), ...this.#addresses.values(), ...this.#networks.values()]
  }

  #sweep(): void {
    this.#sweptAt = this.#now()
    for (const bans of [this.#users, this.#addresses, this.#networks]) {
      for (const [value, ban] of bans) if (this.#left(ban) <= 0) bans.delete(value)
    }
    this.#inNetwork = undefined
  }

  #left(ban: BanInfo | undefined): number {
    if (!ban) return 0
    return ban.until === undefined ? Number.POSITIVE_INFINITY : Math.max(0, ban.until - this.#now())
  }

  #mapOf(kind: BanInfo['kind'], value: string): Map<string, BanInfo> {
    if (kind === 'user') return this.#users
    return value.includes('/') ? this.#networks : this.#addresses
  }
}

/** Addresses as sessions have them; a network that is a single address is one. */
function keptAs(kind: BanInfo['kind'], value: string): string {
  if (kind === 'user') return value
  const [address = '', bits] = value.trim().split('/')
  // What is none is refused by whoever makes a set of addresses of it.
  if (isIP(address) === 0) return value.trim()
  const plain = normaliseAddress(address)
  return bits === undefined || bits === (plain.includes(':') ? '128' : '32') ? plain : value.trim()
}
