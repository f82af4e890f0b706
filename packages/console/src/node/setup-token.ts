import { randomBytes } from 'node:crypto'
import type { Store } from '@portolan/store'

/**
 * The one-time token that makes the first administrator. It lives in memory alone: a new start makes a new one, as long
 * as there is no administrator.
 */
export class SetupToken {
  readonly #store: Pick<Store, 'administrators'>
  #token: string | undefined

  constructor(store: Pick<Store, 'administrators'>) {
    this.#store = store
  }

  /** Makes a token when there is no administrator yet. */
  async prepare(): Promise<string | undefined> {
    const administrators = await this.#store.administrators.list()
    this.#token = administrators.length === 0 ? randomBytes(24).toString('base64url') : undefined
    return this.#token
  }

  /** The token, while it can be used. */
  get current(): string | undefined {
    return this.#token
  }

  /** It was used, or somebody else made an administrator: it is worth nothing from now on. */
  spend(): void {
    this.#token = undefined
  }
}
