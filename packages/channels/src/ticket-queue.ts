/** The most tickets that are kept. A server gives two for a full handshake, and one or two for each that resumes. */
const MOST = 8

/**
 * Session tickets of one control connection, the oldest first. Each is used once, as RFC 8446 appendix C.4 asks, and
 * some servers insist. The last one is used again rather than none: servers that require resumption refuse the
 * data connection without one, and a session of TLS 1.2 has one only.
 */
export class TicketQueue {
  readonly #tickets: Buffer[] = []
  #last: Buffer | undefined

  /** How many were not used yet. */
  get size(): number {
    return this.#tickets.length
  }

  /** Keeps a ticket; the oldest goes when there are too many. */
  add(ticket: Buffer): void {
    this.#tickets.push(ticket)
    if (this.#tickets.length > MOST) this.#tickets.shift()
  }

  /** The next to offer; undefined as long as the server has given none. */
  take(): Buffer | undefined {
    this.#last = this.#tickets.shift() ?? this.#last
    return this.#last
  }
}
