import { hashPassword, verifyPassword } from '@portolan/server'
import { Turns } from './turns.ts'

/** argon2id for the console: off the event loop, and never more in the queue than can be answered soon. */
export class Passwords {
  /** Each hash takes 19 MiB and a thread for 50 ms: a full queue is done in three seconds. */
  readonly #turns = new Turns(2, 100)
  #decoy: Promise<string> | undefined

  /** @throws {Problem} 503 `AUTH_BUSY` */
  hash(password: string): Promise<string> {
    return this.#turns.take(() => hashPassword(password))
  }

  /**
   * Whether a password is right. Without a hash, as for a name that nobody has, it takes the same time and is wrong.
   * @throws {Problem} 503 `AUTH_BUSY`
   */
  verify(hash: string | undefined, password: string): Promise<boolean> {
    return this.#turns.take(async () => {
      this.#decoy ??= hashPassword('nobody has this one')
      const right = await verifyPassword(hash ?? (await this.#decoy), password)
      return right && hash !== undefined
    })
  }
}
