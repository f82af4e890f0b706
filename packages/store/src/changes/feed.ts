import type { ChangeFeed, ChangeTopic } from '../store-changes.ts'

/** What the feed tells. */
export interface Change {
  readonly topic: ChangeTopic
  readonly key?: string
}

/** Those who want to hear of changes. A listener that throws does not keep the others from hearing. */
export class Listeners implements ChangeFeed {
  readonly #listeners = new Set<(change: Change) => void>()

  subscribe(listener: (change: Change) => void): Disposable {
    // One function may be subscribed twice.
    const mine = (change: Change) => listener(change)
    this.#listeners.add(mine)
    return { [Symbol.dispose]: () => void this.#listeners.delete(mine) }
  }

  tell(change: Change): void {
    for (const listener of this.#listeners) {
      try {
        listener(change)
      } catch (error) {
        // The write that is told of has been done; the listener's mistake is not the writer's.
        queueMicrotask(() => {
          throw error
        })
      }
    }
  }
}
