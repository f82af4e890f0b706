import type { BanInfo } from '@portolan/server'
import type { BanRow } from '@portolan/store'
import type { z } from 'zod'
import type { Ban, banCreate } from '../../contract/index.ts'
import { Problem } from '../../http/problem.ts'
import type { Services } from '../../node/services.ts'
import { nameProblem } from '../users/user-name.ts'
import { addressBanProblem, canonicalNetwork } from './ban-value.ts'

/** Ids of bans that the server holds and the store does not (yet) begin so. */
const HELD = 'held-'

/** Bans: those of the store, and those that the server holds by itself. */
export class BansService {
  readonly #services: Services

  constructor(services: Services) {
    this.#services = services
  }

  /** All that are in force. */
  async all(): Promise<readonly Ban[]> {
    const { store, server, now } = this.#services
    const stored = await store.bans.active(now())
    const known = new Set(stored.map(keyOf))
    const held = server.bans().filter(ban => !known.has(keyOf(ban)))
    return [...stored.map(viewOf), ...held.map(ban => heldView(ban, now()))]
  }

  /**
   * Sets a ban, in the store and on this node at once.
   * @param from - the address of whoever asks, who is not banned
   * @throws {Problem} 422 `BAN_INVALID`
   */
  async put(ask: z.output<typeof banCreate>, by: string, from: string): Promise<Ban & { kicked: number }> {
    const { store, server, now, inForce } = this.#services
    const { kind, minutes, reason, kick } = ask
    const typed = ask.value.trim()
    const { exempt } = inForce().bans
    const message = kind === 'address' ? addressBanProblem(typed, from, exempt) : nameProblem(typed)
    if (message !== undefined)
      throw new Problem(422, 'BAN_INVALID', `the value ${message}`, [{ path: 'value', message }])
    const value = kind === 'address' ? canonicalNetwork(typed) : typed
    const at = now()
    const until = minutes === undefined ? {} : { until: Math.round(at + minutes * 60_000) }
    const row = await store.bans.put({ kind, value, reason, by, at, ...until })
    server.ban({ kind, value, ...until })
    const kicked = !kick ? 0 : await (kind === 'user' ? server.kickUser(value) : server.kickAddress(value))
    return { ...viewOf(row), kicked }
  }

  /** Lifts a ban, in the store and on this node. @throws {Problem} 404 `BAN_MISSING` */
  async lift(id: string): Promise<Ban> {
    const { store, server } = this.#services
    const ban = (await this.all()).find(one => one.id === id)
    const row = id.startsWith(HELD) ? undefined : await store.bans.remove(id)
    const gone = ban ?? (row && viewOf(row))
    if (!gone) throw new Problem(404, 'BAN_MISSING', 'there is no such ban; it may have run out')
    server.liftBan(gone.kind, gone.value)
    return gone
  }
}

const keyOf = ({ kind, value }: Pick<BanInfo, 'kind' | 'value'>) => `${kind} ${value}`

function viewOf({ id, kind, value, reason, by, at, until }: BanRow): Ban {
  return { id, kind, value, reason, by, at, ...(until !== undefined && { until: Math.round(until) }) }
}

/** When it was set is not known: the recorder writes it within a second, with all there is to tell. */
function heldView({ kind, value, until }: BanInfo, at: number): Ban {
  return {
    id: HELD + Buffer.from(`${kind} ${value}`).toString('base64url'),
    kind,
    value,
    reason: 'held by the server: too many wrong passwords',
    by: 'portolan',
    at,
    ...(until !== undefined && { until: Math.round(until) }),
  }
}
