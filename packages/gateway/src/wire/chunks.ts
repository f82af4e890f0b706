import { HEADER_BYTES, MAX_DATA } from './types.ts'

/** Header and payload of the longest DATA frame, in one piece. */
export const CHUNK_BYTES = HEADER_BYTES + MAX_DATA
/** Free chunks that are kept: 16 MiB. */
const MAX_KEPT = 256

const free: Buffer[] = []

/** Memory for one DATA frame, with whatever is in it. Fresh memory of this size costs a page fault for every 4 KiB. */
export function takeChunk(): Buffer {
  return free.pop() ?? Buffer.allocUnsafeSlow(CHUNK_BYTES)
}

/** Gives a chunk of {@link takeChunk} back. Nobody may use it afterwards. */
export function giveChunk(chunk: Buffer): void {
  if (free.length < MAX_KEPT) free.push(chunk)
}
