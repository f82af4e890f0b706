import type { Socket } from 'node:net'
import { Duplex } from 'node:stream'

/**
 * Stands between TLS and its socket, so that a test can do what TLS libraries do not let it: end TCP without
 * close_notify, end TLS without TCP (CCC), or cut a record in two.
 */
export class RawPipe extends Duplex {
  readonly #raw: Socket
  /** Whether the end of TLS ends TCP too. */
  endsTcp = true
  readonly #onData = (chunk: Buffer): void => {
    if (!this.push(chunk)) this.#raw.pause()
  }
  readonly #onEnd = (): void => void this.push(null)

  constructor(raw: Socket) {
    super({ allowHalfOpen: true })
    this.#raw = raw
    raw.on('data', this.#onData).on('end', this.#onEnd)
    raw.on('error', error => this.destroy(error))
    raw.on('close', () => this.destroy())
    // What TLS has to say of the end of its socket is said by the socket itself.
    this.on('error', () => {})
  }

  /** Leaves the socket to somebody else, paused. */
  release(): void {
    this.#raw.pause()
    this.#raw.off('data', this.#onData).off('end', this.#onEnd)
  }

  override _read(): void {
    this.#raw.resume()
  }

  override _write(chunk: Buffer, _encoding: string, done: (error?: Error | null) => void): void {
    this.#raw.write(chunk, done)
  }

  override _final(done: (error?: Error | null) => void): void {
    if (!this.endsTcp || this.#raw.destroyed) return done()
    this.#raw.end(() => done())
  }
}
