import type { Socket } from 'node:net'
import { type Endpoint, normaliseAddress } from '@portolan/protocol'
import { adoptSocket } from './connection.ts'
import type { DataConnection, DataPromise } from './data-connection.ts'
import { type Because, type Decision, decide } from './decision.ts'
import { Deferred, onAbort } from './deferred.ts'
import { ChannelError } from './errors.ts'
import type { Ticket } from './reservation-book.ts'

/** A passive port that is kept for one client. */
export interface PassiveReservation extends DataPromise {
  readonly port: number
  /** What has come of it so far. */
  readonly news: PassiveNews
}

/** What a passive port has seen since it was reserved. */
export interface PassiveNews {
  /** The client came, that many milliseconds after the reservation. */
  readonly arrived?: { readonly remote: Endpoint; readonly ms: number }
  /** Why no connection can come of it any more. */
  readonly failure?: ChannelError
  /** Who else came, while the client was waited for, and was refused. */
  readonly strangers: readonly string[]
}

/** A connection that came through a passive port. */
export interface Arrival {
  readonly socket: Socket
  /** The client, as PROXY protocol or the socket gives it. */
  readonly remote: Endpoint
}

/** What a reservation needs from the ports. */
export interface ReservationOwner {
  readonly acceptMs: number
  /** The reservation is over, used or unused: its port is free. Called once. */
  over(ticket: Ticket): void
  /** Who came to this port since then and was waited for by nobody. */
  strangersAt(port: number, since: number): readonly string[]
  /** A connection was handed over. @returns to be called when it is closed */
  connected(): () => void
  now(): number
}

type State =
  | { readonly phase: 'pending'; timer: NodeJS.Timeout }
  | { readonly phase: 'arrived'; readonly arrival: Arrival }
  | { readonly phase: 'opened' }
  | { readonly phase: 'failed'; readonly error: ChannelError }

/** One (port, client) pair until its connection has come. An early connection waits here, paused, for {@link open}. */
export class HeldReservation implements PassiveReservation {
  readonly mode = 'passive'
  readonly endpoint: Decision<Endpoint>
  readonly ticket: Ticket
  readonly #owner: ReservationOwner
  readonly #since: number
  #state: State
  #arrived: PassiveNews['arrived']
  /** Once the client is waited for no more. */
  #strangers: readonly string[] = []
  #waiting: Deferred<DataConnection> | undefined

  constructor(ticket: Ticket, local: string, because: Because, owner: ReservationOwner) {
    this.ticket = ticket
    this.endpoint = decide({ address: local, port: ticket.port }, because.code, because.text)
    this.#owner = owner
    this.#since = owner.now()
    this.#state = { phase: 'pending', timer: this.#startTimer() }
  }

  get port(): number {
    return this.ticket.port
  }

  get news(): PassiveNews {
    const state = this.#state
    return {
      ...(this.#arrived && { arrived: this.#arrived }),
      ...(state.phase === 'failed' && { failure: state.error }),
      strangers: state.phase === 'pending' ? this.#strangersSoFar() : this.#strangers,
    }
  }

  /** Waits until the client has come: `acceptMs` from the call at the most. */
  open(signal: AbortSignal): Promise<DataConnection> {
    if (this.#waiting || this.#state.phase === 'opened') throw new Error('a data promise is opened once')
    if (this.#state.phase === 'failed') return Promise.reject(this.#state.error)
    const waiting = new Deferred<DataConnection>()
    this.#waiting = waiting
    if (signal.aborted) {
      this.fail(aborted(this.port, signal))
      return waiting.promise
    }
    if (this.#state.phase === 'arrived') {
      this.#handOver(this.#state.arrival, waiting)
      return waiting.promise
    }
    // Many clients dial only after the transfer command: they get the whole time from here.
    clearTimeout(this.#state.timer)
    this.#state = { phase: 'pending', timer: this.#startTimer() }
    const off = onAbort(signal, () => this.fail(aborted(this.port, signal)))
    return waiting.promise.finally(off)
  }

  /** The client came. @returns false when it is too late */
  arrive(arrival: Arrival): boolean {
    if (this.#state.phase !== 'pending') return false
    clearTimeout(this.#state.timer)
    this.#owner.over(this.ticket)
    arrival.socket.on('error', ignore)
    this.#strangers = this.#strangersSoFar()
    this.#arrived = { remote: arrival.remote, ms: Math.round(this.#owner.now() - this.#since) }
    this.#state = { phase: 'arrived', arrival }
    if (this.#waiting) this.#handOver(arrival, this.#waiting)
    return true
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { phase } = this.#state
    if (phase === 'opened' || phase === 'failed') return
    this.fail(
      new ChannelError(
        'CHANNEL_REPLACED',
        `passive port ${this.port} was given up for a newer request, or at the end of the session`,
      ),
    )
  }

  #strangersSoFar(): readonly string[] {
    return this.#owner.strangersAt(this.port, this.#since)
  }

  #startTimer(): NodeJS.Timeout {
    return setTimeout(() => this.#expire(), this.#owner.acceptMs)
  }

  #expire(): void {
    if (this.#state.phase !== 'pending') return
    const { port } = this
    const strangers = this.#strangersSoFar()
    const seconds = Math.round(this.#owner.acceptMs / 100) / 10
    const nobody = `nobody came to port ${port} within ${seconds} seconds`
    const text =
      strangers.length > 0
        ? `${nobody}; ${strangers.join(', ')} came instead of ${this.ticket.address}: connect from the address of the control connection`
        : `${nobody}: let port ${port} through the firewalls and NAT on the way, and check that the client can reach the address it was told`
    this.fail(new ChannelError('CHANNEL_ACCEPT_TIMEOUT', text))
  }

  /** Ends what has not become a connection. Does nothing afterwards. */
  fail(error: ChannelError): void {
    const state = this.#state
    if (state.phase === 'opened' || state.phase === 'failed') return
    if (state.phase === 'pending') this.#strangers = this.#strangersSoFar()
    this.#state = { phase: 'failed', error }
    if (state.phase === 'pending') {
      clearTimeout(state.timer)
      this.#owner.over(this.ticket)
    } else {
      state.arrival.socket.resetAndDestroy()
    }
    this.#waiting?.reject(error)
  }

  #handOver({ socket, remote }: Arrival, waiting: Deferred<DataConnection>): void {
    this.#state = { phase: 'opened' }
    if (socket.destroyed) {
      const text = `the client connected to port ${this.port} and broke the connection before it was used`
      waiting.reject(new ChannelError('CHANNEL_ACCEPT_TIMEOUT', text))
      return
    }
    const local = { address: normaliseAddress(socket.localAddress ?? '0.0.0.0'), port: this.port }
    const because: Because = {
      code: 'passive-arrival',
      text: `${remote.address} came to passive port ${this.port}, which was kept for it`,
    }
    waiting.resolve(
      adoptSocket(socket, {
        mode: 'passive',
        peer: 'client',
        local,
        remote,
        because,
        closed: this.#owner.connected(),
      }),
    )
    socket.off('error', ignore)
  }
}

function aborted(port: number, signal: AbortSignal): ChannelError {
  return new ChannelError('CHANNEL_ABORTED', `the wait for a connection to port ${port} was ended`, {
    cause: signal.reason,
  })
}

function ignore(): void {}
