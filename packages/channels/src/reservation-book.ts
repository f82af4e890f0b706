import { FreeSet, type RandomBelow } from './free-set.ts'
import type { PortRange } from './port-range.ts'

/** How the ports are shared. `by-client`: one pending reservation for each (port, client address). `exclusive`: one for each port. */
export type PortSharing = 'by-client' | 'exclusive'

/** One pending reservation: a connection from `address` to `port` belongs to its owner. */
export interface Ticket {
  readonly port: number
  readonly address: string
}

/** What is handed out, and how. */
export interface BookRules {
  /** Undefined: nothing is handed out. */
  readonly range: PortRange | undefined
  readonly sharing: PortSharing
}

/** What the book needs to know. */
export interface BookOptions extends BookRules {
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
  /** Whoever came first has the lowest. */
  readonly order: number
  grant: ((ticket: Ticket) => void) | undefined
}

interface Rest {
  readonly party: Party
  readonly port: number
  readonly address: string
  readonly until: number
  over: boolean
}

/** Those who compete for ports: the sessions of one client address; in exclusive mode everybody. */
interface Party {
  readonly name: string
  /** As offsets from the base port. */
  readonly ports: FreeSet
  readonly waiters: Set<Waiter>
  readonly resting: Rest[]
  held: number
}

const EVERYBODY = '*'

/** Who expects whom at which passive port. Pure: no socket, no timer. */
export class ReservationBook {
  readonly #options: Omit<BookOptions, keyof BookRules>
  #rules: BookRules
  readonly #parties = new Map<string, Party>()
  readonly #byPort = new Map<number, Map<string, Ticket>>()
  /** Ports of the range without a listener. */
  #fallen = new Set<number>()
  #rests: Rest[] = []
  #restsOver = 0
  #reserved = 0
  #waiting = 0
  #waitersSoFar = 0

  constructor(options: BookOptions) {
    this.#options = options
    this.#rules = options
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
    const port = this.#takeFor(party)
    if (port === undefined) {
      this.#forget(party)
      return undefined
    }
    return this.#issue(party, port, address)
  }

