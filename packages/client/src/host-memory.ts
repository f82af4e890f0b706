import type { ListingDialect } from '@portolan/protocol'
import type { Rung } from './errors.ts'

/** What one server has shown so far. Everything may be absent: nothing is known yet. */
export interface HostFacts {
  /** The rung of the ladder that moved data last; tried first the next time. */
  rung?: Rung
  /** Rungs that the server refused by reply, so that asking again is a round trip lost. */
  readonly refused: Set<Rung>
  /** The replies to FEAT by feature; undefined when not asked yet, empty when the server has no FEAT. */
  features?: ReadonlyMap<string, string>
  /** The most sessions the server has let us have. */
  sessions?: number
  /** The system does not dial data connections from the control connection's address by itself: they are bound to it. */
  bindData?: boolean
  /** Whether a command sent behind a transfer command is answered in its turn. */
  pipelining?: 'proved' | 'failed'
  /** The server says 1yz late or never: uploads begin without it. */
  silentStart?: boolean
  /** The greeting, on one line. */
  greeting?: string
  /** Whether MLSD works; `LIST` once it was refused. */
  listing?: 'MLSD' | 'LIST'
  /** Whether `LIST -a` shows more than LIST, and no error. */
  listAll?: boolean
  dialect?: ListingDialect
  /** How times of files are set without MFMT; `none`: not at all. */
  setTime?: 'UTIME' | 'MDTM' | 'none'
  /** Minutes that times in LIST are ahead of UTC. */
  zoneMinutes?: number
  /** The address at which the server sees us. */
  seenAs?: string
}

/** What was learnt of servers, by host, port and how they are reached. Share one between clients and every connection profits. */
export class HostMemory {
  readonly #hosts = new Map<string, HostFacts>()
  readonly #most: number

  /** @param most - hosts that are remembered; the oldest is forgotten. Default 1,000 */
  constructor(most = 1_000) {
    this.#most = most
  }

  /** The facts of a host, to read and to write. @param key - host, port and path to it */
  of(key: string): HostFacts {
    const known = this.#hosts.get(key)
    if (known) return known
    const [oldest] = this.#hosts.keys()
    if (this.#hosts.size >= this.#most && oldest !== undefined) this.#hosts.delete(oldest)
    const fresh: HostFacts = { refused: new Set() }
    this.#hosts.set(key, fresh)
    return fresh
  }
}
