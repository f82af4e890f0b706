import { createHash } from 'node:crypto'
import type { Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import type { ClientTls, TlsSessions } from './client-tls.ts'
import { within } from './within.ts'

/** Bound of every wait, in milliseconds, unless a test says otherwise. */
const LIMIT_MS = 10_000

/** How a connection ended: `end` is a FIN, under TLS with close_notify. */
export type LinkEnd = 'end' | 'reset'

/** The client's end of a data connection, with the power to misbehave. Nothing is read before a test reads it. */
export class DataLink implements AsyncDisposable {
  readonly raw: Socket
  #tls: ClientTls | undefined

  constructor(raw: Socket) {
    this.raw = raw
    raw.pause()
    raw.on('error', () => {})
  }

  /** Once {@link secure} has resolved. */
  get tls(): TLSSocket | undefined {
    return this.#tls?.stream
  }

  async secure(sessions: TlsSessions, options: { resume?: boolean } = {}): Promise<this> {
    this.#tls = await sessions.secure(this.raw, options)
    return this
  }

  /** Resolves when the bytes are with the kernel. */
  write(bytes: Buffer | string): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const stream = this.#tls?.stream ?? this.raw
    stream.write(bytes, error => (error ? reject(error) : resolve()))
    return within(promise, LIMIT_MS, 'writing to the data connection')
  }

  /** The end as it should be: close_notify under TLS, then FIN. */
  end(): void {
    const stream = this.#tls?.stream ?? this.raw
    stream.end()
    // Tickets and the server's own close_notify have to be read, or its close would become a reset.
    stream.resume()
  }

  /** From now on the end of TLS does not end TCP. */
  leaveTcpOpen(): void {
    if (this.#tls) this.#tls.pipe.endsTcp = false
  }

  /** FIN, and under TLS no close_notify: what a cut connection looks like. */
  endTcp(): void {
    this.raw.end()
  }

  /** RST. */
  reset(): void {
    this.raw.resetAndDestroy()
  }

  /** Everything up to the end. @throws {Error} when it is no clean end */
  async readAll(limitMs = LIMIT_MS): Promise<Buffer> {
    const chunks: Buffer[] = []
    await this.#consume(chunk => chunks.push(chunk), limitMs)
    return Buffer.concat(chunks)
  }

  /** The SHA-256 of everything up to the end, which is not kept. @throws {Error} when it is no clean end */
  async readHash(limitMs = LIMIT_MS): Promise<string> {
    const hash = createHash('sha256')
    await this.#consume(chunk => hash.update(chunk), limitMs)
    return hash.digest('hex')
  }

  /** How many bytes came up to the end. @throws {Error} when it is no clean end */
  async readCount(limitMs = LIMIT_MS): Promise<number> {
    let count = 0
    await this.#consume(chunk => {
      count += chunk.length
    }, limitMs)
    return count
  }

  /** Reads and drops what comes, and tells how it ended. */
  async drain(limitMs = LIMIT_MS): Promise<LinkEnd> {
    return this.#consume(() => {}, limitMs).then(
      () => 'end',
      () => 'reset',
    )
  }

  /** Resolves with the first bytes that come. */
  async readSome(limitMs = LIMIT_MS): Promise<Buffer> {
    const stream = this.#tls?.stream ?? this.raw
    const { promise, resolve, reject } = Promise.withResolvers<Buffer>()
    stream.once('data', (chunk: Buffer) => {
      stream.pause()
      resolve(chunk)
    })
    stream.resume()
    stream.once('end', () => reject(new Error('the data connection ended before a byte came')))
    stream.once('close', () => reject(new Error('the data connection broke before a byte came')))
    return within(promise, limitMs, 'the first bytes of the data connection')
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#tls?.stream.destroy()
    this.raw.destroy()
  }

  async #consume(take: (chunk: Buffer) => void, limitMs: number): Promise<void> {
    const stream = this.#tls?.stream ?? this.raw
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    if (stream.readableEnded) resolve()
    stream.on('data', take)
    stream.resume()
    stream.once('end', resolve)
    stream.once('close', () => reject(new Error('the data connection was reset')))
    try {
      await within(promise, limitMs, 'the end of the data connection')
    } finally {
      stream.off('data', take)
    }
    stream.end()
  }
}
