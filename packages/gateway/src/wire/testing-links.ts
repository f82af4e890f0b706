import { once } from 'node:events'
import { createServer, connect as dialTcp, type Server, type Socket } from 'node:net'
import { connect, createSecureContext, TLSSocket } from 'node:tls'
import type { Status } from '../codes.ts'
import { createAuthority } from '../pki/authority.ts'
import { newKeyAndCsr } from '../pki/key.ts'
import { encodeFrame, FrameDecoder } from './frames.ts'
import { createLink, type LinkOptions } from './link.ts'
import {
  FRAME,
  type FrameType,
  type IncomingStream,
  type Json,
  type Link,
  PEER_CODES,
  type StreamSink,
  type WireStream,
} from './types.ts'

/** Two ends of a TLS connection over loopback, for tests. */
interface TlsPair extends AsyncDisposable {
  readonly dialler: TLSSocket
  readonly acceptor: TLSSocket
  /** The TCP connections below them. */
  readonly below: { readonly dialler: Socket; readonly acceptor: Socket }
}

let identity: Promise<{ key: string; cert: string; ca: string }> | undefined

async function makeIdentity() {
  const now = Date.now()
  const authority = await createAuthority(now)
  const { key, csr } = await newKeyAndCsr()
  const issued = await authority.issue({
    csr,
    identity: { kind: 'edge', id: 'test' },
    lifetimeMs: 3_600_000,
    now,
  })
  return { key, cert: issued.certificate, ca: authority.certificate }
}

async function tlsPair(): Promise<TlsPair> {
  identity ??= makeIdentity()
  const { key, cert, ca } = await identity
  const [left, right] = await tcpPair()
  const acceptor = new TLSSocket(right, {
    isServer: true,
    secureContext: createSecureContext({ key, cert, minVersion: 'TLSv1.3' }),
  })
  const dialler = connect({ socket: left, ca, checkServerIdentity: () => undefined, minVersion: 'TLSv1.3' })
  const secured = once(acceptor, 'secure')
  await Promise.all([once(dialler, 'secureConnect'), secured])
  return {
    dialler,
    acceptor,
    below: { dialler: left, acceptor: right },
    async [Symbol.asyncDispose]() {
      for (const socket of [dialler, acceptor, left, right]) socket.destroy()
    },
  }
}

/** Two ends of a TCP connection over loopback: who dialled, and who accepted. */
export async function tcpPair(): Promise<[Socket, Socket]> {
  const server = await listening()
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('not listening')
  const accepted = once(server, 'connection')
  const left = dialTcp({ port: address.port, host: '127.0.0.1', allowHalfOpen: true })
  const [[right]] = await Promise.all([accepted, once(left, 'connect')])
  server.close()
  // Who wants to see an error listens, too.
  for (const socket of [left, right]) socket.on('error', () => {})
  return [left, right]
}

/** What comes until the end. Unlike Node's own it leaves the socket open. */
export async function readAll(socket: Socket): Promise<Buffer> {
  const pieces: Buffer[] = []
  socket.on('data', (piece: Buffer) => pieces.push(piece))
  socket.resume()
  await once(socket, 'end')
  return Buffer.concat(pieces)
}

/** How it ends for who is at the other side: `end`, or the code of the error. */
export async function outcome(socket: Socket): Promise<string> {
  socket.resume()
  return new Promise(resolve => {
    socket.once('end', () => resolve('end'))
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
    socket.once('close', () => resolve('closed'))
  })
}

async function listening(): Promise<Server> {
  const server = createServer({ allowHalfOpen: true, pauseOnConnect: true })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return server
}

type Half = Partial<LinkOptions>

/** Two links that talk to each other. The acceptor's streams wait in `asked` until a test takes them. */
export interface LinkPair extends AsyncDisposable {
  readonly agent: Link
  readonly edge: Link
  readonly asked: Inbox<IncomingStream>
  readonly messages: Inbox<Json>
  readonly tls: TlsPair
  /** Opens a stream: both of its ends. */
  stream(): Promise<{ agent: WireStream; edge: WireStream }>
}

