import { randomInt } from 'node:crypto'
import type { Socket } from 'node:net'
import { type Endpoint, normaliseAddress } from '@portolan/protocol'
import type { Because } from './decision.ts'
import { Deferred, onAbort } from './deferred.ts'
import { ChannelError } from './errors.ts'
import type { RandomBelow } from './free-set.ts'
import { type FailedPort, PassiveListeners } from './passive-listeners.ts'
import { HeldReservation, type PassiveReservation, type ReservationOwner } from './passive-reservation.ts'
import type { PortRange } from './port-range.ts'
import { readProxyHeader } from './proxy-header.ts'
import { type PortSharing, ReservationBook, type Ticket } from './reservation-book.ts'
import { Strangers } from './strangers.ts'
import { TrustedNetworks } from './trusted-networks.ts'

/** Who is expected: the client's IP address as PROXY protocol or the socket of the control connection gives it. */
export interface ClientKey {
  readonly address: string
}

export interface PassivePortsOptions {
  readonly range: PortRange
  /** Bind addresses, such as `0.0.0.0` and `::`. A `::` listener takes IPv6 only when an IPv4 address is given too. */
  readonly hosts: readonly string[]
  readonly sharing: PortSharing
  /** Milliseconds that {@link PassivePorts.reserve} waits when no port is free. Default 5000. */
  readonly waitMs?: number
  /** Milliseconds that a reservation waits for its client, from the reservation and again from `open()`. Default 30000. */
  readonly acceptMs?: number
  /** Networks whose connections must begin with a PROXY protocol header. Default: none. */
  readonly proxyFrom?: readonly string[]
  /** Milliseconds between two attempts at a port that the system refused. Default 30000. */
  readonly retryMs?: number
  /** Milliseconds for which a port given back unused is passed over for the same client, if it has another. Default 2000. */
  readonly restMs?: number
  /** Default: `crypto.randomInt`, so that nobody can guess the next port (RFC 2577 section 8). */
  readonly random?: RandomBelow
  /** Milliseconds of a clock that never goes back. Default: `performance.now`. */
  readonly now?: () => number
}

/** Numbers to watch. `refused` and `strangers` count from the start; the others are of this moment. */
export interface PassiveFigures {
  /** Ports that take connections. */
  readonly listening: number
  /** Reservations that wait for their client. */
  readonly reserved: number
  /** Callers of {@link PassivePorts.reserve} that wait for a free port. */
  readonly waiting: number
  /** Reservations that were not made because no port became free in time. */
  readonly refused: number
  /** Connections that nobody waited for. */
  readonly strangers: number
  /** Data connections that came through these ports and are open. */
  readonly connected: number
  /** Ports that the system refuses. */
  readonly failed: readonly FailedPort[]
}

/** One port, as an administrator sees it. */
export interface PassivePortState {
  readonly port: number
  /** `resting`: given back unused a moment ago, and passed over for that client. `failed`: the system refuses it. */
  readonly state: 'free' | 'reserved' | 'resting' | 'failed'
  /** Client addresses that are waited for. */
  readonly waitingFor: readonly string[]
  /** Why the system refuses it. */
  readonly text?: string
}

/** The shared doorway: listeners that stand open, and a book of who is expected where. */
export interface PassivePorts extends AsyncDisposable {
  /**
   * Reserves a random free port for one connection of this client.
   * @param options.signal - ends the wait for a free port, not the reservation
   * @param options.local - our address on the control connection, for {@link PassiveReservation.endpoint}
   * @throws {ChannelError} `CHANNEL_NO_PORT` when none became free within `waitMs`; `CHANNEL_ABORTED`
   */
  reserve(key: ClientKey, options: { signal: AbortSignal; local?: string }): Promise<PassiveReservation>
  figures(): PassiveFigures
  snapshot(): readonly PassivePortState[]
}

/**
 * Opens the passive ports. They stay open until disposed; data connections that were handed over live on.
 * @throws {ChannelError} `CHANNEL_LISTEN` when the system refuses every port, `CHANNEL_SETTING` for a bad network in `proxyFrom`
 */
export async function openPassivePorts(options: PassivePortsOptions): Promise<PassivePorts> {
  const ports = new SharedPorts(options)
  await ports.open()
  return ports
}

class SharedPorts implements PassivePorts, ReservationOwner {
  readonly acceptMs: number
  readonly now: () => number
  readonly #options: PassivePortsOptions
  readonly #waitMs: number
  readonly #book: ReservationBook
  readonly #proxies: TrustedNetworks
  readonly #strangers: Strangers
  readonly #held = new Map<Ticket, HeldReservation>()
  readonly #closing = new AbortController()
  #listeners: PassiveListeners | undefined
  #refused = 0
  #connected = 0

