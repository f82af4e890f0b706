import type { Socket } from 'node:net'
import type { Bytes } from './socks5-wire.ts'

/** A client said too little, too late, or too much before it was answered. Its connection is closed. */
export class HeadError extends Error {
  override readonly name = 'HeadError'
}

/** The most that a client may send before it is answered, in bytes. */
const MAX_EARLY = 65_536

/**
 * Reads what a client says before bytes are joined. Every wait ends at the time that was set, and nothing is lost: what was read
 * beyond the head goes back to the socket.
 */
export class ClientHead implements Bytes {
  readonly #socket: Socket
  #held: Buffer = Buffer.alloc(0)
  #waiting: { readonly ready: () => boolean; readonly settle: () => void } | undefined
  #failure: HeadError | undefined
  readonly #timer: NodeJS.Timeout
  readonly #onData = (chunk: Buffer) => {
    this.#held = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk])
    if (this.#held.length > MAX_EARLY) this.#fail('The client sent more than it may before it was answered.')
    this.#settle()
  }
  readonly #onEnd = () => this.#fail('The client left before it had asked for anything.')

  /** @param ms - how long all of the head may take */
  constructor(socket: Socket, ms: number) {
    this.#socket = socket
    this.#timer = setTimeout(() => this.#fail('The client took too long to say what it wants.'), ms)
    socket.on('data', this.#onData).on('end', this.#onEnd).on('close', this.#onEnd)
  }

  /** @throws {HeadError} */
  async take(count: number): Promise<Buffer> {
    await this.#until(() => this.#held.length >= count)
    return this.#cut(count)
  }

  /**
   * Takes all up to the end of `delimiter`, at most `max` bytes.
   * @throws {HeadError}
   */
  async takeUntil(delimiter: string, max: number): Promise<Buffer> {
    await this.#until(() => this.#held.includes(delimiter) || this.#held.length > max)
    const end = this.#held.indexOf(delimiter) + delimiter.length
    if (end < delimiter.length || end > max) throw new HeadError('The client sent a head beyond all bounds.')
    return this.#cut(end)
  }

  /** Ends the reading; the socket is as if nobody had read beyond the head. */
  release(): void {
    clearTimeout(this.#timer)
    this.#socket.pause().off('data', this.#onData).off('end', this.#onEnd).off('close', this.#onEnd)
    if (this.#held.length > 0 && !this.#socket.destroyed) this.#socket.unshift(this.#held)
    this.#held = Buffer.alloc(0)
  }

  async #until(ready: () => boolean): Promise<void> {
    if (ready()) return
    if (this.#failure) throw this.#failure
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#waiting = { ready, settle: resolve }
    await promise
    if (!ready()) throw this.#failure ?? new HeadError('The client left.')
  }

  #settle(): void {
    const waiting = this.#waiting
    if (!waiting || !(this.#failure || waiting.ready())) return
    this.#waiting = undefined
    waiting.settle()
  }

  #fail(text: string): void {
    this.#failure ??= new HeadError(text)
    this.#settle()
  }

  #cut(count: number): Buffer {
    const bytes = this.#held.subarray(0, count)
    this.#held = this.#held.subarray(count)
    return bytes
  }
}
