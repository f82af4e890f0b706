import type { Reply } from '@portolan/protocol'
import type { Exchange } from '../control/exchange.ts'
import type { Session } from '../session/session.ts'

/** NOOPs without a reply after which no more are sent. */
const MOST_UNANSWERED = 2

/**
 * Sends NOOP on the control connection while a transfer runs, for NAT that forgets idle connections. Each reply is
 * accounted for: a 200 during a transfer can be nothing else, since transfers end with other codes.
 */
export class KeepAlive implements Disposable {
  readonly #session: Session
  readonly #timer: NodeJS.Timeout | undefined
  readonly #outstanding = new Set<Exchange>()

  /** @param interval - milliseconds; 0 sends none */
  constructor(session: Session, transfer: Exchange, interval: number) {
    this.#session = session
    if (interval <= 0) return
    // A transfer that has begun does not end with a command that is not known.
    const outOfTurn = ({ code }: Reply) =>
      code === 200 || (transfer.preliminaries > 0 && (code === 500 || code === 502))
    this.#timer = setInterval(() => {
      if (!session.usable || this.#outstanding.size >= MOST_UNANSWERED) return
      const noop = session.control.send('NOOP', undefined, { outOfTurn })
      this.#outstanding.add(noop)
      const settled = () => void this.#outstanding.delete(noop)
      noop.final.then(settled, settled)
    }, interval)
  }

  /**
   * Waits, bounded, for the replies that have not come. Servers that pass over what comes during a transfer never send them:
   * then nobody could tell whose the next reply is, and the session ends.
   */
  async settle(): Promise<void> {
    clearInterval(this.#timer)
    if (this.#outstanding.size === 0 || !this.#session.usable) return
    const { explanation } = this.#session.options.timeouts
    for (const noop of this.#outstanding) noop.bound = { name: 'NOOP', ms: explanation }
    await Promise.allSettled([...this.#outstanding].map(noop => noop.final))
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer)
  }
}
