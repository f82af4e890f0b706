import { HEADER_BYTES, MAX_DATA } from './types.ts'

/** Header and payload of the longest DATA frame, in one piece. */
export const CHUNK_BYTES = HEADER_BYTES + MAX_DATA
/** Free chunks that are kept: 16 MiB. */
const MAX_KEPT = 256

const free: Buffer[] = []
const all = new WeakMap<ArrayBufferLike, Buffer>()

/** Memory for one DATA frame, with whatever is in it. Fresh memory of this size costs a page fault for every 4 KiB. */
export function takeChunk(): Buffer {
  const used = free.pop()
  if (used) return used
  const chunk = Buffer.allocUnsafeSlow(CHUNK_BYTES)
  all.set(chunk.buffer, chunk)
  return chunk
}

/** Gives a chunk of {@link takeChunk} back. Nobody may use it afterwards. */
export function giveChunk(chunk: Buffer): void {
  if (free.length < MAX_KEPT) free.push(chunk)
}

/** The chunk in which these bytes are the payload of a frame, if it is one. */
export function chunkOf(bytes: Uint8Array): Buffer | undefined {
  return bytes.byteOffset === HEADER_BYTES && bytes.length >= SMALLEST ? all.get(bytes.buffer) : undefined
}

/** With fewer bytes nobody fills a chunk without a copy. */
const SMALLEST = 4_096
