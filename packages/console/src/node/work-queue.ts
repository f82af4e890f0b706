import { Problem } from '../http/problem.ts'

/** So many may wait. */
const MOST_WAITING = 50

/** Does one thing at a time, in the order in which they were asked for. */
export class WorkQueue {
  #last: Promise<unknown> = Promise.resolve()
  #waiting = 0

  /** @throws {Problem} 503 `SETTINGS_BUSY` when too many wait already; else what the work throws */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#waiting >= MOST_WAITING) {
      throw new Problem(
        503,
        'SETTINGS_BUSY',
        'Too many changes of the settings wait already. Try again in a moment.',
      )
    }
    this.#waiting++
    const mine = this.#last.then(work)
    // Whoever comes next does not care how this one ended.
    this.#last = mine.then(
      () => {},
      () => {},
    )
    try {
      return await mine
    } finally {
      this.#waiting--
    }
  }
}
