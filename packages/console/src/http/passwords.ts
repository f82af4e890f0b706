import { hashPassword, verifyPassword } from '@portolan/server'
import { Problem } from './problem.ts'

/** Hashes that are computed at once: each takes 19 MiB and a thread for 50 ms. */
const AT_ONCE = 2
/** How many may wait for their turn: three seconds' worth. */
const MOST_WAITING = 100

/** argon2id for the console: off the event loop, few at once, and never more in the queue than can be answered soon. */
export class Passwords {
  #running = 0
  readonly #waiting: (() => void)[] = []
  #decoy: Promise<string> | undefined

  /** @throws {Problem} 503 `AUTH_BUSY` */
  hash(password: string): Promise<string> {
    return this.#inTurn(() => hashPassword(password))
  }

  /**
   * Whether a password is right. Without a hash, as for a name that nobody has, it takes the same time and is wrong.
   * @throws {Problem} 503 `AUTH_BUSY`
   */
  verify(hash: string | undefined, password: string): Promise<boolean> {
    return this.#inTurn(async () => {
      this.#decoy ??= hashPassword('nobody has this one')
      const right = await verifyPassword(hash ?? (await this.#decoy), password)
      return right && hash !== undefined
    })
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running >= AT_ONCE) {
      if (this.#waiting.length >= MOST_WAITING) {
        const headers = { 'retry-after': '5' }
        const text = 'Too many people sign in at once. Try again in a few seconds.'
        throw new Problem(503, 'AUTH_BUSY', text, undefined, { headers })
      }
      await new Promise<void>(resolve => this.#waiting.push(resolve))
    } else {
      this.#running++
    }
    try {
      return await work()
    } finally {
      // The place goes to the next one in line, and is free only when there is none.
      const next = this.#waiting.shift()
      if (next) next()
      else this.#running--
    }
  }
}
