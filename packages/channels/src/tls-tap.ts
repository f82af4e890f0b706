import type { Socket } from 'node:net'
import { Duplex } from 'node:stream'
import { buffers } from './buffer-pool.ts'
import { readInto } from './read-into.ts'

/**
 * Bytes that are read at once. Twice as many are a few per cent faster, and hold the event loop for twice as long: Node
 * reads up to 32 times in a row from a socket that always has more.
 */
const TAP_BUFFER = 128 * 1024

/**
 * Stands between a socket and its TLSSocket and keeps the end of TCP to itself. Node tells a TLSSocket's reader the same
 * for close_notify and for a bare FIN; behind a tap the TLSSocket ends only by close_notify, which OpenSSL has
 * authenticated, because that is the only end it gets to see.
 *
 * Bytes are passed on as they are read, past the queues of Duplex: every piece is taken in at once by the TLSSocket, so
 * one buffer does for all of them.
 *
 * Events beside those of a Duplex: `fin`, TCP has ended and all that came was passed on.
 */
export class TlsTap extends Duplex {
  /** The socket to use from now on: the given one may have been moved to a faster one. */
  readonly socket: Socket
  #ended = false

  constructor(socket: Socket) {
    // The owner closes it: both ends of a data connection are handled one by one.
    super({ autoDestroy: false })
    const buffer = buffers.take(TAP_BUFFER)
    const heir = readInto(socket, {
      buffer: () => buffer,
      onBytes: count => this.#pass(buffer.subarray(0, count)),
    })
    if (!heir) socket.on('data', (piece: Buffer) => this.#pass(piece))
    this.socket = heir ?? socket
    this.socket
      .once('end', () => this.#fin())
      .on('error', error => this.destroy(error))
      .once('close', () => {
        buffers.give(buffer)
        this.destroy()
      })
    this.socket.pause()
  }

  /** TCP has ended. */
  get ended(): boolean {
    return this.#ended
  }

  override pause(): this {
    this.socket.pause()
    return this
  }

  override resume(): this {
    this.socket.resume()
    return this
  }

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.socket.write(chunk, done)
  }

  override _final(done: (error?: Error | null) => void): void {
    this.socket.end(() => done())
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.socket.destroy()
    done(error)
  }

  #pass(piece: Buffer): boolean {
    this.emit('data', piece)
    return !this.destroyed
  }

  #fin(): void {
    this.#ended = true
    this.emit('fin')
  }
}
