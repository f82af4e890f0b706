import { Duplex } from 'node:stream'
import type { Status } from '../codes.ts'
import { statusOf } from './status.ts'
import type { Json, StreamSink, WireStream } from './types.ts'

/** The error of a Duplex whose stream was broken. */
export class StreamBroken extends Error {
  override readonly name = 'StreamBroken'
  readonly status: Status
  constructor(status: Status) {
    super(status.text)
    this.status = status
  }
}

export interface DuplexOptions {
  /** With what the stream is reset when the Duplex is destroyed before both its ends. Default `CON_INNER_TLS`. */
  readonly destroyed?: Status
  onNote?(note: Json): void
}

/**
 * A stream as Node's own: END is its end, `end()` sends END, a reset destroys it with {@link StreamBroken}. Credit is given for what
 * was read, so a reader that stops holds the other side up.
 */
export function duplexOf(stream: WireStream, options: DuplexOptions = {}): Duplex {
  return new StreamDuplex(stream, options)
}

class StreamDuplex extends Duplex implements StreamSink {
  readonly #stream: WireStream
  readonly #status: Status
  readonly #noted: ((note: Json) => void) | undefined
  readonly #pieces: Buffer[] = []
  #wanted = false
  #ended = false
  #written: ((error?: Error | null) => void) | undefined

  constructor(stream: WireStream, options: DuplexOptions) {
    super({ allowHalfOpen: true })
    this.#stream = stream
    this.#status = options.destroyed ?? statusOf('CON_INNER_TLS')
    this.#noted = options.onNote
    stream.attach(this)
  }

  onData(bytes: Buffer): void {
    this.#pieces.push(Buffer.from(bytes))
    if (this.#wanted) this.#give()
  }

  onEnd(): void {
    this.#ended = true
    if (this.#wanted) this.#give()
  }

  onReset(status: Status): void {
    this.destroy(new StreamBroken(status))
  }

  onNote(note: Json): void {
    this.#noted?.(note)
  }

  onRoom(): void {
    const written = this.#written
    this.#written = undefined
    written?.()
  }

  override _read(): void {
    this.#wanted = true
    this.#give()
  }

  override _write(bytes: Buffer, _encoding: BufferEncoding, written: (error?: Error | null) => void): void {
    if (this.#stream.write(bytes)) written()
    else this.#written = written
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#stream.end()
    done()
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    const wasWhole = this.readableEnded && this.writableFinished
    this.#pieces.length = 0
    if (!wasWhole) this.#stream.reset(error instanceof StreamBroken ? error.status : this.#status)
    done(error)
  }

  #give(): void {
    while (this.#wanted) {
      const piece = this.#pieces.shift()
      if (!piece) break
      this.#wanted = this.push(piece)
      this.#stream.consumed(piece.length)
    }
    if (this.#wanted && this.#ended && this.#pieces.length === 0) {
      this.#wanted = false
      this.push(null)
    }
  }
}
