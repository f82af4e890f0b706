import type { Duplex } from 'node:stream'
import type { Status } from '../codes.ts'
import type { StreamSink, WireStream } from '../wire/types.ts'

/** Bytes that the sink may hold before no more is read. */
const WINDOW = 1_048_576

interface DuplexStreamOptions {
  /** Breaks the duplex off, so that its other side sees no clean end. */
  abort(status: Status): void
  /** Why it broke. `error` is undefined when it was closed before its end. */
  brokenBy(error: Error | undefined): Status
}

/**
 * A duplex of Node's as a stream of the wire, so that a connection without an edge is joined to the client's socket by the same
 * rules. The duplex has to be paused, with its end not reached.
 */
export function duplexStream(duplex: Duplex, options: DuplexStreamOptions): WireStream {
  return new DuplexStream(duplex, options)
}

class DuplexStream implements WireStream {
  readonly id = 0
  readonly #duplex: Duplex
  readonly #options: DuplexStreamOptions
  #sink: StreamSink | undefined
  #sent = 0
  #received = 0
  #held = 0
  #lastMovedAt = Date.now()
  #wantsRoom = true
  #state: 'open' | 'reset' | 'delivered' = 'open'

  constructor(duplex: Duplex, options: DuplexStreamOptions) {
    this.#duplex = duplex
    this.#options = options
  }

  get sent(): number {
    return this.#sent
  }
  get received(): number {
    return this.#received
  }
  get lastMovedAt(): number {
    return this.#lastMovedAt
  }
  get room(): number {
    if (this.#state !== 'open' || this.#duplex.writableEnded) return 0
    return Math.max(0, WINDOW - this.#duplex.writableLength)
  }

  attach(sink: StreamSink): void {
    this.#sink = sink
    const duplex = this.#duplex
    let error: Error | undefined
    duplex
      .on('data', (bytes: Buffer) => this.#take(bytes))
      .on('end', () => {
        if (this.#state === 'open') sink.onEnd()
      })
      .on('drain', () => this.#tellRoom())
      .on('error', (cause: Error) => {
        error ??= cause
      })
      .on('close', () => {
        if (duplex.readableEnded && duplex.writableFinished && !error) this.#deliver()
        else this.#break(this.#options.brokenBy(error))
      })
    // It may have ended or broken meanwhile.
    if (duplex.destroyed)
      queueMicrotask(() => this.#break(this.#options.brokenBy(duplex.errored ?? undefined)))
    else if (duplex.readableEnded) queueMicrotask(() => sink.onEnd())
    duplex.resume()
    queueMicrotask(() => this.#tellRoom())
  }

  write(bytes: Uint8Array, owned = false): boolean {
    if (this.#state !== 'open') return false
    const kept = owned ? bytes : Buffer.from(bytes)
    this.#duplex.write(kept, error => {
      if (error || this.#state === 'reset') return
      this.#sent += kept.length
      this.#lastMovedAt = Date.now()
      this.#sink?.onSent?.(kept.length)
    })
    if (this.room > 0 && !this.#duplex.writableNeedDrain) return true
    this.#wantsRoom = true
    return false
  }

  end(): void {
    if (this.#state === 'open') this.#duplex.end()
  }

  reset(status: Status): void {
    this.#break(status)
  }

  /** Nobody is at the other end who could read it. */
  note(): void {}

  consumed(bytes: number): void {
    this.#held -= bytes
    if (this.#held < WINDOW / 2 && this.#state === 'open') this.#duplex.resume()
  }

  #take(bytes: Buffer): void {
    if (this.#state !== 'open') return
    this.#received += bytes.length
    this.#held += bytes.length
    this.#lastMovedAt = Date.now()
    if (this.#held >= WINDOW) this.#duplex.pause()
    this.#sink?.onData(bytes)
  }

  #tellRoom(): void {
    if (!this.#wantsRoom || this.#state !== 'open' || this.#duplex.writableEnded) return
    this.#wantsRoom = false
    this.#sink?.onRoom()
  }

  #deliver(): void {
    if (this.#state !== 'open') return
    this.#state = 'delivered'
    this.#sink?.onDelivered?.()
  }

  #break(status: Status): void {
    if (this.#state !== 'open') return
    this.#state = 'reset'
    this.#options.abort(status)
    this.#sink?.onReset(status)
  }
}
