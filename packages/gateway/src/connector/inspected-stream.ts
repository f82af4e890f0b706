import type { Status } from '../codes.ts'
import type { ConnectorNote } from '../control/messages.ts'
import type { FtpInspector } from '../ftp/inspector.ts'
import type { Inspected } from '../ftp/outcome.ts'
import type { Json, StreamSink, WireStream } from '../wire/types.ts'

/** Milliseconds without a word of the server after which a 502 of ours waits no longer for the replies before it. */
const OVERDUE_MS = 10_000

export interface InspectedStreamOptions {
  readonly inspector: FtpInspector
  /** Where notes go: the stream of the link, also when there is an inner TLS between. */
  note(note: ConnectorNote): void
  readonly overdueMs?: number
}

/**
 * A control connection that is read: the stream as the server's socket sees it. Credit for the client's bytes is given when the server
 * has them, or nobody will; so what waits for a reply holds the client up, and no more than a window is kept.
 */
export class InspectedStream implements WireStream {
  readonly #stream: WireStream
  readonly #options: InspectedStreamOptions
  #sink: StreamSink | undefined
  /** Bytes that came, of those credit was given for, that the sink got, and that it is done with. */
  #came = 0
  #credited = 0
  #delivered = 0
  #taken = 0
  #overdue: NodeJS.Timeout | undefined

  constructor(stream: WireStream, options: InspectedStreamOptions) {
    this.#stream = stream
    this.#options = options
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
    const { inspector } = this.#options
    this.#sink = sink
    this.#stream.attach({
      onData: bytes => {
        this.#came += bytes.length
        this.#do(inspector.fromClient(bytes))
      },
      onEnd: () => this.#do(inspector.clientEnd()),
      onReset: status => {
        clearTimeout(this.#overdue)
        sink.onReset(status)
      },
      onNote: note => sink.onNote?.(note),
      onRoom: () => sink.onRoom(),
      onSent: bytes => sink.onSent?.(bytes),
      onDelivered: () => {
        clearTimeout(this.#overdue)
        sink.onDelivered?.()
      },
    })
  }

  write(bytes: Uint8Array): boolean {
    clearTimeout(this.#overdue)
    this.#overdue = undefined
    this.#do(this.#options.inspector.fromServer(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)))
    return this.#stream.room > 0
  }

  end(): void {
    this.#do(this.#options.inspector.serverEnd())
  }
  reset(status: Status): void {
    this.#stream.reset(status)
  }
  note(note: Json): void {
    this.#stream.note(note)
  }

  consumed(bytes: number): void {
    this.#taken += bytes
    this.#credit()
  }

  #do(steps: readonly Inspected[]): void {
    for (const step of steps) {
      switch (step.do) {
        case 'to-server':
          this.#delivered += step.bytes.length
          this.#sink?.onData(step.bytes)
          break
        case 'to-client':
          this.#stream.write(step.bytes)
          break
        case 'note':
          this.#options.note(step.note)
          break
        case 'end-server':
          this.#sink?.onEnd()
          break
        case 'end-client':
          this.#stream.end()
          break
        case 'fail':
          this.#stream.reset(step.status)
      }
    }
    this.#credit()
    this.#watch()
  }

  #credit(): void {
    const done = this.#came - this.#options.inspector.held - (this.#delivered - this.#taken)
    // Where bytes were added, they are done with later than they came.
    if (done <= this.#credited) return
    const bytes = Math.min(done, this.#came) - this.#credited
    this.#credited += bytes
    if (bytes > 0) this.#stream.consumed(bytes)
  }

  #watch(): void {
    if (!this.#options.inspector.blocked) {
      clearTimeout(this.#overdue)
      this.#overdue = undefined
    } else {
      this.#overdue ??= setTimeout(() => {
        this.#overdue = undefined
        this.#do(this.#options.inspector.overdue())
      }, this.#options.overdueMs ?? OVERDUE_MS)
    }
  }
}
