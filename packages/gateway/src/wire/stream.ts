import type { Status } from '../codes.ts'
import type { ReceiveWindow } from './flow.ts'
import { encodeCredit, encodeEnd, encodeJson } from './frames.ts'
import type { Creditor, Source } from './outbox.ts'
import { type Outgoing, SendQueue } from './send-queue.ts'
import { mayReceive, mayReset, maySend, next, type StreamEvent, type StreamState } from './stream-state.ts'
import { FRAME, type Json, type PeerCodes, type StreamSink, type WireStream } from './types.ts'

/** Bytes that one stream may have waiting here while the link is busy. */
const MAX_QUEUED = 262_144
/** Credit beyond this is nobody's window. */
const MAX_CREDIT = 1_073_741_824
/** Notes that may wait for credit, and that may come before the sink is there. */
const MAX_NOTES = 256

/** What a stream needs of its link. */
export interface StreamHost {
  readonly peer: PeerCodes
  /** Ends the link: the other side broke its protocol. Throws. */
  violated(what: string): never
  wake(stream: Source): void
  owe(stream: Creditor): void
  /** It has ended, or was broken; `reset` is to be told to the other side. */
  gone(stream: LinkStream, reset?: Status): void
}

/** A stream of a link, see {@link WireStream}. What comes for it, the link says by the `take` methods. */
export class LinkStream implements WireStream, Source, Creditor {
  readonly id: number
  readonly window: ReceiveWindow
  queued = false
  readonly #host: StreamHost
  readonly #queue = new SendQueue()
  #state: StreamState
  #sink: StreamSink | undefined
  /** What came before the sink. */
  #early: ((sink: StreamSink) => void)[] | undefined
  #earlyNotes = 0
  #credit = 0
  #written = 0
  #sent = 0
  #received = 0
  #lastMovedAt = Date.now()
  /** A stream begins without credit. */
  #wantsRoom = true
  /** Whether the other side was told that all it sent is taken. */
  #settledHere: 'no' | 'due' | 'told' = 'no'
  #settledThere = false

  constructor(id: number, state: StreamState, window: ReceiveWindow, host: StreamHost) {
    this.id = id
    this.window = window
    this.#state = state
    this.#host = host
  }