  constructor(options: PassivePortsOptions) {
    this.#options = options
    this.now = options.now ?? (() => performance.now())
    this.acceptMs = options.acceptMs ?? 30_000
    this.#waitMs = options.waitMs ?? 5_000
    this.#proxies = new TrustedNetworks(options.proxyFrom ?? [])
    this.#strangers = new Strangers(this.now)
    this.#book = new ReservationBook({
      range: options.range,
      sharing: options.sharing,
      random: options.random ?? randomInt,
      now: this.now,
      restMs: options.restMs ?? 2_000,
    })
  }

  async open(): Promise<void> {
    this.#listeners = await PassiveListeners.open({
      range: this.#options.range,
      hosts: this.#options.hosts,
      retryMs: this.#options.retryMs ?? 30_000,
      onConnection: (port, socket) => this.#admit(port, socket),
      onStand: port => this.#book.stand(port),
      onFall: port => this.#book.fall(port),
    })
  }

  async reserve(
    key: ClientKey,
    options: { signal: AbortSignal; local?: string },
  ): Promise<PassiveReservation> {
    const address = normaliseAddress(key.address)
    if (this.#closing.signal.aborted) throw closed()
    const ticket = this.#book.reserve(address)
    return ticket ? this.#hold(ticket, options.local) : this.#wait(address, options)
  }

  figures(): PassiveFigures {
    return {
      listening: this.#listeners?.listening ?? 0,
      reserved: this.#book.reserved,
      waiting: this.#book.waiting,
      refused: this.#refused,
      strangers: this.#strangers.count,
      connected: this.#connected,
      failed: this.#listeners?.failed ?? [],
    }
  }

  snapshot(): readonly PassivePortState[] {
    const failed = new Map(this.#listeners?.failed.map(({ port, text }) => [port, text]))
    const resting = this.#book.resting()
    return Array.from(this.#options.range.ports(), port => {
      const waitingFor = this.#book.pendingAt(port)
      const text = failed.get(port)
      if (text !== undefined) return { port, state: 'failed', waitingFor, text }
      const state = waitingFor.length > 0 ? 'reserved' : resting.has(port) ? 'resting' : 'free'
      return { port, state, waitingFor }
    })
  }

  over(ticket: Ticket): void {
    this.#held.delete(ticket)
    this.#book.release(ticket)
  }

  connected(): () => void {
    this.#connected++
    return () => this.#connected--
  }

  strangersAt(port: number, since: number): readonly string[] {
    return this.#strangers.at(port, since)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#closing.signal.aborted) return
    this.#closing.abort()
    for (const held of [...this.#held.values()]) held.fail(closed())
    await this.#listeners?.[Symbol.asyncDispose]()
  }

  async #wait(
    address: string,
    { signal, local }: { signal: AbortSignal; local?: string },
  ): Promise<PassiveReservation> {
    const granted = new Deferred<PassiveReservation>()
    // Held in the same turn: the client may be there before this function goes on.
    const giveUp = this.#book.wait(address, ticket => granted.resolve(this.#hold(ticket, local)))
    const fail = (error: ChannelError) => {
      giveUp()
      granted.reject(error)
    }
    const timer = setTimeout(() => {
      this.#refused++
      fail(new ChannelError('CHANNEL_NO_PORT', this.#noPortText(address)))
    }, this.#waitMs)
    const offSignal = onAbort(signal, () => {
      const text = 'the wait for a free passive port was ended'
      fail(new ChannelError('CHANNEL_ABORTED', text, { cause: signal.reason }))
    })
    const offClosing = onAbort(this.#closing.signal, () => fail(closed()))
    try {
      return await granted.promise
    } finally {
      clearTimeout(timer)
      offSignal()
      offClosing()
    }
  }

  #hold(ticket: Ticket, local: string | undefined): PassiveReservation {
    const { range, hosts } = this.#options
    const because: Because = {
      code: 'passive-port',
      text: `port ${ticket.port} was chosen at random among the passive ports ${range} that were free for ${ticket.address}`,
    }
    const held = new HeldReservation(ticket, normaliseAddress(local ?? hosts[0] ?? '0.0.0.0'), because, this)
    this.#held.set(ticket, held)
    return held
  }

  #admit(port: number, socket: Socket): void {
    const { remoteAddress, remotePort } = socket
    // Gone already: the peer reset the connection while it waited in the kernel.
    if (!remoteAddress || !remotePort) return void socket.destroy()
    const remote = { address: normaliseAddress(remoteAddress), port: remotePort }
    if (this.#proxies.has(remote.address)) void this.#admitProxied(port, socket, remote)
    else this.#match(port, socket, remote)
  }

  async #admitProxied(port: number, socket: Socket, proxy: Endpoint): Promise<void> {
    try {
      const header = await readProxyHeader(socket, { signal: this.#closing.signal })
      this.#match(port, socket, 'local' in header ? proxy : header.source)
    } catch {
      this.#strangers.note(port, proxy.address)
      socket.resetAndDestroy()
    }
  }

  #match(port: number, socket: Socket, remote: Endpoint): void {
    const ticket = this.#book.arrive(port, remote.address)
    const held = ticket && this.#held.get(ticket)
    if (held?.arrive({ socket, remote })) return
    this.#strangers.note(port, remote.address)
    socket.resetAndDestroy()
  }

  #noPortText(address: string): string {
    const { range, sharing } = this.#options
    const whose = sharing === 'exclusive' ? 'taken' : `taken by other connections of ${address}`
    const seconds = Math.round(this.#waitMs / 100) / 10
    return `all passive ports ${range} were ${whose} for ${seconds} seconds: try again, or ask for more ports (setting passive.numberOfPorts)`
  }
}

function closed(): ChannelError {
  return new ChannelError(
    'CHANNEL_REPLACED',
    'the passive ports were closed, because the settings changed or the server stops: send EPSV or PASV again',
  )
}
