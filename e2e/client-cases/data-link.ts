import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import { portOf } from './ports.ts'
import type { CertificateName, DataAction } from './script.ts'
import { sessionContext, type TlsState } from './tls-state.ts'

/** What a data connection of the fake server needs to know of its command. */
export interface DataOrder {
  readonly content: Buffer | undefined
  /** The byte of REST. */
  readonly offset: number
  /** Takes what was received, from `offset` on. */
  store(bytes: Buffer): void
}

/** A port that is listened on. */
export interface DataOffer {
  readonly came: Promise<Socket>
}

/** The client cut the data connection, or never made it. */
export class DataBroke extends Error {}

/** The data connections of one control connection: a port that is listened on, and the socket that came or was dialled. */
export class DataLink {
  readonly #tls: TlsState
  readonly #sockets = new Set<Socket>()
  readonly #servers = new Set<Server>()
  /** The port of the last `listen`, until PORT or EPRT comes. */
  offer: DataOffer | undefined
  #raw: Socket | undefined
  #stream: Socket | undefined
  #target: { host: string; port: number } | undefined
  port = 0
  /** A data connection was under TLS without the session of the control connection. */
  fresh = false

  constructor(tls: TlsState) {
    this.#tls = tls
  }

  async listen(host: string): Promise<void> {
    const server = createServer({ allowHalfOpen: true, pauseOnConnect: true })
    const { promise, resolve } = Promise.withResolvers<Socket>()
    server.once('connection', socket => {
      this.#own(socket)
      resolve(socket)
      server.close()
    })
    server.listen({ host, port: 0, exclusive: true })
    await once(server, 'listening')
    this.#servers.add(server)
    this.port = portOf(server)
    this.offer = { came: promise }
  }

  /** Where PORT or EPRT said. */
  aim(host: string, port: number): void {
    this.#target = { host, port }
    this.offer = undefined
  }

  /** @param offer - the port that was open when the command came; undefined: dials */
  async accept(offer: DataOffer | undefined): Promise<void> {
    if (!offer) return this.dial(undefined)
    this.#use(await offer.came)
  }

  async dial(from: string | undefined): Promise<void> {
    if (!this.#target) throw new DataBroke('nobody said where to dial')
    const socket = connect({
      ...this.#target,
      allowHalfOpen: true,
      ...(from !== undefined && { localAddress: from }),
    })
    this.#own(socket)
    try {
      await once(socket, 'connect')
    } catch (error) {
      throw new DataBroke('the client does not listen', { cause: error })
    }
    this.#use(socket)
  }

  /** Dials as somebody else. */
  async strange(from: string): Promise<void> {
    if (!this.#target) throw new DataBroke('nobody said where to dial')
    const socket = connect({ ...this.#target, localAddress: from })
    this.#own(socket)
    socket.end('what the client must not take')
    await new Promise<void>(resolve => socket.once('close', () => resolve()))
  }

  unlisten(): void {
    for (const server of this.#servers) server.close()
    void this.offer?.came.then(socket => socket.resetAndDestroy())
  }

  async act(action: DataAction, order: DataOrder): Promise<void> {
    const stream = this.#stream
    const raw = this.#raw
    if (!stream || !raw) throw new DataBroke('there is no data connection')
    if ('secure' in action) return this.#secure(raw, action.secure)
    if ('under' in action) return this.#write(raw, Buffer.from(action.under, 'latin1'))
    if ('file' in action) {
      const content = order.content ?? Buffer.alloc(0)
      return this.#write(stream, content.subarray(action.from ?? order.offset, action.to ?? content.length))
    }
    if ('send' in action) return this.#write(stream, Buffer.from(action.send, 'latin1'))
    if ('endless' in action) return this.#pour(stream, Buffer.from(action.endless, 'latin1'))
    if ('receive' in action) return this.#receive(stream, action.receive, order)
    return this.#end(action.end)
  }

  destroy(): void {
    for (const server of this.#servers) server.close()
    for (const socket of this.#sockets) socket.destroy()
  }

  #own(socket: Socket): void {
    this.#sockets.add(socket)
    socket.setNoDelay(true)
    socket.on('error', () => {}).on('close', () => this.#sockets.delete(socket))
  }

  #use(socket: Socket): void {
    this.#raw = socket
    this.#stream = socket
  }

  async #secure(raw: Socket, how: CertificateName | 'fresh'): Promise<void> {
    if (!this.#tls.protected) return
    const context =
      how === 'fresh' || how !== this.#tls.certificate
        ? sessionContext(how === 'fresh' ? 'signed' : how)
        : this.#tls.context
    const tls = new TLSSocket(raw, { isServer: true, secureContext: context })
    tls.on('error', () => raw.destroy())
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    tls.once('secure', resolve)
    raw.once('close', () => reject(new DataBroke('the client did not finish the handshake')))
    await promise
    this.fresh ||= !tls.isSessionReused()
    this.#stream = tls
  }

  async #write(stream: Socket, bytes: Buffer): Promise<void> {
    if (bytes.length === 0) return
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const gone = () => reject(new DataBroke('the client cut the data connection'))
    stream.once('close', gone)
    stream.write(bytes, error => (error ? gone() : resolve()))
    await promise.finally(() => stream.off('close', gone))
  }

  async #pour(stream: Socket, bytes: Buffer): Promise<void> {
    for (;;) {
      await this.#write(stream, bytes)
      await new Promise(resolve => setImmediate(resolve))
    }
  }

  async #receive(stream: Socket, wanted: number | 'all', order: DataOrder): Promise<void> {
    const chunks: Buffer[] = []
    let size = 0
    const most = wanted === 'all' ? Number.POSITIVE_INFINITY : wanted
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const onData = (chunk: Buffer) => {
      chunks.push(chunk)
      size += chunk.length
      if (size >= most) resolve()
    }
    const onClose = () => reject(new DataBroke('the client cut the data connection'))
    stream.on('data', onData).once('end', resolve).once('close', onClose)
    stream.resume()
    try {
      await promise
    } finally {
      stream.off('data', onData).off('end', resolve).off('close', onClose).pause()
      order.store(Buffer.concat(chunks))
    }
  }

  async #end(how: 'clean' | 'no-notify' | 'reset'): Promise<void> {
    if (how === 'reset') {
      this.#raw?.resetAndDestroy()
      return
    }
    const stream = how === 'clean' ? this.#stream : this.#raw
    if (!stream || stream.writableEnded) return
    await new Promise<void>(resolve => stream.end(resolve).once('close', () => resolve()))
    // What the client still says is nothing to us, and its end closes the socket.
    stream.once('end', () => stream.destroy()).resume()
  }
}
