import type { FtpClient } from '@portolan/client'
import { printable } from '../printable.ts'

/** A listing is believed this long, in milliseconds: Tab is pressed several times for one name. */
const FRESH_MS = 10_000
/** Tab must not hang: what comes later than this is not offered. */
const PATIENCE_MS = 5_000
const MOST_FOLDERS = 100

/** The names in remote folders, for completion. */
export class NameCache {
  readonly #listings = new Map<string, { readonly at: number; readonly names: Promise<readonly string[]> }>()

  /** Forgets everything: something was changed, or the folder is another. */
  clear(): void {
    this.#listings.clear()
  }

  /** @param folder - with `/` at its end, or empty for the present one */
  async names(client: FtpClient, folder: string): Promise<readonly string[]> {
    const known = this.#listings.get(folder)
    if (known && performance.now() - known.at < FRESH_MS) return known.names
    const names = this.#list(client, folder).catch(() => [])
    if (this.#listings.size >= MOST_FOLDERS) this.#listings.clear()
    this.#listings.set(folder, { at: performance.now(), names })
    return names
  }

  async #list(client: FtpClient, folder: string): Promise<readonly string[]> {
    const signal = AbortSignal.timeout(PATIENCE_MS)
    const { entries } = await client.list(folder === '' ? undefined : folder, { signal })
    // A name that cannot be shown cannot be typed.
    const typable = entries.filter(({ name }) => printable(name) === name && !name.includes('/'))
    return typable.map(({ name, kind }) => (kind === 'folder' ? `${name}/` : name))
  }
}
