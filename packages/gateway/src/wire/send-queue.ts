import { chunkOf, giveChunk, takeChunk } from './chunks.ts'
import { writeHeader } from './frames.ts'
import { FRAME, HEADER_BYTES, MAX_DATA } from './types.ts'

/** Fewer bytes, with nothing before them, get memory of their own size instead of a chunk. */
const SMALL = 4_096

/** Payload of one DATA frame that waits; its header goes in front of it when it is known how long it is. */
interface Data {
  readonly kind: 'data'
  readonly memory: Buffer
  from: number
  to: number
  /** Room for a header before `from`. */
  hasHead: boolean
  /** The memory is a chunk, to be given back. */
  readonly chunk: boolean
  /** More may be put behind `to`. */
  readonly open: boolean
}

type Entry = Data | { readonly kind: 'frame'; readonly frame: Buffer }

/** What goes to the socket next, and what to give back when it was written. */
export interface Outgoing {
  readonly head: Buffer | undefined
  readonly body: Buffer
  /** Bytes of payload of DATA in it. */
  readonly data: number
  readonly chunk: Buffer | undefined
}

/** What one stream has to send: DATA, and the frames that have their place among it. Small pieces are joined to larger frames. */
export class SendQueue {
  readonly #entries: Entry[] = []
  #bytes = 0
  #frames = 0

  /** Bytes of DATA that wait. */
  get bytes(): number {
    return this.#bytes
  }

  /** Frames that wait among the DATA. */
  get frames(): number {
    return this.#frames
  }

  get isEmpty(): boolean {
    return this.#entries.length === 0
  }

  /** Copies bytes in. */
  append(bytes: Uint8Array): void {
    this.#bytes += bytes.length
    const last = this.#entries.at(-1)
    let at = last?.kind === 'data' && last.open ? fill(last, bytes, 0) : 0
    while (at < bytes.length) {
      const small = this.#entries.length === 0 && bytes.length - at < SMALL
      const memory = small ? Buffer.allocUnsafe(HEADER_BYTES + bytes.length - at) : takeChunk()
      const entry: Data = {
        kind: 'data',
        memory,
        from: HEADER_BYTES,
        to: HEADER_BYTES,
        hasHead: true,
        chunk: !small,
        open: true,
      }
      at = fill(entry, bytes, at)
      this.#entries.push(entry)
    }
  }

  /** Keeps bytes that are nobody else's. The payload of a chunk takes its chunk along. */
  keep(bytes: Uint8Array): void {
    this.#bytes += bytes.length
    const chunk = chunkOf(bytes)
    if (chunk) {
      const to = HEADER_BYTES + bytes.length
      const entry = { memory: chunk, from: HEADER_BYTES, to, hasHead: true, chunk: true, open: true }
      this.#entries.push({ kind: 'data', ...entry })
      return
    }
    const memory = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    for (let from = 0; from < memory.length; from += MAX_DATA) {
      const to = Math.min(from + MAX_DATA, memory.length)
      this.#entries.push({ kind: 'data', memory, from, to, hasHead: false, chunk: false, open: false })
    }
  }

  appendFrame(frame: Buffer): void {
    this.#frames += 1
    this.#entries.push({ kind: 'frame', frame })
  }

  /** Whether {@link take} has something. */
  canTake(credit: number): boolean {
    const first = this.#entries[0]
    return first !== undefined && (first.kind === 'frame' || credit > 0)
  }

  /** The next frame, within the credit. */
  take(stream: number, credit: number): Outgoing | undefined {
    const first = this.#entries[0]
    if (!first) return undefined
    if (first.kind === 'frame') {
      this.#entries.shift()
      this.#frames -= 1
      return { head: undefined, body: first.frame, data: 0, chunk: undefined }
    }
    const data = Math.min(first.to - first.from, credit)
    if (data <= 0) return undefined
    const { memory, from, hasHead } = first
    const whole = from + data === first.to
    if (whole) this.#entries.shift()
    first.from += data
    first.hasHead = false
    this.#bytes -= data
    const chunk = whole && first.chunk ? memory : undefined
    if (hasHead) {
      writeHeader(memory, from - HEADER_BYTES, FRAME.data, data, stream)
      return { head: undefined, body: memory.subarray(from - HEADER_BYTES, from + data), data, chunk }
    }
    const head = Buffer.allocUnsafe(HEADER_BYTES)
    writeHeader(head, 0, FRAME.data, data, stream)
    return { head, body: memory.subarray(from, from + data), data, chunk }
  }

  /** The next bytes without a frame around them. */
  takeBare(): { readonly bytes: Buffer; readonly chunk: Buffer | undefined } | undefined {
    const first = this.#entries.shift()
    if (first?.kind !== 'data') return undefined
    const { memory, from, to } = first
    this.#bytes -= to - from
    return { bytes: memory.subarray(from, to), chunk: first.chunk ? memory : undefined }
  }

  /** Forgets everything. */
  clear(): void {
    for (const entry of this.#entries) {
      // Of a chunk of which a part was taken the socket may still hold that part.
      if (entry.kind === 'data' && entry.chunk && entry.hasHead) giveChunk(entry.memory)
    }
    this.#entries.length = 0
    this.#bytes = 0
    this.#frames = 0
  }
}

/** Puts as much as there is room for behind what is there. @returns where the rest begins */
function fill(entry: Data, bytes: Uint8Array, at: number): number {
  const room = Math.min(entry.memory.length - entry.to, MAX_DATA - (entry.to - entry.from))
  const part = bytes.subarray(at, at + room)
  entry.memory.set(part, entry.to)
  entry.to += part.length
  return at + part.length
}
