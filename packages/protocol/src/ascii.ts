const LF = 0x0a
const CR = 0x0d
const NOTHING = Buffer.alloc(0)

/**
 * Local text to TYPE A: LF becomes CRLF; a CRLF that is there already is left alone, across chunk borders too. RFC 959 section 3.1.1.1.
 */
export class AsciiEncoder {
  #afterCr = false

  /** Converts a chunk. Gives the chunk itself back where nothing changes; its memory is never written to. */
  encode(chunk: Buffer): Buffer {
    if (chunk.length === 0) return chunk
    const afterCr = this.#afterCr
    this.#afterCr = chunk[chunk.length - 1] === CR
    const first = nextBareLf(chunk, 0, afterCr)
    if (first < 0) return chunk
    const out = Buffer.allocUnsafe(chunk.length * 2 - first)
    let written = 0
    let from = 0
    for (let at = first; at >= 0; at = nextBareLf(chunk, at + 1, false)) {
      written += copy(chunk, out, written, from, at)
      out[written++] = CR
      from = at
    }
    written += copy(chunk, out, written, from, chunk.length)
    return out.subarray(0, written)
  }

  /** What is left at the end of the text: nothing, for nothing is ever held back. */
  end(): Buffer {
    this.#afterCr = false
    return NOTHING
  }
}

/**
 * TYPE A to local text: CRLF becomes LF; a CR that no LF follows is data and stays. A CR at the end of a chunk waits
 * for the next.
 */
export class AsciiDecoder {
  #heldCr = false

  /** Converts a chunk. Gives the chunk itself back where nothing changes; its memory is never written to. */
  decode(chunk: Buffer): Buffer {
    if (chunk.length === 0) return chunk
    const held = this.#heldCr && chunk[0] !== LF
    this.#heldCr = chunk[chunk.length - 1] === CR
    const end = this.#heldCr ? chunk.length - 1 : chunk.length
    const first = nextCrLf(chunk, 0, end)
    if (first < 0 && !held) return chunk.subarray(0, end)
    const out = Buffer.allocUnsafe(end + 1)
    let written = 0
    if (held) out[written++] = CR
    let from = 0
    for (let at = first; at >= 0; at = nextCrLf(chunk, at + 2, end)) {
      written += copy(chunk, out, written, from, at)
      from = at + 1
    }
    written += copy(chunk, out, written, from, end)
    return out.subarray(0, written)
  }

  /** What is left at the end of the text: a CR that waited. */
  end(): Buffer {
    const rest = this.#heldCr ? Buffer.of(CR) : NOTHING
    this.#heldCr = false
    return rest
  }
}

function nextBareLf(chunk: Buffer, from: number, afterCr: boolean): number {
  for (let at = chunk.indexOf(LF, from); at >= 0; at = chunk.indexOf(LF, at + 1)) {
    const precededByCr = at === 0 ? afterCr : chunk[at - 1] === CR
    if (!precededByCr) return at
  }
  return -1
}

function nextCrLf(chunk: Buffer, from: number, end: number): number {
  for (let at = chunk.indexOf(CR, from); at >= 0 && at < end - 1; at = chunk.indexOf(CR, at + 1)) {
    if (chunk[at + 1] === LF) return at
  }
  return -1
}

function copy(source: Buffer, target: Buffer, at: number, from: number, to: number): number {
  return source.copy(target, at, from, to)
}
