import type { Reply } from '@portolan/protocol'

/** A bound on the wait for a reply. */
export interface WaitBound {
  /** For the error: `reply`, `completion`. */
  readonly name: string
  readonly ms: number
}

/** One command and what is expected for it: any number of 1yz replies, then exactly one other. RFC 959 section 4.2. */
export class Exchange {
  /** As it is shown: never a password. */
  readonly command: string
  /** It moves data, or ends what does: 225, 226 and 426 are replies to such commands alone. */
  readonly transfers: boolean
  /** Resolves with the final reply, whatever it says. Rejects when the control connection ends before. */
  readonly final: Promise<Reply>
  /** Resolves with the first 1yz, or with the final reply where none came. */
  readonly begun: Promise<Reply>
  readonly #outOfTurn: ((reply: Reply) => boolean) | undefined
  readonly #final = Promise.withResolvers<Reply>()
  readonly #begun = Promise.withResolvers<Reply>()
  #settled: Reply | undefined
  #preliminaries = 0
  #bound: WaitBound | undefined
  #onBound: (() => void) | undefined

  /**
   * @param outOfTurn - replies that belong to this exchange even before those of older ones: servers answer a NOOP during a transfer at once
   */
  constructor(
    command: string,
    options: {
      bound?: WaitBound | undefined
      outOfTurn?: ((reply: Reply) => boolean) | undefined
      transfers?: boolean | undefined
    } = {},
  ) {
    this.command = command
    this.transfers = options.transfers ?? false
    this.#bound = options.bound
    this.#outOfTurn = options.outOfTurn
    this.final = this.#final.promise
    this.begun = this.#begun.promise
    // Whoever waits sees the rejection; an exchange that nobody waits for must not end the process.
    this.final.catch(() => {})
    this.begun.catch(() => {})
  }

  /** The final reply, once it has come. */
  get reply(): Reply | undefined {
    return this.#settled
  }

  /** How many 1yz replies have come. */
  get preliminaries(): number {
    return this.#preliminaries
  }

  /** The bound on the wait once this exchange is the oldest. Undefined: something else bounds it, such as the data. */
  get bound(): WaitBound | undefined {
    return this.#bound
  }

  set bound(bound: WaitBound | undefined) {
    this.#bound = bound
    this.#onBound?.()
  }

  /** Tells whoever keeps the time that the bound changed. */
  onBound(changed: () => void): void {
    this.#onBound = changed
  }

  takesOutOfTurn(reply: Reply): boolean {
    return this.#outOfTurn?.(reply) ?? false
  }

  begin(reply: Reply): void {
    this.#preliminaries++
    this.#begun.resolve(reply)
  }

  settle(reply: Reply): void {
    this.#settled = reply
    this.#begun.resolve(reply)
    this.#final.resolve(reply)
  }

  fail(error: Error): void {
    this.#begun.reject(error)
    this.#final.reject(error)
  }
}
