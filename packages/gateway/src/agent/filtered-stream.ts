import type { Status } from '../codes.ts'
import type { Json, StreamSink, WireStream } from '../wire/types.ts'

/** A piece of what came, on its way to the sink: `worth` bytes of the stream are done with once it is taken. */
interface Piece {
  readonly bytes: Uint8Array
  readonly worth: number
}

/** What is done with what comes, in its order. While a promise is open, what follows waits; it is bounded by the stream's window. */
export interface StreamFilter {
  /**
   * Cuts what came into steps. Absent: all passes as it is.
   * @param bytes - may be kept
   */
  cut?(bytes: Buffer): readonly FilterStep[]
  /** What the cutting still holds at the end. */
  flush?(): readonly FilterStep[]
  onNote?(note: Json): Promise<void> | undefined
}

/** A piece that is known, or one that takes time to make. A promise that fails breaks the stream off. */
export type FilterStep = Piece | (() => Promise<Piece>)

/**
 * A stream whose bytes towards the sink are looked at, changed or held up. The other direction is the stream's own. Credit is given for
 * the bytes that came, not for those that became of them.
 */
export function filterStream(stream: WireStream, filter: StreamFilter, broken: Status): WireStream {
  return new FilteredStream(stream, filter, broken)
}

type Waiting = FilterStep | { readonly note: Json } | 'end'

class FilteredStream implements WireStream {
  readonly #stream: WireStream
  readonly #filter: StreamFilter
  readonly #broken: Status
  #sink: StreamSink | undefined
  readonly #queue: Waiting[] = []
  #busy = false
  #dead = false
  /** Bytes that the sink was given beyond those that they stand for: no credit is due for them. */
  #extra = 0

  constructor(stream: WireStream, filter: StreamFilter, broken: Status) {
    this.#stream = stream
    this.#filter = filter
    this.#broken = broken
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
    this.#sink = sink
    this.#stream.attach({
      onData: bytes => this.#take(bytes),
      onEnd: () => {
        this.#queue.push(...(this.#filter.flush?.() ?? []), 'end')
        this.#run()
      },
      onReset: status => {
        this.#dead = true
        this.#queue.length = 0
        sink.onReset(status)
      },
      onNote: note => {
        this.#queue.push({ note })
        this.#run()
      },
      onRoom: () => sink.onRoom(),
      onSent: bytes => sink.onSent?.(bytes),
      onDelivered: () => sink.onDelivered?.(),
    })
  }

  write(bytes: Uint8Array, owned?: boolean): boolean {
    return this.#stream.write(bytes, owned)
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
    const extra = Math.min(this.#extra, bytes)
    this.#extra -= extra
    if (bytes > extra) this.#stream.consumed(bytes - extra)
  }

  #take(bytes: Buffer): void {
    const { cut } = this.#filter
    if (!cut && this.#queue.length === 0 && !this.#busy) return this.#sink?.onData(bytes)
    // What came is valid during this call only.
    const kept = Buffer.from(bytes)
    this.#queue.push(...(cut ? cut.call(this.#filter, kept) : [{ bytes: kept, worth: kept.length }]))
    this.#run()
  }

  #run(): void {
    while (!this.#busy && !this.#dead) {
      const next = this.#queue.shift()
      if (next === undefined) return
      if (next === 'end') this.#sink?.onEnd()
      else if (typeof next === 'function') this.#wait(next().then(piece => this.#deliver(piece)))
      else if ('note' in next) this.#wait(this.#filter.onNote?.(next.note))
      else this.#deliver(next)
    }
  }

  #wait(work: Promise<void> | undefined): void {
    if (!work) return
    this.#busy = true
    work.then(
      () => {
        this.#busy = false
        this.#run()
      },
      () => {
        if (!this.#dead) this.#stream.reset(this.#broken)
      },
    )
  }

  #deliver({ bytes, worth }: Piece): void {
    if (this.#dead) return
    this.#extra += bytes.length - worth
    if (this.#extra < 0) {
      this.#stream.consumed(-this.#extra)
      this.#extra = 0
    }
    if (bytes.length > 0) this.#sink?.onData(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length))
  }
}
