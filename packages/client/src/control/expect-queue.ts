import type { Reply } from '@portolan/protocol'
import type { Exchange } from './exchange.ts'

/** What a reply turned out to be. */
export type Taken = 'preliminary' | 'final' | 'unexpected'

/**
 * The exchanges whose final reply has not come, the oldest first. Each reply belongs to the oldest, so that commands may be
 * sent ahead (lftp's idea), except one that a younger exchange claims out of turn.
 */
export class ExpectQueue {
  #queue: Exchange[] = []

  /** The exchange that the next reply belongs to. */
  get oldest(): Exchange | undefined {
    return this.#queue[0]
  }

  get length(): number {
    return this.#queue.length
  }

  push(exchange: Exchange): void {
    this.#queue.push(exchange)
  }

  /** Gives a reply to the exchange it belongs to. `unexpected`: nobody waits for one. */
  take(reply: Reply): Taken {
    const exchange = this.#ownerOf(reply)
    if (!exchange) return 'unexpected'
    if (reply.code < 200) {
      exchange.begin(reply)
      return 'preliminary'
    }
    this.#queue.splice(this.#queue.indexOf(exchange), 1)
    exchange.settle(reply)
    return 'final'
  }

  /** Ends every wait: the connection is gone. */
  fail(error: Error): void {
    const queue = this.#queue
    this.#queue = []
    for (const exchange of queue) exchange.fail(error)
  }

  #ownerOf(reply: Reply): Exchange | undefined {
    const [oldest, ...younger] = this.#queue
    if (!oldest || reply.code < 200 || oldest.takesOutOfTurn(reply)) return oldest
    return younger.find(exchange => exchange.takesOutOfTurn(reply)) ?? oldest
  }
}
