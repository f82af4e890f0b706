import { FreeSet, type RandomBelow } from './free-set.ts'
import type { PortRange } from './port-range.ts'

/** How the ports are shared. `by-client`: one pending reservation for each (port, client address). `exclusive`: one for each port. */
export type PortSharing = 'by-client' | 'exclusive'

/** One pending reservation: a connection from `address` to `port` belongs to its owner. */
export interface Ticket {
  readonly port: number
  readonly address: string
}

/** What the book needs to know. */
export interface BookOptions {
  readonly range: PortRange
  readonly sharing: PortSharing
  readonly random: RandomBelow
  /** Milliseconds of a clock that never goes back. */
  readonly now: () => number
  /**
   * Milliseconds for which a port that was given back unused is passed over for the same client, as long as it has
   * another one: the client may have dialled already, and its late connection must not reach another session.
   */
  readonly restMs: number
}

interface Waiter {
  readonly address: string
  grant: ((ticket: Ticket) => void) | undefined
}

interface Rest {
  readonly party: Party
  readonly index: number
  readonly until: number
  over: boolean
}

/** Those who compete for ports: the sessions of one client address; in exclusive mode everybody. */
interface Party {
  readonly name: string
  readonly ports: FreeSet
  readonly waiters: Set<Waiter>
  readonly resting: Rest[]
  held: number
}

const EVERYBODY = '*'

/** Who expects whom at which passive port. Pure: no socket, no timer. */
export class ReservationBook {
  readonly #options: BookOptions
  readonly #parties = new Map<string, Party>()
  readonly #byPort = new Map<number, Map<string, Ticket>>()
  /** Ports without a listener, as offsets from the base port. */
  readonly #fallen = new Set<number>()
  #rests: Rest[] = []
  #restsOver = 0
  #reserved = 0
  #waiting = 0

  constructor(options: BookOptions) {
    this.#options = options
  }

  /** Pending reservations. */
  get reserved(): number {
    return this.#reserved
  }

  /** Callers that wait for a port. */
  get waiting(): number {
    return this.#waiting
  }

  /** Client addresses of which something is remembered. */
  get parties(): number {
    return this.#parties.size
  }

