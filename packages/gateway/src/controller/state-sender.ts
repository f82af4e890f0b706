/** What an edge is told whole whenever it changes. The configuration goes first. */
const KINDS = ['config', 'members'] as const
export type StateKind = (typeof KINDS)[number]

/**
 * Sends what may be large, one message after the other: the next goes when the last one was taken, and what has changed several times
 * meanwhile goes once. So a slow link has no more than one of them before it, and always gets to the newest.
 */
export class StateSender {
  readonly #send: (kind: StateKind) => void
  readonly #taken: () => Promise<void>
  readonly #waiting = new Map<StateKind, PromiseWithResolvers<void>>()
  #isBusy = false

  /**
   * @param send - sends the state as it is now
   * @param taken - resolves when the other side has taken all that was sent, or never will
   */
  constructor(send: (kind: StateKind) => void, taken: () => Promise<void>) {
    this.#send = send
    this.#taken = taken
  }

  /** Resolves when the state as it is now, or a later one, has been sent: what is said after it arrives after it. */
  say(kind: StateKind): Promise<void> {
    const waiting = this.#waiting.get(kind) ?? Promise.withResolvers<void>()
    this.#waiting.set(kind, waiting)
    if (!this.#isBusy) void this.#run()
    return waiting.promise
  }

  /** Resolves when nothing of that kind waits to be sent. */
  async said(kind: StateKind): Promise<void> {
    await this.#waiting.get(kind)?.promise
  }

  async #run(): Promise<void> {
    this.#isBusy = true
    for (let kind = this.#next(); kind !== undefined; kind = this.#next()) {
      const waiting = this.#waiting.get(kind)
      this.#waiting.delete(kind)
      this.#send(kind)
      waiting?.resolve()
      await this.#taken()
    }
    this.#isBusy = false
  }

  #next(): StateKind | undefined {
    return KINDS.find(kind => this.#waiting.has(kind))
  }
}