export async function linkPair(options: { agent?: Half; edge?: Half } = {}): Promise<LinkPair> {
  const tls = await tlsPair()
  const asked = new Inbox<IncomingStream>()
  const messages = new Inbox<Json>()
  const edge = createLink(tls.acceptor, {
    side: 'acceptor',
    peer: PEER_CODES.agent,
    handlers: { onOpen: incoming => asked.put(incoming), onMessage: message => messages.put(message) },
    ...options.edge,
  })
  const agent = createLink(tls.dialler, {
    side: 'dialler',
    peer: PEER_CODES.edge,
    handlers: { onOpen() {}, onMessage() {} },
    ...options.agent,
  })
  return {
    agent,
    edge,
    asked,
    messages,
    tls,
    async stream() {
      const opening = agent.open({}, AbortSignal.timeout(10_000))
      const incoming = await asked.take()
      const accepted = incoming.accept({})
      return { agent: (await opening).stream, edge: accepted }
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([agent[Symbol.asyncDispose](), edge[Symbol.asyncDispose]()])
      await tls[Symbol.asyncDispose]()
    },
  }
}

/** What came, in its order. */
class Inbox<T> {
  readonly #items: T[] = []
  readonly #takers: ((item: T) => void)[] = []

  get size(): number {
    return this.#items.length
  }

  put(item: T): void {
    const taker = this.#takers.shift()
    if (taker) taker(item)
    else this.#items.push(item)
  }

  async take(): Promise<T> {
    const item = this.#items.shift()
    return item ?? new Promise(resolve => this.#takers.push(resolve))
  }
}

interface SeenFrame {
  readonly type: FrameType
  readonly stream: number
  readonly payload: Buffer
}

/** A link, and who speaks to it frame by frame, or not at all as it should. */
export interface RawPair extends AsyncDisposable {
  readonly link: Link
  readonly raw: TLSSocket
  readonly tls: TlsPair
  readonly asked: Inbox<IncomingStream>
  readonly messages: Inbox<Json>
  /** What the link sends, but PING. DATA comes in pieces. */
  readonly seen: Inbox<SeenFrame>
  send(type: FrameType, stream: number, payload: Uint8Array | object): void
}

/** @param side - whether the link is the one that dialled */
export async function rawPair(side: 'dialler' | 'acceptor', options: Half = {}): Promise<RawPair> {
  const tls = await tlsPair()
  const asked = new Inbox<IncomingStream>()
  const messages = new Inbox<Json>()
  const seen = new Inbox<SeenFrame>()
  const raw = side === 'dialler' ? tls.acceptor : tls.dialler
  raw.on('error', () => {})
  const decoder = new FrameDecoder({
    onData: (stream, piece) => seen.put({ type: FRAME.data, stream, payload: Buffer.from(piece) }),
    onFrame: (type, stream, payload) => {
      if (type !== FRAME.ping) seen.put({ type, stream, payload: Buffer.from(payload) })
    },
  })
  raw.on('data', (bytes: Buffer) => decoder.push(bytes))
  const link = createLink(side === 'dialler' ? tls.dialler : tls.acceptor, {
    side,
    peer: PEER_CODES.agent,
    handlers: { onOpen: incoming => asked.put(incoming), onMessage: message => messages.put(message) },
    ...options,
  })
  return {
    link,
    raw,
    tls,
    asked,
    messages,
    seen,
    send(type, stream, payload) {
      const bytes = payload instanceof Uint8Array ? payload : Buffer.from(JSON.stringify(payload))
      raw.write(encodeFrame(type, stream, bytes))
    },
    async [Symbol.asyncDispose]() {
      raw.destroy()
      await link[Symbol.asyncDispose]()
      await tls[Symbol.asyncDispose]()
    },
  }
}

/** A sink that writes down what happens, and takes bytes as long as it is not told otherwise. */
export class Notebook implements StreamSink {
  readonly happened = new Inbox<string>()
  readonly #stream: WireStream
  readonly #pieces: Buffer[] = []
  takes: boolean

  constructor(stream: WireStream, takes = true) {
    this.#stream = stream
    this.takes = takes
    stream.attach(this)
  }

  get bytes(): Buffer {
    return Buffer.concat(this.#pieces)
  }

  onData(bytes: Buffer): void {
    this.#pieces.push(Buffer.from(bytes))
    if (this.takes) this.#stream.consumed(bytes.length)
  }
  onEnd(): void {
    this.happened.put('end')
  }
  onReset(status: Status): void {
    this.happened.put(`reset ${status.code}`)
  }
  onNote(note: Json): void {
    this.happened.put(`note ${JSON.stringify(note)} after ${this.bytes.length}`)
  }
  onRoom(): void {}
  onDelivered(): void {
    this.happened.put('delivered')
  }
}
