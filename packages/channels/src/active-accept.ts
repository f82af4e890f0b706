import { randomInt } from 'node:crypto'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { type Endpoint, formatEndpoint, normaliseAddress } from '@portolan/protocol'
import { adoptSocket } from './connection.ts'
import type { DataConnection, DataPromise } from './data-connection.ts'
import { type Because, type Decision, decide } from './decision.ts'
import { Deferred, onAbort } from './deferred.ts'
import { ChannelError } from './errors.ts'
import type { RandomBelow } from './free-set.ts'
import type { PortRange } from './port-range.ts'

/** Connections that may wait in the kernel: the server's, and a few strangers before it. */
const BACKLOG = 16
/** Milliseconds between two probes of an idle data connection by the kernel. */
const KEEPALIVE_MS = 60_000
/** How many strangers a sentence names. */
const MOST_NAMED = 4

/** How a client listens for the data connection that the server dials after PORT or EPRT. */
export interface ActiveListenOptions {
  /** Our address on the control connection, or another address of this machine. */
  readonly bindAddress: string
  /** The address to announce: `bindAddress`, or the one that the server sees of us behind NAT. */
  readonly announceAddress: string
  /** Why that address. */
  readonly announceBecause?: Because
  /** Ports to listen on. Default: one that the system chooses. */
  readonly range?: PortRange
  /** The server's address on the control connection. */
  readonly controlPeer: string
  /**
   * Take connections from `controlPeer` alone. Without it anybody who guesses the port can take the server's place.
   * Default true.
   */
  readonly checkPeer?: boolean
  /** Milliseconds from `open()` on for the server to come. */
  readonly acceptMs: number
  /** Where in the range to begin. Default: `crypto.randomInt`. */
  readonly random?: RandomBelow
  /** Told of each connection that was closed since it came from elsewhere. */
  readonly onStranger?: (endpoint: Endpoint) => void
}

/** A port that waits for the server. `endpoint` is what to announce with PORT or EPRT. */
export interface ActiveListener extends DataPromise {
  /** The port that is listened on. */
  readonly port: number
}

/**
 * Listens for the server's data connection. The port is open when the promise resolves, so that the server may come
 * before `open()` is called. The first connection from the right address wins, and the port is closed.
 *
 * `open` throws a {@link ChannelError}: `CHANNEL_ACCEPT_TIMEOUT` when nobody came in time.
 * @throws {ChannelError} `CHANNEL_NO_PORT` when every port of the range is in use, `CHANNEL_LISTEN` when the system does not let us listen
 */
export async function listenForServer(options: ActiveListenOptions): Promise<ActiveListener> {
  const { bindAddress, range, random = randomInt } = options
  const host = normaliseAddress(bindAddress)
  for (const port of range ? fromAnywhere(range, random) : [0]) {
    const server = await listen(host, port)
    if (server) return new Listener(server, options)
  }
  throw new ChannelError(
    'CHANNEL_NO_PORT',
    `every active port of ${range} on ${host} is in use: use a larger range or fewer connections at a time, or passive mode`,
  )
}

/** Every port of the range, from a random one on: an attacker cannot know the next (RFC 2577 section 8). */
function* fromAnywhere(range: PortRange, random: RandomBelow): Generator<number, void, undefined> {
  const start = random(range.count)
  for (let i = 0; i < range.count; i++) yield range.base + ((start + i) % range.count)
}

/** Somebody has the port, or the system keeps it for itself (Windows says EACCES then). */
const BUSY = new Set(['EADDRINUSE', 'EACCES'])

/** @returns undefined when the port is taken */
async function listen(host: string, port: number): Promise<Server | undefined> {
  const server = createServer({
    allowHalfOpen: true,
    pauseOnConnect: true,
    noDelay: true,
    keepAlive: true,
    keepAliveInitialDelay: KEEPALIVE_MS,
  })
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  server.once('error', reject).listen({ host, port, backlog: BACKLOG, exclusive: true }, resolve)
  try {
    await promise
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (port !== 0 && typeof code === 'string' && BUSY.has(code)) return undefined
    const text =
      code === 'EADDRNOTAVAIL'
        ? `${host} is not an address of this machine: listen on one that is, and announce the other`
        : `the system refuses to listen on ${host}: ${error instanceof Error ? error.message : String(error)}`
    throw new ChannelError('CHANNEL_LISTEN', text, { cause: error })
  }
  // EMFILE and its kin: this connection is lost, the listener stands.
  server.off('error', reject).on('error', ignore)
  return server
}

type State =
  | { readonly phase: 'waiting' }
  | { readonly phase: 'arrived'; readonly socket: Socket }
  | { readonly phase: 'over' }

