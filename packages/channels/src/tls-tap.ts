import type { Socket } from 'node:net'
import { Duplex } from 'node:stream'

/**
 * Stands between a socket and its TLSSocket and keeps the end of TCP to itself. Node tells a TLSSocket's reader the same
 * for close_notify and for a bare FIN; behind a tap the TLSSocket ends only when close_notify came, because that is the
 * only end it gets to see.
 */
export class TlsTap extends Duplex {
  readonly #socket: Socket
  #ended = false

  constructor(socket: Socket) {
    super({ allowHalfOpen: true })
    this.#socket = socket
    socket.on('data', chunk => {
      if (!this.push(chunk)) socket.pause()
    })
    socket.once('end', () => {
      this.#ended = true
      this.emit('fin')
    })
    socket.on('error', error => this.destroy(error))
    socket.once('close', () => this.destroy())
  }

  /** TCP has ended: whoever reads behind the tap gets what is there, and then nothing more. */
  get ended(): boolean {
    return this.#ended
  }

  override _read(): void {
    this.#socket.resume()
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#socket.write(chunk, done)
  }

  override _final(done: () => void): void {
    this.#socket.end(done)
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#socket.destroy()
    done(error)
  }
}
