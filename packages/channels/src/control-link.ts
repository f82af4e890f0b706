import type { Socket } from 'node:net'
import { Duplex } from 'node:stream'
import { TlsRecords } from './tls-records.ts'

/** When a control connection goes on in the clear: at the peer's first bytes in the clear, or already at its close_notify. */
export type PartAt = { readonly kind: 'clear' } | { readonly kind: 'close-notify'; readonly waitMs: number }

/**
 * Stands between the socket and the TLSSocket of a control connection, so that TLS can end and the connection go on in
 * the clear (CCC, RFC 4217 section 12.3). A TLSSocket that sits on the socket itself never lets go of it. Costs 5 KB for
 * each session.
 */
export class ControlLink extends Duplex {
  readonly #socket: Socket
  readonly #records = new TlsRecords()
  #state: 'linked' | 'parting' | 'parted' = 'linked'

  constructor(socket: Socket) {
    super({ allowHalfOpen: true, autoDestroy: false })
    this.#socket = socket
    socket
      .on('data', this.#onData)
      .on('end', this.#onEnd)
      .on('error', this.#onError)
      .on('close', this.#onClose)
    socket.pause()
  }

  override pause(): this {
    if (this.#state === 'linked') this.#socket.pause()
    return this
  }

  override resume(): this {
    if (this.#state === 'linked') this.#socket.resume()
    return this
  }

  /**
   * Ends TLS and keeps the socket; nothing the peer still sends under TLS is read. A server waits for the client's first
   * bytes in the clear. A client speaks first, so it waits for the server's close_notify, which may have come already,
   * and no longer than `waitMs` for a server that sends none. Bytes in the clear wait in the socket, which is paused.
   */
  part(at: PartAt): Promise<Socket> {
    const socket = this.#socket
    const records = this.#records
    this.#state = 'parting'
    socket.off('data', this.#onData).off('end', this.#onEnd)
    return new Promise(resolve => {
      let timer: NodeJS.Timeout | undefined
      const done = () => {
        clearTimeout(timer)
        socket.off('data', onData).off('end', done).off('close', done)
        socket.pause()
        this.#state = 'parted'
        socket.off('error', this.#onError).off('close', this.#onClose)
        resolve(socket)
      }
      const onData = (piece: Buffer) => {
        const count = records.pass(piece)
        if (count < piece.length) {
          done()
          socket.unshift(piece.subarray(count))
        } else if (at.kind === 'close-notify' && records.closed) {
          done()
        }
      }
      if (socket.destroyed || (at.kind === 'close-notify' && records.closed)) return done()
      if (at.kind === 'close-notify') timer = setTimeout(done, at.waitMs)
      socket.on('data', onData).on('end', done).on('close', done)
      socket.resume()
    })
  }

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#socket.write(chunk, done)
  }

  override _final(done: (error?: Error | null) => void): void {
    if (this.#state === 'linked') this.#socket.end(() => done())
    else done()
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    if (this.#state !== 'parted') this.#socket.destroy()
    done(error)
  }

  readonly #onData = (piece: Buffer): void => {
    this.#records.pass(piece)
    this.emit('data', piece)
  }

  readonly #onEnd = (): void => {
    this.emit('end')
  }

  readonly #onError = (error: Error): void => {
    this.destroy(error)
  }

  readonly #onClose = (): void => {
    this.destroy()
  }
}
