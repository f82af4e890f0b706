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

interface LoginCheck {
  readonly user: string
  readonly password: string
  readonly address: string
}

/** A check that runs. One that was forgotten meanwhile still answers those who wait for it, and is not remembered. */
interface Running {
  readonly name: string
  readonly work: Promise<UserRecord | undefined>
}

/**
 * Spares argon2id for a client that logs in again and again, as clients with parallel connections do. Remembers a
 * keyed hash of name, password and address in memory, never the password; forgets it after five minutes and with every change
 * of the users. Equal checks that run at the same time are one check.
 */
export class LoginCache {
  readonly #authenticator: Authenticator
  readonly #key = randomBytes(32)
  readonly #right = new Map<string, { name: string; user: UserRecord; until: number }>()
  readonly #running = new Map<string, Running>()
  /** Checks that have begun and not ended, forgotten ones included. */
  #waiting = 0
  readonly #now: () => number

  constructor(authenticator: Authenticator, now: () => number = Date.now) {
    this.#authenticator = authenticator
    this.#now = now
  }

  /** @throws {LoginUnavailable} */
  async check(ask: LoginCheck): Promise<UserRecord | undefined> {
    const key = createHmac('sha256', this.#key)
      .update(`${ask.user.length}:${ask.user}${ask.password.length}:${ask.password}${ask.address}`)
      .digest('base64')
    const known = this.#right.get(key)
    if (known && known.until > this.#now()) return known.user
    const running = this.#running.get(key)
    if (running) return running.work
    if (this.#waiting >= MAX_WAITING) throw new LoginUnavailable('too many password checks wait')
    const mine: Running = { name: ask.user, work: this.#verify(ask) }
    this.#running.set(key, mine)
    try {
      const user = await mine.work
      // Forgotten meanwhile: what was right may be right no longer.
      if (user && this.#running.get(key) === mine) this.#remember(key, ask.user, user)
      return user
    } finally {
      if (this.#running.get(key) === mine) this.#running.delete(key)
    }
  }

  /** The password, or what its owner may do, has changed: the next login asks anew. Without a name, all logins do. */
  forget(name?: string): void {
    for (const remembered of [this.#right, this.#running]) {
      for (const [key, one] of remembered) if (name === undefined || one.name === name) remembered.delete(key)
    }
  }

  #remember(key: string, name: string, user: UserRecord): void {
    this.#right.set(key, { name, user, until: this.#now() + REMEMBER_MS })
    const [oldest] = this.#right.keys()
    if (this.#right.size > MAX_REMEMBERED && oldest !== undefined) this.#right.delete(oldest)
  }

  async #verify(ask: LoginCheck): Promise<UserRecord | undefined> {
    this.#waiting++
    try {
      return await this.#authenticator.authenticate(ask)
    } catch (cause) {
      throw new LoginUnavailable('the users cannot be asked', { cause })
    } finally {
      this.#waiting--
    }
  }
}
