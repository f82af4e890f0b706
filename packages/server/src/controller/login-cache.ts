import { createHmac, randomBytes } from 'node:crypto'
import type { Authenticator, UserRecord } from './authenticator.ts'

/** How long a password that was right is taken for right without hashing it again. */
const REMEMBER_MS = 5 * 60_000
/** Logins that are remembered at once. */
const MAX_REMEMBERED = 10_000
/** Password checks that wait at once. Each takes 19 MiB while it runs; the thread pool bounds how many run. */
const MAX_WAITING = 500

/** The checks cannot be carried out now: too many wait, or the authenticator does not answer. */
export class LoginUnavailable extends Error {
  override readonly name = 'LoginUnavailable'
  readonly code = 'LOGIN_UNAVAILABLE'
}

/**
 * Spares argon2id for a client that logs in again and again, as clients with parallel connections do. Remembers a
 * keyed hash of name, password and address in memory, never the password; forgets it after five minutes and with every change
 * of the users. Equal checks that run at the same time are one check.
 */
export class LoginCache {
  readonly #authenticator: Authenticator
  readonly #key = randomBytes(32)
  readonly #right = new Map<string, { user: UserRecord; until: number }>()
  readonly #running = new Map<string, Promise<UserRecord | undefined>>()
  readonly #now: () => number

  constructor(authenticator: Authenticator, now: () => number = Date.now) {
    this.#authenticator = authenticator
    this.#now = now
  }

  /** @throws {LoginUnavailable} */
  async check(ask: { user: string; password: string; address: string }): Promise<UserRecord | undefined> {
    const key = createHmac('sha256', this.#key)
      .update(`${ask.user.length}:${ask.user}${ask.password.length}:${ask.password}${ask.address}`)
      .digest('base64')
    const known = this.#right.get(key)
    if (known && known.until > this.#now()) return known.user
    const running = this.#running.get(key)
    if (running) return running
    if (this.#running.size >= MAX_WAITING) throw new LoginUnavailable('too many password checks wait')
    const work = this.#verify(key, ask)
    this.#running.set(key, work)
    try {
      return await work
    } finally {
      this.#running.delete(key)
    }
  }

  async #verify(
    key: string,
    ask: { user: string; password: string; address: string },
  ): Promise<UserRecord | undefined> {
    let user: UserRecord | undefined
    try {
      user = await this.#authenticator.authenticate(ask)
    } catch (cause) {
      throw new LoginUnavailable('the users cannot be asked', { cause })
    }
    if (!user) return undefined
    this.#right.set(key, { user, until: this.#now() + REMEMBER_MS })
    const [oldest] = this.#right.keys()
    if (this.#right.size > MAX_REMEMBERED && oldest !== undefined) this.#right.delete(oldest)
    return user
  }
}
