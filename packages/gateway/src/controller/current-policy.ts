import type { Store } from '@portolan/store'
import { compilePolicy } from '../policy/index.ts'
import type { AccessConfig, Policy } from '../policy/types.ts'
import { readConfig } from './read-config.ts'
import type { ControllerSettings } from './types.ts'

/** The configuration that counts, and the policy made of it. One that cannot be used never takes the place of one that can. */
export class CurrentPolicy {
  readonly #store: Pick<Store, 'access'>
  readonly #settings: () => Pick<ControllerSettings, 'trustedNetworks'>
  readonly #now: () => number
  #current: { readonly config: AccessConfig; readonly policy: Policy; readonly text: string } | undefined

  constructor(
    store: Pick<Store, 'access'>,
    settings: () => Pick<ControllerSettings, 'trustedNetworks'>,
    now: () => number,
  ) {
    this.#store = store
    this.#settings = settings
    this.#now = now
  }

  /** Undefined: none could be used yet, so edges know of nothing and allow nothing. */
  get config(): AccessConfig | undefined {
    return this.#current?.config
  }

  get policy(): Policy | undefined {
    return this.#current?.policy
  }

  /**
   * Reads it anew. Answers whether it is another one.
   * @throws {GatewayError} `GATEWAY_INVALID`; what counted before counts still
   * @throws {StoreError}
   */
  async refresh(): Promise<boolean> {
    const read = await readConfig(this.#store, this.#settings(), 0)
    const text = JSON.stringify(read)
    if (text === this.#current?.text) return false
    const config = { ...read, version: Math.max(this.#now(), (this.#current?.config.version ?? 0) + 1) }
    this.#current = { config, policy: compilePolicy(config), text }
    return true
  }
}
