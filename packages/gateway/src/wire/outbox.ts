import type { Socket } from 'node:net'
import { giveChunk } from './chunks.ts'
import type { Outgoing } from './send-queue.ts'
import { atTurnEnd } from './turn-end.ts'

/** Bytes that go to the socket at once. The next go when the system has taken these, so nobody waits behind more than this. */
const LARGE_BATCH = 262_144
/** The same where it takes long. */
const SMALL_BATCH = 65_536
/** What is long, in milliseconds. */
const LONG_MS = 10
/** Bytes of frames about the link that may wait: who lets more pile up does not read. */
export const MAX_WAITING = 4_194_304

/** Something that has frames to send when its turn comes. */
export interface Source {
  /** Undefined: nothing now. It says {@link Outbox.wake} when that changes. */
  next(): Outgoing | undefined
  /** Whether `next` has something. */
  readonly ready: boolean
  /** It has its place in the round. */
  queued: boolean
}

/** Somebody whose credit is to be told. */
export interface Creditor {
  /** The CREDIT frame, if there is still something to say. */
  creditFrame(): Buffer | undefined
}

/** Writes to the socket of a link: first what is about the link, then each stream in turn, one frame at a time. */
export class Outbox {
  readonly #socket: Socket
  #urgent: Buffer[] = []
  #urgentBytes = 0
  #creditors = new Set<Creditor>()
  readonly #round: Source[] = []
  #soon = false
  #writing = false
  #writingSince = 0
  #batch = LARGE_BATCH
  #closed = false
  #chunks: Buffer[] = []

  constructor(socket: Socket) {
    this.#socket = socket
  }

  /** Bytes of frames about the link that wait. */
  get waiting(): number {
    return this.#urgentBytes
  }

  /** Sends a frame before everything of the streams. */
  send(frame: Buffer): void {
    this.#urgent.push(frame)
    this.#urgentBytes += frame.length
    this.#pumpSoon()
  }

  /** Credit is worth a frame, as large as it is by then. */
  owe(creditor: Creditor): void {
    this.#creditors.add(creditor)
    this.#pumpSoon()
  }

  /** The source has something to send. */
  wake(source: Source): void {
    if (!source.queued) {
      source.queued = true
      this.#round.push(source)
    }
    this.#pumpSoon()
  }

  /** Sends nothing more. @returns the frames about the link that were still to go */
  close(): readonly Buffer[] {
    const left = this.#urgent
    this.#closed = true
    this.#urgent = []
    this.#urgentBytes = 0
    this.#creditors.clear()
    this.#round.length = 0
    return left
  }

  #pumpSoon(): void {
    if (this.#writing || this.#soon) return
    this.#soon = true
    atTurnEnd(() => {
      this.#soon = false
      this.#pump()
    })
  }

  #pump(): void {
    if (this.#writing || this.#closed) return
    // Who is asked for frames may have more to send at once.
    this.#writing = true
    let parts = this.#collect()
    while (parts.length === 0 && this.#urgent.length + this.#creditors.size > 0) parts = this.#collect()
    this.#writing = parts.length > 0
    this.#writingSince = performance.now()
    const last = parts.pop()
    if (parts.length > 0) {
      this.#socket.cork()
      for (const part of parts) this.#socket.write(part)
    }
    if (last) this.#socket.write(last, this.#onWritten)
    if (parts.length > 0) this.#socket.uncork()
  }

  readonly #onWritten = (error?: Error | null): void => {
    const chunks = this.#chunks
    this.#chunks = []
    // After an error the system may still hold them.
    if (!error) for (const chunk of chunks) giveChunk(chunk)
    this.#batch = performance.now() - this.#writingSince > LONG_MS ? SMALL_BATCH : LARGE_BATCH
    this.#writing = false
    if (!error) this.#pump()
  }

  #collect(): Buffer[] {
    const parts = this.#urgent
    let bytes = this.#urgentBytes
    this.#urgent = []
    this.#urgentBytes = 0
    for (const creditor of this.#creditors) {
      const frame = creditor.creditFrame()
      if (frame) parts.push(frame)
    }
    this.#creditors.clear()
    while (bytes < this.#batch) {
      const source = this.#round.shift()
      if (!source) break
      const outgoing = source.next()
      source.queued = source.ready
      if (source.queued) this.#round.push(source)
      if (!outgoing) continue
      const { head, body, chunk } = outgoing
      if (head) parts.push(head)
      parts.push(body)
      if (chunk) this.#chunks.push(chunk)
      bytes += body.length
    }
    return parts
  }
}