  get state(): StreamState {
    return this.#state
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
    if (!maySend(this.#state)) return 0
    return Math.max(0, Math.min(this.#credit, MAX_QUEUED) - this.#queue.bytes)
  }

  get ready(): boolean {
    return this.#queue.canTake(this.#credit)
  }

  attach(sink: StreamSink): void {
    if (this.#sink) throw new TypeError('the stream has a sink')
    this.#sink = sink
    const early = this.#early ?? []
    this.#early = undefined
    for (const tell of early) tell(sink)
    if (this.room > 0 && this.#wantsRoom) this.#tellRoom()
  }

  write(bytes: Uint8Array, owned = false): boolean {
    if (!maySend(this.#state) || bytes.length === 0) return this.room > 0
    this.#written += bytes.length
    if (owned) this.#queue.keep(bytes)
    else this.#queue.append(bytes)
    if (this.ready) this.#host.wake(this)
    const hasRoom = this.room > 0
    if (!hasRoom) this.#wantsRoom = true
    return hasRoom
  }

  end(): void {
    if (!maySend(this.#state)) return
    this.#queue.appendFrame(encodeEnd(this.id, this.#written))
    this.#step('end-sent')
    if (this.ready) this.#host.wake(this)
  }

  note(note: Json): void {
    if (!maySend(this.#state)) return
    if (this.#queue.frames >= MAX_NOTES) {
      this.reset({ code: this.#host.peer.lost, text: 'Nothing was taken of what had to be said.' })
      return
    }
    this.#queue.appendFrame(encodeJson(FRAME.note, this.id, note))
    if (this.ready) this.#host.wake(this)
  }

  reset(status: Status): void {
    if (mayReset(this.#state)) this.#break(status, true)
  }

  consumed(bytes: number): void {
    const worth = this.window.consumed(bytes)
    if (mayReceive(this.#state)) {
      if (worth) this.#host.owe(this)
    } else this.#settle()
  }

  /** OPENED goes out, or came. */
  open(): void {
    this.#step('opened')
  }

  creditFrame(): Buffer | undefined {
    if (this.#state.at === 'reset') return undefined
    if (this.#settledHere === 'due') {
      this.#settledHere = 'told'
      this.#checkOver()
      return encodeCredit(this.id, 0)
    }
    if (!mayReceive(this.#state) && this.#state.at !== 'asking') return undefined
    const bytes = this.window.grant()
    return bytes > 0 ? encodeCredit(this.id, bytes) : undefined
  }

  next(): Outgoing | undefined {
    const outgoing = this.#queue.take(this.id, this.#credit)
    if (!outgoing) return undefined
    const { data } = outgoing
    if (data > 0) {
      this.#credit -= data
      this.#sent += data
      this.#lastMovedAt = Date.now()
      this.#sink?.onSent?.(data)
      if (this.#wantsRoom && this.#queue.bytes < MAX_QUEUED / 2 && this.room > 0) this.#tellRoom()
    }
    if (this.#queue.isEmpty) this.#checkOver()
    return outgoing
  }

  takeData(piece: Buffer): void {
    if (!mayReceive(this.#state)) this.#host.violated('DATA came outside of a direction that is open')
    if (!this.window.received(piece.length)) this.#host.violated('DATA came without credit')
    this.#received += piece.length
    this.#lastMovedAt = Date.now()
    if (this.#sink) this.#sink.onData(piece)
    else {
      const kept = Buffer.from(piece)
      this.#tell(sink => sink.onData(kept))
    }
  }

  takeCredit(bytes: number): void {
    const { at } = this.#state
    if (at === 'asking') this.#host.violated('CREDIT came before OPENED')
    if (bytes === 0) {
      if (this.#settledThere || (at !== 'sent-end' && at !== 'ended') || !this.#queue.isEmpty)
        this.#host.violated('CREDIT says that all was taken before there was an end')
      this.#settledThere = true
      this.#checkOver()
      return
    }
    if (this.#settledThere) this.#host.violated('CREDIT came after the end was taken')
    this.#credit += bytes
    if (this.#credit > MAX_CREDIT) this.#host.violated('more CREDIT came than any window has')
    if (this.#wantsRoom && this.room > 0) this.#tellRoom()
    if (this.ready) this.#host.wake(this)
  }

  takeEnd(count: number | undefined): void {
    if (!mayReceive(this.#state)) this.#host.violated('END came outside of a direction that is open')
    if (count !== this.#received) {
      const text = `END says ${count ?? 'too many'} bytes, ${this.#received} came; the stream was broken off.`
      this.#break({ code: this.#host.peer.countMismatch, text }, true)
      return
    }
    this.#step('end-got')
    this.#tell(sink => sink.onEnd())
    this.#settle()
  }

  takeNote(note: Json): void {
    if (!mayReceive(this.#state)) this.#host.violated('NOTE came outside of a direction that is open')
    if (!this.#sink && ++this.#earlyNotes > MAX_NOTES) this.#host.violated('too many NOTEs came')
    this.#tell(sink => sink.onNote?.(note))
  }

  /** The other side, or the link, broke it. */
  breakOff(status: Status): void {
    if (mayReset(this.#state)) this.#break(status, false)
  }

  #break(status: Status, tell: boolean): void {
    this.#state = { at: 'reset', status }
    this.#queue.clear()
    this.window.release()
    this.#host.gone(this, tell ? status : undefined)
    this.#tell(sink => sink.onReset(status))
  }

  #tell(word: (sink: StreamSink) => void): void {
    if (this.#sink) word(this.#sink)
    else {
      this.#early ??= []
      this.#early.push(word)
    }
  }

  #tellRoom(): void {
    if (!this.#sink) return
    this.#wantsRoom = false
    this.#sink.onRoom()
  }

  /** Everything that came is taken, and nothing will follow: says so, once. */
  #settle(): void {
    const { at } = this.#state
    if (this.#settledHere !== 'no' || this.window.held > 0 || (at !== 'got-end' && at !== 'ended')) return
    this.#settledHere = 'due'
    this.#host.owe(this)
  }

  #checkOver(): void {
    if (this.#state.at !== 'ended' || !this.#queue.isEmpty) return
    if (this.#settledHere !== 'told' || !this.#settledThere) return
    this.#step('settled')
    this.window.release()
    this.#host.gone(this)
    this.#tell(sink => sink.onDelivered?.())
  }

  #step(event: StreamEvent): void {
    const state = next(this.#state, event)
    if (!state) throw new TypeError(`a stream that is ${this.#state.at} cannot be ${event}`)
    this.#state = state
  }
}