  /**
   * Waits in line, first come first served, until a port is free for `address`. Call it when {@link reserve} answered undefined.
   * @returns gives up the wait; does nothing once the grant was made
   */
  wait(address: string, grant: (ticket: Ticket) => void): () => void {
    const waiter: Waiter = { address, order: ++this.#waitersSoFar, grant }
    this.#party(address).waiters.add(waiter)
    this.#waiting++
    return () => {
      if (!waiter.grant) return
      waiter.grant = undefined
      const party = this.#party(address)
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

  /** Whether anybody is waited for at this port. */
  isPending(port: number): boolean {
    return this.#byPort.has(port)
  }

  /** Addresses that are waited for at this port. */
  pendingAt(port: number): readonly string[] {
    return [...(this.#byPort.get(port)?.keys() ?? [])]
  }

  /** Ports at which somebody is waited for, those that are handed out no more included. */
  get pendingPorts(): readonly number[] {
    return [...this.#byPort.keys()]
  }

  /** Ports that are passed over for a client that gave them back unused. */
  resting(): ReadonlySet<number> {
    return new Set(this.#liveRests().map(({ port }) => port))
  }

  /**
   * Hands ports out by other rules from now on. Reservations stay as they are, on ports outside the range too; who waits
   * is served from the new range.
   * @param fallen - ports of the range without a listener
   */
  change({ range, sharing }: BookRules, fallen: Iterable<number>): void {
    const rests = this.#liveRests()
    const waiters = [...this.#parties.values()].flatMap(party => [...party.waiters])
    this.#parties.clear()
    this.#rests = []
    this.#restsOver = 0
    this.#rules = { range, sharing }
    this.#fallen = new Set([...fallen].filter(port => range?.contains(port)))
    for (const atPort of this.#byPort.values()) {
      for (const { port, address } of atPort.values()) {
        const party = this.#party(address)
        party.held++
        this.#take(party, port)
      }
    }
    for (const { port, address, until } of rests) {
      const party = this.#party(address)
      if (this.#take(party, port)) this.#addRest({ party, port, address, until, over: false })
      this.#forget(party)
    }
    for (const waiter of waiters.toSorted((a, b) => a.order - b.order)) {
      this.#party(waiter.address).waiters.add(waiter)
    }
    for (const party of [...this.#parties.values()]) this.#serve(party)
  }

  /** The port has a listener again. */
  stand(port: number): void {
    if (!this.#fallen.delete(port)) return
    for (const party of [...this.#parties.values()]) {
      if (!this.#isHeld(party, port)) this.#free(party, port)
      this.#forget(party)
    }
  }

  get #base(): number {
    return this.#rules.range?.base ?? 0
  }

  /** Whether the port is one of those that are handed out. */
  #isOurs(port: number): boolean {
    return this.#rules.range?.contains(port) ?? false
  }

  #party(address: string): Party {
    const name = this.#rules.sharing === 'exclusive' ? EVERYBODY : address
    let party = this.#parties.get(name)
    if (!party) {
      party = {
        name,
        ports: new FreeSet(this.#rules.range?.count ?? 0),
        waiters: new Set(),
        resting: [],
        held: 0,
      }
      for (const port of this.#fallen) this.#take(party, port)
      this.#parties.set(name, party)
    }
    return party
  }

  /** Nothing is kept of a client that neither holds nor waits, so that a million clients cost nothing. */
  #forget(party: Party): void {
    if (party.held > 0 || party.waiters.size > 0 || party.resting.length > 0) return
    this.#parties.delete(party.name)
  }

  /** @returns false when it was taken, or is none that is handed out */
  #take(party: Party, port: number): boolean {
    return this.#isOurs(port) && party.ports.take(port - this.#base)
  }

  #takeFor(party: Party): number | undefined {
    const index = party.ports.takeAny(this.#options.random)
    return index === undefined ? this.#cutRestShort(party) : this.#base + index
  }

  #issue(party: Party, port: number, address: string): Ticket {
    const ticket: Ticket = { port, address }
    let atPort = this.#byPort.get(port)
    if (!atPort) {
      atPort = new Map()
      this.#byPort.set(port, atPort)
    }
    atPort.set(address, ticket)
    party.held++
    this.#reserved++
    return ticket
  }

  #end(ticket: Ticket, how: 'used' | 'unused'): void {
    const { port, address } = ticket
    const atPort = this.#byPort.get(port)
    atPort?.delete(address)
    if (atPort?.size === 0) this.#byPort.delete(port)
    this.#reserved--
    this.#wakeRested()
    const party = this.#party(address)
    party.held--
    if (!this.#isOurs(port) || this.#fallen.has(port) || this.#isReserved(party, port)) {
      // Handed out no more, or not until its listener stands again, or still another's since the sharing has changed.
    } else if (how === 'unused' && party.waiters.size === 0) {
      this.#rest(party, ticket)
    } else {
      this.#free(party, port)
    }
    this.#forget(party)
  }

  /** The next in line gets the port; without a line it is free. */
  #free(party: Party, port: number): void {
    if (party.waiters.size === 0) return void party.ports.give(port - this.#base)
    this.#take(party, port)
    this.#grant(party, port)
  }

  #grant(party: Party, port: number): void {
    const [waiter] = party.waiters
    if (!waiter?.grant) return
    const { grant, address } = waiter
    waiter.grant = undefined
    party.waiters.delete(waiter)
    this.#waiting--
    grant(this.#issue(party, port, address))
  }

  /** Gives the line all ports that are free. */
  #serve(party: Party): void {
    while (party.waiters.size > 0) {
      const port = this.#takeFor(party)
      if (port === undefined) return
      this.#grant(party, port)
    }
  }

  #rest(party: Party, { port, address }: Ticket): void {
    const { restMs, now } = this.#options
    if (restMs <= 0) return void party.ports.give(port - this.#base)
    this.#addRest({ party, port, address, until: now() + restMs, over: false })
  }

  #addRest(rest: Rest): void {
    rest.party.resting.push(rest)
    this.#rests.push(rest)
  }

  /** Every other port is taken: the one that rested longest has to do. */
  #cutRestShort(party: Party): number | undefined {
    for (let rest = party.resting.shift(); rest; rest = party.resting.shift()) {
      rest.over = true
      if (!this.#fallen.has(rest.port)) return rest.port
    }
    return undefined
  }

  #liveRests(): Rest[] {
    this.#wakeRested()
    return this.#rests.slice(this.#restsOver).filter(rest => !rest.over)
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
      if (!this.#fallen.has(rest.port)) rest.party.ports.give(rest.port - this.#base)
      this.#forget(rest.party)
    }
    if (this.#restsOver * 2 <= this.#rests.length) return
    this.#rests = this.#rests.slice(this.#restsOver)
    this.#restsOver = 0
  }

  #isHeld(party: Party, port: number): boolean {
    return party.resting.some(rest => rest.port === port) || this.#isReserved(party, port)
  }

  #isReserved(party: Party, port: number): boolean {
    const atPort = this.#byPort.get(port)
    if (!atPort) return false
    return party.name === EVERYBODY ? atPort.size > 0 : atPort.has(party.name)
  }
}
