import type { Store, WebSessionRow } from '@portolan/store'
import type { ConsoleSettings } from './console-settings.ts'
import { randomSecret, sha256 } from './tokens.ts'

/** Signed-in browsers of one person at once; the one that was used longest ago is ended for a new one. */
const MOST_OF_ONE = 50
/** How often the store is told that somebody is still there, in milliseconds. */
const SEEN_MS = 60_000
/** How often expired sessions are cleared away, in milliseconds. */
const PRUNE_MS = 600_000

/** Whose session it is. */
export type Owner = Pick<WebSessionRow, 'kind' | 'name'>

/** Signed-in browsers. The store has the hash of the cookie's value alone. */
export class Sessions {
  readonly #rows: Store['webSessions']
  readonly #settings: ConsoleSettings
  readonly #now: () => number
  #prunedAt = 0

  constructor(rows: Store['webSessions'], settings: ConsoleSettings, now: () => number) {
    this.#rows = rows
    this.#settings = settings
    this.#now = now
  }

  /** Signs in: always with a new value, so that none that was planted before is worth anything. */
  async open(
    owner: Owner,
    from: { address: string; userAgent: string },
  ): Promise<{ readonly cookie: string; readonly session: WebSessionRow }> {
    await this.#makeRoom(owner)
    const cookie = randomSecret()
    const at = this.#now()
    const { sessionIdle, sessionLifetime } = this.#settings
    const session = await this.#rows.create({
      ...owner,
      hash: sha256(cookie),
      createdAt: at,
      lastSeenAt: at,
      expiresAt: at + Math.min(sessionIdle, sessionLifetime),
      address: from.address,
      userAgent: from.userAgent.slice(0, 300),
    })
    return { cookie, session }
  }

  /** The session of a cookie. Being asked for counts as being there. */
  async find(cookie: string): Promise<WebSessionRow | undefined> {
    const now = this.#now()
    const session = await this.#rows.find(sha256(cookie), now)
    if (!session) return undefined
    const { sessionIdle, sessionLifetime } = this.#settings
    const end = session.createdAt + sessionLifetime
    // Shorter times of new settings count for those who are signed in, too.
    if (now >= end || now >= session.lastSeenAt + sessionIdle) {
      await this.#rows.remove(session.id)
      return undefined
    }
    if (now - session.lastSeenAt < Math.min(SEEN_MS, sessionIdle / 4)) return session
    const seen = { lastSeenAt: now, expiresAt: Math.min(now + sessionIdle, end) }
    // A full disk must not keep anybody from looking.
    await this.#rows.seen(session.id, seen).catch(() => {})
    return { ...session, ...seen }
  }

  /** Those of a person, the one that was used last first. */
  async of({ kind, name }: Owner): Promise<readonly WebSessionRow[]> {
    const now = this.#now()
    const all = await this.#rows.of(kind, name)
    return all
      .filter(({ expiresAt }) => expiresAt > now)
      .toSorted((one, other) => other.lastSeenAt - one.lastSeenAt)
  }

  end(id: string): Promise<boolean> {
    return this.#rows.remove(id)
  }

  endAll({ kind, name }: Owner, except?: string): Promise<number> {
    return this.#rows.removeAll(kind, name, except)
  }

  async #makeRoom(owner: Owner): Promise<void> {
    const now = this.#now()
    if (now - this.#prunedAt > PRUNE_MS) {
      this.#prunedAt = now
      await this.#rows.prune(now)
    }
    const all = await this.of(owner)
    for (const { id } of all.slice(MOST_OF_ONE - 1)) await this.#rows.remove(id)
  }
}
