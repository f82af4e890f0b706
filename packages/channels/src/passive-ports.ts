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

/** What can change while reservations and connections are there. */
export interface PassivePortsSettings {
  /** Undefined: no port is handed out, and those that stand close when nobody is waited for there any more. */
  readonly range: PortRange | undefined
  /** Bind addresses, such as `0.0.0.0` and `::`. A `::` listener takes IPv6 only when an IPv4 address is given too. */
  readonly hosts: readonly string[]
  readonly sharing: PortSharing
  /** Milliseconds that {@link PassivePorts.reserve} waits when no port is free. Default 5000. */
  readonly waitMs?: number
  /** Milliseconds that a reservation waits for its client, from the reservation and again from `open()`. Default 30000. */
  readonly acceptMs?: number
  /** Networks whose connections must begin with a PROXY protocol header. Default: none. */
  readonly proxyFrom?: readonly string[]
}

export interface PassivePortsOptions extends PassivePortsSettings {
  /** Milliseconds between two attempts at a port that the system refused. Default 30000. */
  readonly retryMs?: number
  /** Milliseconds for which a port given back unused is passed over for the same client, if it has another. Default 2000. */
  readonly restMs?: number
  /** Default: `crypto.randomInt`, so that nobody can guess the next port (RFC 2577 section 8). */
  readonly random?: RandomBelow
  /** Milliseconds of a clock that never goes back. Default: `performance.now`. */
  readonly now?: () => number
  /** Told when a port outside the range was closed because the last reservation there is over: others may have it. */
  readonly onReleased?: () => void
}

/** New settings whose ports stand already, and that are not in force yet. One of the two has to be called, once. */
export interface PreparedPorts {
  /**
   * Puts them in force: the next reservation is made in the new range, and who waits is served from there. Reservations
   * on other ports stay good until they are used or run out; connections are left alone.
   */
  commit(): void
  discard(): void
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
  /** Every port of the range, then those outside it at which somebody is still waited for. */
  snapshot(): readonly PassivePortState[]
  /**
   * Opens the ports that new settings need. A port that the old ones have, too, stays open.
   * @param awaited - ports that others hold and are going to let go of: they are taken by {@link claim}
   * @throws {ChannelError} as {@link openPassivePorts}, and nothing has changed
   */
  prepare(settings: PassivePortsSettings, awaited?: PortRange): Promise<PreparedPorts>
  /** Tries the ports that could not be had again, now. Resolves when each was tried. */
  claim(): Promise<void>
}

/**
 * Opens the passive ports. They stay open until disposed; data connections that were handed over live on.
 * @throws {ChannelError} `CHANNEL_LISTEN` when the system refuses every port, `CHANNEL_SETTING` for a bad network in `proxyFrom`
 */
export async function openPassivePorts(options: PassivePortsOptions): Promise<PassivePorts> {
  const ports = new SharedPorts(options)
  const prepared = await ports.prepare(options)
  prepared.commit()
  return ports
}

class SharedPorts implements PassivePorts, ReservationOwner {
  readonly now: () => number
  readonly #options: PassivePortsOptions
  #settings: PassivePortsSettings
  readonly #book: ReservationBook
  #proxies = new TrustedNetworks([])
  readonly #strangers: Strangers
  readonly #held = new Map<Ticket, HeldReservation>()
  readonly #closing = new AbortController()
  readonly #listeners: PassiveListeners
  /** Ends the waits for a free port. */
  readonly #waits = new Set<(error: ChannelError) => void>()
  #refused = 0
  #connected = 0

  constructor(options: PassivePortsOptions) {
    this.#options = options
    this.now = options.now ?? (() => performance.now())
    this.#settings = { ...options, range: undefined }
    this.#strangers = new Strangers(this.now)
    this.#book = new ReservationBook({
      range: undefined,
      sharing: options.sharing,
      random: options.random ?? randomInt,
      now: this.now,
      restMs: options.restMs ?? 2_000,
    })
    this.#listeners = new PassiveListeners({
      retryMs: options.retryMs ?? 30_000,
      onConnection: (port, socket) => this.#admit(port, socket),
      onStand: port => this.#book.stand(port),
    })
  }

  get acceptMs(): number {
    return this.#settings.acceptMs ?? 30_000
  }

  async prepare(settings: PassivePortsSettings, awaited?: PortRange): Promise<PreparedPorts> {
    if (this.#closing.signal.aborted) throw closed()
    const proxies = new TrustedNetworks(settings.proxyFrom ?? [])
    const { range, hosts } = settings
    await this.#listeners.prepare({ range, hosts, awaited })
    return {
      commit: () => this.#commit(settings, proxies),
      discard: () => this.#listeners.discard(),
    }
  }

  claim(): Promise<void> {
    return this.#listeners.claim()
  }

  #commit(settings: PassivePortsSettings, proxies: TrustedNetworks): void {
    this.#settings = settings
    this.#proxies = proxies
    this.#listeners.commit(port => this.#book.isPending(port))
    this.#book.change(
      settings,
      this.#listeners.failed.map(({ port }) => port),
    )
    if (settings.range) return
    for (const fail of [...this.#waits]) fail(closed())
  }

  async reserve(
    key: ClientKey,
    options: { signal: AbortSignal; local?: string },
  ): Promise<PassiveReservation> {
    const address = normaliseAddress(key.address)
    if (this.#closing.signal.aborted || !this.#settings.range) throw closed()
    const ticket = this.#book.reserve(address)
    return ticket ? this.#hold(ticket, options.local) : this.#wait(address, options)
  }

  figures(): PassiveFigures {
    return {
      listening: this.#listeners.listening,
      reserved: this.#book.reserved,
      waiting: this.#book.waiting,
      refused: this.#refused,
      strangers: this.#strangers.count,
      connected: this.#connected,
      failed: this.#listeners.failed,
    }
  }

  snapshot(): readonly PassivePortState[] {
    const { range } = this.#settings
    const failed = new Map(this.#listeners.failed.map(({ port, text }) => [port, text]))
    const resting = this.#book.resting()
    const outside = this.#book.pendingPorts.filter(port => !range?.contains(port))
    return [...(range?.ports() ?? []), ...outside].map(port => {
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
    const { port } = ticket
    if (this.#book.isPending(port) || !this.#listeners.release(port)) return
    if (this.#settings.range?.contains(port)) void this.#listeners.claim()
    else this.#options.onReleased?.()
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
    await this.#listeners[Symbol.asyncDispose]()
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
    this.#waits.add(fail)
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
      this.#waits.delete(fail)
      offSignal()
      offClosing()
    }
  }

  #hold(ticket: Ticket, local: string | undefined): PassiveReservation {
    const { range, hosts } = this.#settings
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

  get #waitMs(): number {
    return this.#settings.waitMs ?? 5_000
  }

  #noPortText(address: string): string {
    const { range, sharing } = this.#settings
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
