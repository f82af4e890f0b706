import type { WorkerFigures } from '../link.ts'

/** Bytes that went over data connections. */
export interface MovedBytes {
  readonly sent: number
  readonly received: number
}

/**
 * Adds up what the workers tell of themselves. The sum never goes back: what a worker told before it died stays counted,
 * and what it moved since is not.
 */
export class MovedBytesSum {
  readonly #last = new Map<number, MovedBytes>()
  #lost: MovedBytes = { sent: 0, received: 0 }

  /** @param figures - what this worker tells now */
  note(worker: number, { sent, received }: Pick<WorkerFigures, 'sent' | 'received'>): void {
    this.#last.set(worker, { sent, received })
  }

  /** The worker is gone: the one in its place counts from nothing. */
  lose(worker: number): void {
    const last = this.#last.get(worker)
    if (!last) return
    this.#lost = sum(this.#lost, last)
    this.#last.delete(worker)
  }

  get total(): MovedBytes {
    return [...this.#last.values()].reduce(sum, this.#lost)
  }
}

function sum(one: MovedBytes, other: MovedBytes): MovedBytes {
  return { sent: one.sent + other.sent, received: one.received + other.received }
}
