import { isAddress, normaliseAddress } from '@portolan/protocol'
import type { Target } from '../policy/types.ts'

/** Servers name no lower port for data connections (RFC 6335 section 6: below are those of the system). */
export const LOWEST_DATA_PORT = 1_024

interface Entry {
  /** Host of the control connection, as the client program asked for it. */
  readonly control: string
  standing: number
}

/**
 * Servers to which a control connection stands that was read and is encrypted now: nobody hears any more which ports they name. A
 * connection to any of these would go past the edge and lead nowhere; the edge is asked for it instead, and says why it cannot be.
 */
export class EncryptedControls {
  readonly #hosts = new Map<string, Entry>()
  readonly #onChange: (host: string, isEncrypted: boolean) => Promise<void> | undefined

  /** @param onChange - a host becomes one of them, or is none any more */
  constructor(onChange: (host: string, isEncrypted: boolean) => Promise<void> | undefined) {
    this.#onChange = onChange
  }

  /**
   * Notes one.
   * @param hosts - how clients may dial the server
   * @returns what forgets it, and a promise to wait for before the client program hears more
   */
  add(control: string, hosts: readonly string[]): { forget(): void; readonly done: Promise<void> } {
    const keys = [...new Set([control, ...hosts].filter(host => host !== '').map(plain))]
    const changes: Promise<void>[] = []
    for (const key of keys) {
      const entry = this.#hosts.get(key)
      if (entry) entry.standing++
      else {
        this.#hosts.set(key, { control, standing: 1 })
        const change = this.#onChange(key, true)
        if (change) changes.push(change)
      }
    }
    return { forget: () => this.#forget(keys), done: Promise.all(changes).then(() => {}) }
  }

  /** What the edge is asked for; undefined: no data connection of theirs. */
  targetOf({ host, port }: Target): Target | undefined {
    const entry = port < LOWEST_DATA_PORT ? undefined : this.#hosts.get(plain(host))
    return entry && { host: entry.control, port }
  }

  #forget(keys: readonly string[]): void {
    for (const key of keys) {
      const entry = this.#hosts.get(key)
      if (!entry || --entry.standing > 0) continue
      this.#hosts.delete(key)
      this.#onChange(key, false)?.catch(() => {})
    }
  }
}

const plain = (host: string) =>
  isAddress(host) ? normaliseAddress(host) : host.toLowerCase().replace(/\.$/, '')