class Listener implements ActiveListener {
  readonly mode = 'active'
  readonly endpoint: Decision<Endpoint>
  readonly port: number
  readonly #server: Server
  readonly #options: ActiveListenOptions
  readonly #end = new AbortController()
  readonly #arrival = new Deferred<void>()
  readonly #strangers = new Set<string>()
  #turnedAway = 0
  #state: State = { phase: 'waiting' }
  #opened = false

  constructor(server: Server, options: ActiveListenOptions) {
    this.#server = server
    this.#options = options
    this.port = portOf(server.address())
    const announced = { address: withoutZone(normaliseAddress(options.announceAddress)), port: this.port }
    const { code, text } = options.announceBecause ?? {
      code: 'active-listen',
      text: `the client listens at ${formatEndpoint(announced)}`,
    }
    this.endpoint = decide(announced, code, text)
    server.on('connection', socket => this.#onConnection(socket))
  }

  async open(signal: AbortSignal): Promise<DataConnection> {
    if (this.#opened) throw new Error('a data promise is opened once')
    this.#opened = true
    const late = new AbortController()
    const timer = setTimeout(() => late.abort(), this.#options.acceptMs)
    let failure: ChannelError | undefined
    const fail = (error: ChannelError) => {
      failure ??= error
      this.#arrival.reject(error)
      this.#close()
    }
    const offs = [
      onAbort(signal, () => fail(aborted(this.port, signal))),
      onAbort(this.#end.signal, () => fail(this.#replaced())),
      onAbort(late.signal, () => fail(this.#nobodyCame())),
    ]
    try {
      await this.#arrival.promise
    } finally {
      clearTimeout(timer)
      for (const off of offs) off()
    }
    // It may have come right behind the server, which is gone then.
    if (failure) throw failure
    return this.#handOver()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#end.abort()
    this.#close()
  }

  #onConnection(socket: Socket): void {
    socket.on('error', ignore)
    const remote = endpointOf(socket.remoteAddress, socket.remotePort)
    if (this.#state.phase !== 'waiting') {
      socket.resetAndDestroy()
    } else if (this.#isServer(remote.address)) {
      this.#state = { phase: 'arrived', socket }
      this.#server.close()
      this.#arrival.resolve()
    } else {
      socket.resetAndDestroy()
      this.#turnedAway++
      if (this.#strangers.size < MOST_NAMED) this.#strangers.add(remote.address)
      this.#options.onStranger?.(remote)
    }
  }

  #isServer(address: string): boolean {
    const { checkPeer = true, controlPeer } = this.#options
    return !checkPeer || withoutZone(address) === withoutZone(normaliseAddress(controlPeer))
  }

  #handOver(): DataConnection {
    if (this.#state.phase !== 'arrived') throw this.#replaced()
    const { socket } = this.#state
    this.#state = { phase: 'over' }
    const remote = endpointOf(socket.remoteAddress, socket.remotePort)
    const because = {
      code: 'active-arrival',
      text: `${formatEndpoint(remote)} came to port ${this.port}: ${this.endpoint.because.text}`,
    }
    const local = endpointOf(socket.localAddress, this.port)
    return adoptSocket(socket, { mode: 'active', peer: 'server', local, remote, because })
  }

  #close(): void {
    const state = this.#state
    if (state.phase === 'over') return
    this.#state = { phase: 'over' }
    this.#server.close()
    if (state.phase === 'arrived') state.socket.resetAndDestroy()
  }

  #nobodyCame(): ChannelError {
    const { controlPeer, acceptMs } = this.#options
    const announced = formatEndpoint(this.endpoint.value)
    const late = `the server did not connect to ${announced} within ${Math.round(acceptMs / 100) / 10} seconds`
    const text =
      this.#turnedAway > 0
        ? `${late}; ${this.#turnedAway} connections came from elsewhere than ${controlPeer} and were closed (${[...this.#strangers].join(', ')}): if one of these is the server’s, switch the check of its address off`
        : `${late}: let port ${this.port} through the firewalls and NAT on the way and announce the address that the server can reach, or use passive mode`
    return new ChannelError('CHANNEL_ACCEPT_TIMEOUT', text)
  }

  #replaced(): ChannelError {
    return new ChannelError(
      'CHANNEL_REPLACED',
      `port ${this.port} was given up before the server came, for a newer request or at the end of the session`,
    )
  }
}

function aborted(port: number, signal: AbortSignal): ChannelError {
  return new ChannelError('CHANNEL_ABORTED', `the wait for the server at port ${port} was ended`, {
    cause: signal.reason,
  })
}

function endpointOf(address = '0.0.0.0', port = 0): Endpoint {
  return { address: normaliseAddress(address), port }
}

function portOf(address: AddressInfo | string | null): number {
  if (typeof address !== 'object' || address === null) throw new Error('the listener does not listen')
  return address.port
}

/** A zone names one of our own interfaces: it says nothing to others. */
function withoutZone(address: string): string {
  return address.replace(/%.*$/, '')
}

function ignore(): void {}
