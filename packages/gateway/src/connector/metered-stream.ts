import type { Throttle } from '@portolan/channels'
import type { Status } from '../codes.ts'
import type { Json, StreamSink, WireStream } from '../wire/types.ts'

/** What all streams of a connector have in common: who counts their bytes, and how fast they may be. */
export interface Meter {
  /** Bytes moved, in either direction. */
  count(bytes: number): void
  /** From the client to the server, and back. Undefined: no bound. Asked anew for each piece, so that a new bound counts at once. */
  throttle(direction: 'up' | 'down'): Throttle | undefined
}

/**
 * A stream whose bytes are counted and held to a rate. Towards the server the rate is kept by giving credit late: what may come without
 * it is the window. Towards the client the server's socket is not read meanwhile.
 */
export class MeteredStream implements WireStream {
  readonly #stream: WireStream
  readonly #meter: Meter
  #sink: StreamSink | undefined
  /** Consumed, and not given as credit. */
  #owed = 0
  #owing = false
  /** Waits of the bytes that were written. */
  #waits = 0

  constructor(stream: WireStream, meter: Meter) {
    this.#stream = stream
    this.#meter = meter
  }

  get id(): number {
    return this.#stream.id
  }
  get sent(): number {
    return this.#stream.sent
  }
  get received(): number {
    return this.#stream.received
  }
  get lastMovedAt(): number {
    return this.#stream.lastMovedAt
  }
  get room(): number {
    return this.#waits > 0 ? 0 : this.#stream.room
  }

  attach(sink: StreamSink): void {
    this.#sink = sink
    this.#stream.attach({
      onData: bytes => {
        this.#meter.count(bytes.length)
        sink.onData(bytes)
      },
      onEnd: () => sink.onEnd(),
      onReset: status => sink.onReset(status),
      onNote: note => sink.onNote?.(note),
      onRoom: () => {
        if (this.#waits === 0) sink.onRoom()
      },
      onSent: bytes => sink.onSent?.(bytes),
      onDelivered: () => sink.onDelivered?.(),
    })
  }

  write(bytes: Uint8Array, owned?: boolean): boolean {
    const hasRoom = this.#stream.write(bytes, owned)
    this.#meter.count(bytes.length)
    const wait = this.#meter.throttle('down')?.(bytes.length)
    if (wait) {
      this.#waits++
      void wait.then(() => this.#waited())
    }
    return hasRoom && this.#waits === 0
  }

  end(): void {
    this.#stream.end()
  }
  reset(status: Status): void {
    this.#stream.reset(status)
  }
  note(note: Json): void {
    this.#stream.note(note)
  }

  consumed(bytes: number): void {
    this.#owed += bytes
    this.#give()
  }

  #waited(): void {
    this.#waits--
    if (this.#waits === 0 && this.#stream.room > 0) this.#sink?.onRoom()
  }

  #give(): void {
    while (this.#owed > 0 && !this.#owing) {
      const bytes = this.#owed
      this.#owed = 0
      const wait = this.#meter.throttle('up')?.(bytes)
      if (!wait) this.#stream.consumed(bytes)
      else {
        this.#owing = true
        void wait.then(() => {
          this.#owing = false
          this.#stream.consumed(bytes)
          this.#give()
        })
      }
    }
  }
}
