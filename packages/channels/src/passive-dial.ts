import type { Socket } from 'node:net'
import { type Endpoint, formatEndpoint, normaliseAddress } from '@portolan/protocol'
import { adoptSocket } from './connection.ts'
import type { DataConnection, DataPromise } from './data-connection.ts'
import type { Decision } from './decision.ts'
import { onAbort } from './deferred.ts'
import type { Dialler, DialTarget } from './dialler.ts'
import { ChannelError } from './errors.ts'

/** How a client dials the port that a server announced with 227 or 229. */
export interface PassiveDialOptions {
  /** Where the server is expected, and why there. */
  readonly endpoint: Decision<Endpoint>
  /** What to dial: the endpoint, or behind a proxy the control host's name, which the proxy looks up. */
  readonly target: DialTarget
  readonly dialler: Dialler
  /** Milliseconds for the dialling. */
  readonly connectMs: number
  /** Our address on the control connection: servers may insist that data comes from there. */
  readonly localAddress?: string
}

/**
 * The client's side of passive mode: dials at `open()`, which may run beside the transfer command.
 * `open` throws a `DialError`, or a `ChannelError` with `CHANNEL_REPLACED` when the promise was given up.
 */
export function promisePassiveDial(options: PassiveDialOptions): DataPromise {
  return new PassiveDial(options)
}

class PassiveDial implements DataPromise {
  readonly mode = 'passive'
  readonly endpoint: Decision<Endpoint>
  readonly #options: PassiveDialOptions
  readonly #end = new AbortController()
  #opened = false

  constructor(options: PassiveDialOptions) {
    this.#options = options
    this.endpoint = options.endpoint
  }

  async open(signal: AbortSignal): Promise<DataConnection> {
    if (this.#opened) throw new Error('a data promise is opened once')
    this.#opened = true
    const { target, dialler, connectMs, localAddress } = this.#options
    if (this.#end.signal.aborted) throw this.#replaced()
    let socket: Socket
    const off = onAbort(signal, () => this.#end.abort())
    try {
      socket = await dialler.dial(target, {
        signal: this.#end.signal,
        timeoutMs: connectMs,
        paused: true,
        ...(localAddress !== undefined && { localAddress }),
      })
    } catch (error) {
      throw this.#end.signal.aborted && !signal.aborted ? this.#replaced() : error
    } finally {
      off()
    }
    return this.#adopt(socket)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#end.abort()
  }

  #adopt(socket: Socket): DataConnection {
    const { endpoint, target, dialler } = this.#options
    const local = endpointOf(socket.localAddress, socket.localPort)
    // The other end of the socket, which is the proxy's where there is one: it is by this that the kernel knows it.
    const remote = endpointOf(socket.remoteAddress, socket.remotePort)
    const dialled = dialler.proxy ? `${target.host}:${target.port} through the proxy` : formatEndpoint(remote)
    const because = {
      code: 'passive-dialled',
      text: `the client dialled ${dialled}: ${endpoint.because.text}`,
    }
    return adoptSocket(socket, { mode: 'passive', peer: 'server', local, remote, because })
  }

  #replaced(): ChannelError {
    const where = formatEndpoint(this.endpoint.value)
    return new ChannelError('CHANNEL_REPLACED', `dialling ${where} was given up before it stood`)
  }
}

function endpointOf(address = '0.0.0.0', port = 0): Endpoint {
  return { address: normaliseAddress(address), port }
}
