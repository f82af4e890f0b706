import type { FtpServer } from '@portolan/server'
import type { BanRow, Store } from '@portolan/store'

/** Puts the bans of the store in force in a server, and lifts those that are gone from it. */
export class BanSync {
  readonly #store: Pick<Store, 'bans'>
  readonly #server: Pick<FtpServer, 'ban' | 'liftBan'>
  readonly #applied = new Map<string, BanRow>()
  #running: Promise<void> | undefined
  #again = false

  constructor(store: Pick<Store, 'bans'>, server: Pick<FtpServer, 'ban' | 'liftBan'>) {
    this.#store = store
    this.#server = server
  }

  /** Makes the server's bans those of the store. Calls that come meanwhile are one call, after it. */
  async apply(now: number = Date.now()): Promise<void> {
    if (this.#running) {
      this.#again = true
      return this.#running
    }
    this.#running = this.#apply(now).finally(() => {
      this.#running = undefined
    })
    await this.#running
    if (!this.#again) return
    this.#again = false
    await this.apply()
  }

  async #apply(now: number): Promise<void> {
    const wanted = new Map((await this.#store.bans.active(now)).map(row => [keyOf(row), row]))
    for (const [key, row] of wanted) {
      if (this.#applied.get(key)?.until === row.until && this.#applied.has(key)) continue
      const { kind, value, until } = row
      this.#server.ban({ kind, value, ...(until !== undefined && { until }) })
    }
    for (const [key, { kind, value, until }] of this.#applied) {
      // One that has run out lifts itself.
      if (!wanted.has(key) && (until === undefined || until > now)) this.#server.liftBan(kind, value)
    }
    this.#applied.clear()
    for (const [key, row] of wanted) this.#applied.set(key, row)
  }
}

const keyOf = ({ kind, value }: Pick<BanRow, 'kind' | 'value'>) => `${kind} ${value}`