  /** Reserves a random free port for a connection from `address`; undefined when this client has to wait. */
  reserve(address: string): Ticket | undefined {
    this.#wakeRested()
    const party = this.#party(address)
    const index = party.ports.takeAny(this.#options.random) ?? this.#cutRestShort(party)
    if (index === undefined) {
      this.#forget(party)
      return undefined
    }
    return this.#issue(party, index, address)
  }

  /**
   * Waits in line, first come first served, until a port is free for `address`. Call it when {@link reserve} answered undefined.
   * @returns gives up the wait; does nothing once the grant was made
   */
  wait(address: string, grant: (ticket: Ticket) => void): () => void {
    const party = this.#party(address)
    const waiter: Waiter = { address, grant }
    party.waiters.add(waiter)
    this.#waiting++
    return () => {
      if (!waiter.grant) return
      waiter.grant = undefined
      party.waiters.delete(waiter)
      this.#waiting--
      this.#forget(party)
    }
  }

  /** A connection came: takes the reservation it belongs to out of the book. The port is free for the same client at once. */
  arrive(port: number, address: string): Ticket | undefined {
    const ticket = this.#byPort.get(port)?.get(address)
    if (ticket) this.#end(ticket, 'used')
    return ticket
  }

  /** Gives a reservation back unused. @returns false when it was over already */
  release(ticket: Ticket): boolean {
    if (this.#byPort.get(ticket.port)?.get(ticket.address) !== ticket) return false
    this.#end(ticket, 'unused')
    return true
  }

  /** Addresses that are waited for at this port. */
  pendingAt(port: number): readonly string[] {
    return [...(this.#byPort.get(port)?.keys() ?? [])]
  }

  /** Ports that are passed over for a client that gave them back unused. */
  resting(): ReadonlySet<number> {
    this.#wakeRested()
    const rests = this.#rests.slice(this.#restsOver).filter(rest => !rest.over)
    return new Set(rests.map(rest => this.#options.range.base + rest.index))
  }

  /** The port lost its listener: it is handed out no more. Reservations that stand are left to their owners. */
  fall(port: number): void {
    const index = port - this.#options.range.base
    this.#fallen.add(index)
    for (const party of this.#parties.values()) party.ports.take(index)
  }

  /** The port has a listener again. */
  stand(port: number): void {
    const index = port - this.#options.range.base
    if (!this.#fallen.delete(index)) return
    for (const party of [...this.#parties.values()]) {
      if (!this.#isHeld(party, index)) this.#free(party, index)
      this.#forget(party)
    }
  }

  #party(address: string): Party {
    const name = this.#options.sharing === 'exclusive' ? EVERYBODY : address
    let party = this.#parties.get(name)
    if (!party) {
      party = {
        name,
        ports: new FreeSet(this.#options.range.count),
        waiters: new Set(),
        resting: [],
        held: 0,
      }
      for (const index of this.#fallen) party.ports.take(index)
      this.#parties.set(name, party)
    }
    return party
  }

  /** Nothing is kept of a client that neither holds nor waits, so that a million clients cost nothing. */
  #forget(party: Party): void {
    if (party.held > 0 || party.waiters.size > 0 || party.resting.length > 0) return
    this.#parties.delete(party.name)
  }

  #issue(party: Party, index: number, address: string): Ticket {
    const ticket: Ticket = { port: this.#options.range.base + index, address }
    let atPort = this.#byPort.get(ticket.port)
    if (!atPort) {
      atPort = new Map()
      this.#byPort.set(ticket.port, atPort)
    }
    atPort.set(address, ticket)
    party.held++
    this.#reserved++
    return ticket
  }

  #end(ticket: Ticket, how: 'used' | 'unused'): void {
    const atPort = this.#byPort.get(ticket.port)
    atPort?.delete(ticket.address)
    if (atPort?.size === 0) this.#byPort.delete(ticket.port)
    this.#reserved--
    this.#wakeRested()
    const party = this.#party(ticket.address)
    party.held--
    const index = ticket.port - this.#options.range.base
    if (this.#fallen.has(index)) {
      // Stays taken until the listener stands again.
    } else if (how === 'unused' && party.waiters.size === 0) {
      this.#rest(party, index)
    } else {
      this.#free(party, index)
    }
    this.#forget(party)
  }

  /** The next in line gets the port; without a line it is free. */
  #free(party: Party, index: number): void {
    const [waiter] = party.waiters
    if (!waiter?.grant) {
      party.ports.give(index)
      return
    }
    const { grant, address } = waiter
    waiter.grant = undefined
    party.waiters.delete(waiter)
    this.#waiting--
    party.ports.take(index)
    grant(this.#issue(party, index, address))
  }

  #rest(party: Party, index: number): void {
    const { restMs, now } = this.#options
    if (restMs <= 0) return void party.ports.give(index)
    const rest: Rest = { party, index, until: now() + restMs, over: false }
    party.resting.push(rest)
    this.#rests.push(rest)
  }

  /** Every other port is taken: the one that rested longest has to do. */
  #cutRestShort(party: Party): number | undefined {
    for (let rest = party.resting.shift(); rest; rest = party.resting.shift()) {
      rest.over = true
      if (!this.#fallen.has(rest.index)) return rest.index
    }
    return undefined
  }

  /** All rests last equally long, so those that are over stand in front. */
  #wakeRested(): void {
    const now = this.#options.now()
    for (let rest = this.#rests[this.#restsOver]; rest; rest = this.#rests[this.#restsOver]) {
      if (!rest.over && rest.until > now) break
      this.#restsOver++
      if (rest.over) continue
      rest.over = true
      rest.party.resting.shift()
      if (!this.#fallen.has(rest.index)) rest.party.ports.give(rest.index)
      this.#forget(rest.party)
    }
    if (this.#restsOver * 2 <= this.#rests.length) return
    this.#rests = this.#rests.slice(this.#restsOver)
    this.#restsOver = 0
  }

  #isHeld(party: Party, index: number): boolean {
    if (party.resting.some(rest => rest.index === index)) return true
    const atPort = this.#byPort.get(this.#options.range.base + index)
    if (!atPort) return false
    return party.name === EVERYBODY ? atPort.size > 0 : atPort.has(party.name)
  }
}
