import type { TLSSocket } from 'node:tls'
import type { Status } from '../codes.ts'
import type { Json, StreamSink, WireStream } from '../wire/types.ts'

/** How often it is looked whether a TLS that has nothing more to come has said that it ends, in milliseconds. */
const LOOK_MS = 1_000

/**
 * The stream below an inner TLS. An end counts when TLS itself has said it (close_notify, RFC 8446 section 6.1), which whoever is in
 * between cannot do; Node takes the end of what is below for the same, so that end is kept from it. When TLS is over in order, its socket
 * is closed and no reset comes of that: the stream is left to end by itself.
 */
export class InnerCarrier implements WireStream {
  readonly #stream: WireStream
  readonly #outcome = Promise.withResolvers<Status | undefined>()
  #socket: TLSSocket | undefined
  #broken: Status | undefined
  #held = 0
  #look: NodeJS.Timeout | undefined

  constructor(stream: WireStream) {
    this.#stream = stream
  }

  /** Why the stream was reset, if it was. */
  get broken(): Status | undefined {
    return this.#broken
  }

  /** Resolves when the stream is over: with the status of a reset, or undefined when both sides have taken everything. */
  get outcome(): Promise<Status | undefined> {
    return this.#outcome.promise
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

  carries(socket: TLSSocket): void {
    this.#socket = socket
  }

  attach(sink: StreamSink): void {
    this.#stream.attach({
      onData: bytes => {
        if (this.#isOver) return this.#stream.consumed(bytes.length)
        this.#held += bytes.length
        sink.onData(bytes)
      },
      onEnd: () => {
        this.#look = setInterval(() => this.#checkEnd(), LOOK_MS).unref()
      },
      onReset: status => {
        clearInterval(this.#look)
        this.#broken ??= status
        this.#outcome.resolve(status)
        sink.onReset(status)
      },
      onNote: note => sink.onNote?.(note),
      onRoom: () => sink.onRoom(),
      onSent: bytes => sink.onSent?.(bytes),
      onDelivered: () => {
        clearInterval(this.#look)
        this.#outcome.resolve(undefined)
        sink.onDelivered?.()
      },
    })
  }

  write(bytes: Uint8Array, owned?: boolean): boolean {
    return this.#stream.write(bytes, owned)
  }
  end(): void {
    this.#stream.end()
  }
  reset(status: Status): void {
    if (!this.#isOver) this.#stream.reset(status)
  }
  note(note: Json): void {
    this.#stream.note(note)
  }
  consumed(bytes: number): void {
    this.#held -= bytes
    this.#stream.consumed(bytes)
  }

  get #isOver(): boolean {
    return this.#socket?.readableEnded === true && this.#socket.writableFinished
  }

  #checkEnd(): void {
    const socket = this.#socket
    if (!socket || socket.readableEnded) return clearInterval(this.#look)
    // A client that is slow holds it up.
    if (this.#held > 0 || socket.readableLength > 0 || socket.isPaused()) return
    this.#stream.reset({ code: 'CON_INNER_TLS', text: 'The inner TLS was cut off before it said its end.' })
  }
}
