/**
 * Slows a session down to a number of commands per second (setting `limits.commandsPerSecond`). Short bursts pass:
 * as many commands as one second allows. Nothing is refused, the next line just waits.
 */
export class CommandPace {
  readonly #perSecond: number
  /** When the next command would be due if all came evenly, in milliseconds. */
  #due = 0

  /** @param perSecond - 0 for no limit */
  constructor(perSecond: number) {
    this.#perSecond = perSecond
  }

  /** Counts one command and answers how many milliseconds it has to wait. */
  take(now: number): number {
    if (this.#perSecond <= 0) return 0
    this.#due = Math.max(this.#due, now - 1000) + 1000 / this.#perSecond
    return Math.max(0, Math.ceil(this.#due - now))
  }
}
