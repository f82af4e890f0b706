import type { Settings } from '@portolan/settings'
import { openLocalStorage, type Storage } from '@portolan/storage'

/** How many storages without a session are kept ready. */
const MAX_IDLE = 256

interface Shared {
  readonly opening: Promise<Storage & AsyncDisposable>
  users: number
}

/** The local storages of a worker, one for each folder, shared by all sessions that use it. */
export class Storages implements AsyncDisposable {
  readonly #settings: Settings['uploads']
  readonly #open = new Map<string, Shared>()

  /** @param settings - how uploads of these folders get their names */
  constructor(settings: Settings['uploads']) {
    this.#settings = settings
  }

  /** The storage of a folder. Give it back with {@link release}. @throws {StorageError} when the folder cannot be used */
  async acquire(folder: string): Promise<Storage> {
    const known = this.#open.get(folder)
    const shared = known ?? { opening: this.#openFolder(folder), users: 0 }
    if (!known) this.#open.set(folder, shared)
    shared.users += 1
    try {
      return await shared.opening
    } catch (error) {
      this.#open.delete(folder)
      throw error
    }
  }

  release(folder: string): void {
    const shared = this.#open.get(folder)
    if (!shared) return
    shared.users -= 1
    if (this.#open.size > MAX_IDLE) this.#dropOldestIdle()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const all = [...this.#open.values()]
    this.#open.clear()
    await Promise.all(all.map(shared => dispose(shared)))
  }

  #openFolder(root: string): Promise<Storage & AsyncDisposable> {
    const { keepBroken, durable, umask } = this.#settings
    return openLocalStorage({
      root,
      keepBrokenMs: keepBroken,
      durable: durable ? 'fsync' : 'none',
      ...(umask !== undefined && { umask }),
    })
  }

  #dropOldestIdle(): void {
    for (const [folder, shared] of this.#open) {
      if (shared.users > 0) continue
      this.#open.delete(folder)
      void dispose(shared)
      return
    }
  }
}

/** A storage that never opened has nothing to close; whoever asked for it was told. */
async function dispose(shared: Shared): Promise<void> {
  const storage = await shared.opening.catch(() => undefined)
  await storage?.[Symbol.asyncDispose]()
}
