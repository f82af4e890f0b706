import { readAddress, withoutZone } from './host.ts'
import type { NetworkTable } from './network-table.ts'
import type { RuleIndex } from './rule-index.ts'
import type { Bits } from './rule-set.ts'
import type { Requester } from './types.ts'

/** What decisions need of a requester. */
export interface Profile {
  readonly forwarding: Bits
  readonly access: Bits
  readonly isOnNet: boolean
}

interface Sources {
  readonly forwarding: Pick<RuleIndex<never>, 'rulesOf' | 'count'>
  readonly access: Pick<RuleIndex<never>, 'rulesOf' | 'count'>
  readonly trusted: NetworkTable<true>
}

/** Bytes that profiles may take, about, and how many there may be at the most. */
const MOST_BYTES = 16 * 1_024 * 1_024
const MOST = 10_000

/** The profiles of those who asked last. */
export class Profiles {
  readonly #sources: Sources
  readonly #most: number
  readonly #known = new Map<string, Profile>()

  constructor(sources: Sources) {
    this.#sources = sources
    const bytes = (sources.forwarding.count + sources.access.count) / 8 + 500
    this.#most = Math.min(MOST, Math.floor(MOST_BYTES / bytes))
  }

  of(who: Requester): Profile {
    // Labels come from machines: a key that is joined by a sign could be made to look like that of somebody else.
    const key = JSON.stringify([who.user, who.groups, who.deviceLabels, who.clientAddress])
    const known = this.#known.get(key)
    if (known) {
      this.#known.delete(key)
      this.#known.set(key, known)
      return known
    }
    const profile = this.#make(who)
    const oldest = this.#known.size >= this.#most ? this.#known.keys().next() : undefined
    if (oldest?.done === false) this.#known.delete(oldest.value)
    this.#known.set(key, profile)
    return profile
  }

  #make(who: Requester): Profile {
    const { forwarding, access, trusted } = this.#sources
    const address = readAddress(withoutZone(who.clientAddress))
    return {
      forwarding: forwarding.rulesOf(who),
      access: access.rulesOf(who),
      isOnNet: address !== undefined && trusted.has(address),
    }
  }
}
