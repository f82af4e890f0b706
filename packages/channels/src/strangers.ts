/** How many strangers are remembered for one port. */
const REMEMBERED_PER_PORT = 4
/** For how many ports strangers are remembered; the port visited longest ago is forgotten first. */
const REMEMBERED_PORTS = 4_096

interface Visit {
  readonly address: string
  at: number
}

/**
 * Connections that nobody waited for. They are counted, and the last few of each port are remembered as evidence: a
 * client whose data connections come from another address than its control connection cannot find that out by itself.
 */
export class Strangers {
  readonly #now: () => number
  readonly #visits = new Map<number, Visit[]>()
  #count = 0

  /** @param now - milliseconds of a clock that never goes back */
  constructor(now: () => number) {
    this.#now = now
  }

  /** All that ever came. */
  get count(): number {
    return this.#count
  }

  note(port: number, address: string): void {
    this.#count++
    const visits = (this.#visits.get(port) ?? []).filter(visit => visit.address !== address)
    visits.push({ address, at: this.#now() })
    // Deleted and set anew, so that the map stays in the order of the last visit.
    this.#visits.delete(port)
    this.#visits.set(port, visits.slice(-REMEMBERED_PER_PORT))
    if (this.#visits.size <= REMEMBERED_PORTS) return
    for (const oldest of this.#visits.keys()) {
      this.#visits.delete(oldest)
      break
    }
  }

  /** Addresses that came to this port since then, the last one last. */
  at(port: number, since: number): readonly string[] {
    return (this.#visits.get(port) ?? []).filter(visit => visit.at >= since).map(visit => visit.address)
  }
}
