import { connect, type Socket } from 'node:net'
import { addressFamily, type Endpoint, formatEndpoint, normaliseAddress } from '@portolan/protocol'
import { adoptSocket } from './connection.ts'
import type { DataConnection, DataPromise } from './data-connection.ts'
import { type Because, type Decision, decide } from './decision.ts'
import { Deferred, onAbort } from './deferred.ts'
import { ChannelError } from './errors.ts'
import type { RandomBelow } from './free-set.ts'
import type { PortRange } from './port-range.ts'
import { randomOrder } from './random-order.ts'

/** How to dial the port that a client announced with PORT or EPRT. */
export interface ActiveOptions {
  readonly endpoint: Endpoint
  /** The client's address on the control connection. */
  readonly controlPeer: string
  /** Our address on the control connection: data comes from where the client sees its server. */
  readonly localAddress: string
  /** Source ports. Absent: a port that the system chooses, above 1023. */
  readonly range?: PortRange
  /** Milliseconds for the whole dialling. Default 10000. */
  readonly connectMs?: number
  readonly because?: Because
  /** Order of the source ports. Default: `crypto.randomInt`. */
  readonly random?: RandomBelow
}

/** Milliseconds between two probes of an idle data connection by the kernel. */
const KEEPALIVE_MS = 60_000

/** Notes whom to dial; dials at `open()`, since clients listen later than they announce. */
export function promiseActive(options: ActiveOptions): DataPromise {
  return new ActivePromise(options)
}

class ActivePromise implements DataPromise {
  readonly mode = 'active'
  readonly endpoint: Decision<Endpoint>
  readonly #options: ActiveOptions
  readonly #end = new AbortController()
  #opened = false

  constructor(options: ActiveOptions) {
    this.#options = options
    const { endpoint, controlPeer } = options
    const told = options.because ?? {
      code: 'active-endpoint',
      text: `${controlPeer} announced ${formatEndpoint(endpoint)}`,
    }
    this.endpoint = decide(endpoint, told.code, told.text)
  }

  async open(signal: AbortSignal): Promise<DataConnection> {
    if (this.#opened) throw new Error('a data promise is opened once')
    this.#opened = true
    if (this.#end.signal.aborted) throw replaced(this.#options.endpoint)
    const { endpoint, range, localAddress, connectMs = 10_000 } = this.#options
    const stop = AbortSignal.any([signal, this.#end.signal, AbortSignal.timeout(connectMs)])
    const localPorts = range ? randomOrder(range, this.#options.random) : [undefined]
    for (const localPort of localPorts) {
      const outcome = await dial(endpoint, localAddress, localPort, stop)
      if (outcome.kind === 'busy') continue
      if (outcome.kind === 'connected') return this.#adopt(outcome.socket)
      if (signal.aborted) {
        const text = `dialling ${formatEndpoint(endpoint)} was ended`
        throw new ChannelError('CHANNEL_ABORTED', text, { cause: signal.reason })
      }
      if (this.#end.signal.aborted) throw replaced(endpoint)
      throw dialFailed(endpoint, outcome, connectMs)
    }
    throw new ChannelError(
      'CHANNEL_DIAL',
      `all ports of the active range ${range} are busy towards ${formatEndpoint(endpoint)}: try again, or use passive mode`,
    )
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#end.abort()
  }

  #adopt(socket: Socket): DataConnection {
    const { endpoint } = this.#options
    const local = { address: normaliseAddress(socket.localAddress ?? '0.0.0.0'), port: socket.localPort ?? 0 }
    const because = {
      code: 'active-dialled',
      text: `the server dialled ${formatEndpoint(endpoint)} from ${formatEndpoint(local)}: ${this.endpoint.because.text}`,
    }
    return adoptSocket(socket, { mode: 'active', peer: 'client', local, remote: endpoint, because })
  }
}

type Outcome =
  | { readonly kind: 'connected'; readonly socket: Socket }
  | { readonly kind: 'busy' }
  | { readonly kind: 'failed'; readonly code: string; readonly message: string }

/** The local port is taken, or its connection to this very endpoint is still in TIME_WAIT: another port may do. */
const BUSY = new Set(['EADDRINUSE', 'EADDRNOTAVAIL'])

async function dial(
  endpoint: Endpoint,
  localAddress: string,
  localPort: number | undefined,
  stop: AbortSignal,
): Promise<Outcome> {
  const outcome = new Deferred<Outcome>()
  const local = normaliseAddress(localAddress)
  const socket = connect({
    host: endpoint.address,
    port: endpoint.port,
    // A client on IPv6 may announce an IPv4 port where foreign addresses are allowed: the system then chooses ours.
    ...(addressFamily(local) === addressFamily(endpoint.address) && { localAddress: local }),
    ...(localPort !== undefined && { localPort }),
    allowHalfOpen: true,
    keepAlive: true,
    keepAliveInitialDelay: KEEPALIVE_MS,
    autoSelectFamily: false,
  })
  const onConnect = () => outcome.resolve({ kind: 'connected', socket })
  const onError = (error: NodeJS.ErrnoException) => {
    const code = error.code ?? 'unknown'
    const busy = localPort !== undefined && BUSY.has(code)
    outcome.resolve(busy ? { kind: 'busy' } : { kind: 'failed', code, message: error.message })
  }
  socket.on('connect', onConnect).on('error', onError)
  const off = onAbort(stop, () => {
    socket.destroy()
    outcome.resolve({ kind: 'failed', code: 'ETIMEDOUT', message: 'no answer' })
  })
  const result = await outcome.promise
  off()
  socket.off('connect', onConnect)
  if (result.kind === 'connected') {
    socket.off('error', onError)
    socket.pause()
  } else {
    socket.destroy()
  }
  return result
}

function dialFailed(
  endpoint: Endpoint,
  outcome: { code: string; message: string },
  connectMs: number,
): ChannelError {
  const where = formatEndpoint(endpoint)
  const advice = 'use passive mode'
  const texts: Record<string, string> = {
    ETIMEDOUT: `your firewall or NAT did not let the server dial ${where} within ${connectMs / 1000} seconds: ${advice}`,
    ECONNREFUSED: `nothing listens at ${where}, or your firewall or NAT did not let the server dial it: ${advice}`,
    EHOSTUNREACH: `the server has no route to ${where}: ${advice}`,
    ENETUNREACH: `the server has no route to ${where}: ${advice}`,
    EADDRNOTAVAIL: `the server has no free port towards ${where}: try again, or ${advice}`,
  }
  return new ChannelError(
    'CHANNEL_DIAL',
    texts[outcome.code] ?? `dialling ${where} failed (${outcome.message}): ${advice}`,
  )
}

function replaced(endpoint: Endpoint): ChannelError {
  return new ChannelError(
    'CHANNEL_REPLACED',
    `dialling ${formatEndpoint(endpoint)} was given up for a newer request, or at the end of the session`,
  )
}
