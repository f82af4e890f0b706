import type { Status } from '../codes.ts'
import type { Json, StreamSink, WireStream } from '../wire/types.ts'

/** What {@link OuterStream} tells beside its sink. */
export interface OuterEvents {
  /** END came: the other side sends no more. */
  onEnd(): void
  onReset(status: Status): void
  onDelivered(): void
  onNote(note: Json): void
}

/**
 * The stream below an inner TLS. It keeps END to itself: Node tells a TLSSocket's reader the same for close_notify and for an end below
 * it, and an edge in between could end a stream with a fitting count in the middle of a file. So TLS ends by close_notify alone, which
 * is authenticated, and who joins the two wants both.
 */
export class OuterStream implements WireStream {
  readonly #stream: WireStream
  #events: OuterEvents | undefined
  #ended = false
  #delivered = false
  #held = 0
  /** Whether the other side may know that the last byte was taken. */
  #released = false
  #owed = 0
  #broken: Status | undefined

  constructor(stream: WireStream) {
    this.#stream = stream
  }

  /** END came. */
  get ended(): boolean {
    return this.#ended
  }
  /** Bytes that TLS has not read yet. */
  get held(): number {
    return this.#held
  }
  /** Both sides are complete, and both have taken everything. */
  get delivered(): boolean {
    return this.#delivered
  }
  /** Why it broke. */
  get broken(): Status | undefined {
    return this.#broken
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
    return this.#stream.room
  }

  attach(sink: StreamSink): void {
    this.#stream.attach({
      onData: bytes => {
        this.#held += bytes.length
        sink.onData(bytes)
      },
      onEnd: () => {
        this.#ended = true
        this.#events?.onEnd()
      },
      onReset: status => {
        this.#broken = status
        sink.onReset(status)
        this.#events?.onReset(status)
      },
      onNote: note => this.#events?.onNote(note),
      onRoom: () => sink.onRoom(),
      onDelivered: () => {
        this.#delivered = true
        this.#events?.onDelivered()
      },
    })
  }

  /** What follows is told there; what has happened is told at once. */
  tell(events: OuterEvents): void {
    this.#events = events
    if (this.#broken) events.onReset(this.#broken)
    else if (this.#ended) events.onEnd()
    if (this.#delivered) events.onDelivered()
  }

  write(bytes: Uint8Array, owned?: boolean): boolean {
    return this.#stream.write(bytes, owned)
  }
  end(): void {
    this.#stream.end()
  }
  /** TLS lets go of what is below it, in order or not: the end of the stream is not TLS's to say. See {@link breakOff}. */
  reset(): void {}
  breakOff(status: Status): void {
    this.#stream.reset(status)
  }
  note(note: Json): void {
    this.#stream.note(note)
  }
  /** One byte is owed until {@link release}: what TLS has read is not yet where it goes. */
  consumed(bytes: number): void {
    this.#held -= bytes
    this.#owed += bytes
    const given = this.#released ? this.#owed : this.#owed - 1
    if (given <= 0) return
    this.#owed -= given
    this.#stream.consumed(given)
  }

  /** All that came through TLS was taken, and nothing follows. */
  release(): void {
    this.#released = true
    this.consumed(0)
  }
}
