import type { TLSSocket } from 'node:tls'
import type { Status } from '../codes.ts'
import type { Json, StreamSink, WireStream } from '../wire/types.ts'
import { innerTlsStatus } from './inner-tls-status.ts'
import type { OuterStream } from './outer-stream.ts'

/** Bytes in the clear that the sink may hold before no more is read. */
const WINDOW = 262_144
/** Milliseconds for close_notify when END came without it: TLS reads what came before with a little delay. */
const NOTIFY_MS = 2_000

/** What an inner TLS carries, as a stream. It is complete when close_notify and END of the stream below have both come. */
export class InnerStream implements WireStream {
  readonly #tls: TLSSocket
  readonly #outer: OuterStream
  #sink: StreamSink | undefined
  #sent = 0
  #received = 0
  #held = 0
  #wantsRoom = true
  #notified = false
  #endTold = false
  #state: 'open' | 'reset' | 'delivered' = 'open'
  #timer: NodeJS.Timeout | undefined

  /** @param tls - paused, its handshake done */
  constructor(tls: TLSSocket, outer: OuterStream) {
    this.#tls = tls
    this.#outer = outer
  }

  get id(): number {
    return this.#outer.id
  }
  get sent(): number {
    return this.#sent
  }
  get received(): number {
    return this.#received
  }
  get lastMovedAt(): number {
    return this.#outer.lastMovedAt
  }
  get room(): number {
    if (this.#state !== 'open' || this.#tls.writableEnded) return 0
    return Math.max(0, WINDOW - this.#tls.writableLength)
  }

  attach(sink: StreamSink): void {
    this.#sink = sink
    this.#tls
      .on('data', (bytes: Buffer) => this.#take(bytes))
      .once('end', () => {
        this.#notified = true
        this.#checkEnd()
      })
      .on('drain', () => this.#tellRoom())
      .on('error', error => this.#break(innerTlsStatus(error.message)))
      .once('close', () => {
        if (!this.#notified || !this.#tls.writableFinished)
          this.#break(innerTlsStatus('It was closed before its end.'))
      })
    this.#outer.tell({
      onEnd: () => {
        this.#timer ??= setInterval(() => this.#checkNotify(), NOTIFY_MS)
        this.#checkEnd()
      },
      onReset: status => this.#break(status),
      onDelivered: () => this.#deliver(),
      onNote: note => sink.onNote?.(note),
    })
    this.#tls.resume()
    queueMicrotask(() => this.#tellRoom())
  }

  write(bytes: Uint8Array, owned = false): boolean {
    if (this.#state !== 'open' || this.#tls.writableEnded) return false
    const kept = owned ? bytes : Buffer.from(bytes)
    this.#sent += kept.length
    this.#tls.write(kept, error => {
      if (!error && this.#state === 'open') this.#sink?.onSent?.(kept.length)
    })
    if (this.room > 0 && !this.#tls.writableNeedDrain) return true
    this.#wantsRoom = true
    return false
  }

  /** close_notify, and then END below it. */
  end(): void {
    if (this.#state === 'open') this.#tls.end()
  }

  reset(status: Status): void {
    this.#break(status)
  }

  note(note: Json): void {
    this.#outer.note(note)
  }

  consumed(bytes: number): void {
    this.#held -= bytes
    this.#checkTaken()
    if (this.#held < WINDOW / 2 && this.#state === 'open') this.#tls.resume()
  }

  #take(bytes: Buffer): void {
    if (this.#state !== 'open') return
    this.#received += bytes.length
    this.#held += bytes.length
    if (this.#held >= WINDOW) this.#tls.pause()
    this.#sink?.onData(bytes)
  }

  /** A reader that is slow holds up what comes before close_notify, for as long as it likes. */
  #checkNotify(): void {
    const { readableLength } = this.#tls
    if (this.#notified || this.#outer.held > 0 || readableLength > 0 || this.#tls.isPaused()) return
    this.#break(innerTlsStatus('The stream ended without close_notify.'))
  }

  #checkEnd(): void {
    if (!this.#notified || !this.#outer.ended || this.#endTold || this.#state !== 'open') return
    clearTimeout(this.#timer)
    this.#endTold = true
    this.#sink?.onEnd()
    this.#checkTaken()
    if (this.#outer.delivered) this.#deliver()
  }

  #checkTaken(): void {
    if (this.#endTold && this.#held === 0) this.#outer.release()
  }

  #tellRoom(): void {
    if (!this.#wantsRoom || this.room === 0) return
    this.#wantsRoom = false
    this.#sink?.onRoom()
  }

  #deliver(): void {
    if (this.#state !== 'open' || !this.#endTold) return
    this.#state = 'delivered'
    this.#sink?.onDelivered?.()
  }

  #break(status: Status): void {
    if (this.#state !== 'open') return
    this.#state = 'reset'
    clearTimeout(this.#timer)
    this.#outer.breakOff(status)
    this.#tls.destroy()
    this.#sink?.onReset(status)
  }
}
