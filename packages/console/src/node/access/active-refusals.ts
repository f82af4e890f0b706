import type { StreamReport } from '@portolan/gateway'

/** What a connector notes when it has answered PORT or EPRT. */
const CODE = 'CON_FTP_ACTIVE_REFUSED'

/** Control connections that are remembered at once; the oldest is forgotten first. */
const MOST = 50_000

/** A PORT or EPRT that was refused. */
export interface ActiveRefusal {
  readonly report: StreamReport
  readonly at: number
  readonly text: string
}

/** Finds what is new about active mode in reports, each of which tells all of its stream again. */
export class ActiveRefusals {
  /** When the newest was that is known of a connection. */
  readonly #known = new Map<string, number>()
  readonly #since: number

  /** @param since - what is older was noted by somebody before; milliseconds since 1970 */
  constructor(since: number) {
    this.#since = since
  }

  /** Those of a report that were not found before. */
  newOnes(report: StreamReport): ActiveRefusal[] {
    const { ConnectionID, ConnectionStatus, Events } = report
    const known = this.#known.get(ConnectionID)
    const found = Events.filter(({ at, text }) => text.includes(CODE) && at > (known ?? this.#since - 1))
    const last = found.at(-1)
    this.#known.delete(ConnectionID)
    if (ConnectionStatus === 'open' || ConnectionStatus === 'active') {
      const at = last?.at ?? known
      if (at !== undefined) this.#remember(ConnectionID, at)
    }
    return found.map(({ at, text }) => ({ report, at, text }))
  }

  #remember(connection: string, at: number): void {
    this.#known.set(connection, at)
    if (this.#known.size <= MOST) return
    const [oldest] = this.#known.keys()
    if (oldest !== undefined) this.#known.delete(oldest)
  }
}
