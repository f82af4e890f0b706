const LF = 0x0a
const CR = 0x0d
const NOTHING = Buffer.alloc(0)

/** How many lines of a chunk are looked at to tell short lines from long ones. */
const SAMPLED_LINES = 8
/** Mean length below which a loop over bytes is faster than a search for each line, as measured. */
const SHORT_LINE = 40

/**
 * Local text to TYPE A: LF becomes CRLF; a CRLF that is there already is left alone, across chunk borders too. RFC
 * 959 section 3.1.1.1.
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
    if (!hasShortLines(chunk, first)) return out.subarray(0, encodeRuns(chunk, out, first))
    // Here and not in a function of its own: V8 inlines that and then never compiles the loop at its highest tier.
    let written = 0
    let before = afterCr ? CR : 0
    for (let at = 0; at < chunk.length; at++) {
      const byte = chunk[at] ?? 0
      if (byte === LF && before !== CR) out[written++] = CR
      out[written++] = byte
      before = byte
    }
    return out.subarray(0, written)
  }

  /** What is left at the end of the text: nothing, for nothing is ever held back. */
  end(): Buffer {
    this.#afterCr = false
    return NOTHING
  }
}

/**
 * TYPE A to local text: CRLF becomes LF; a CR that no LF follows is data and stays. A CR at the end of a chunk
 * waits for the next.
 */
export class AsciiDecoder {
  #heldCr = false

  /** Converts a chunk. Gives the chunk itself back where nothing changes; its memory is never written to. */
  decode(chunk: Buffer): Buffer {
    if (chunk.length === 0) return chunk
    const held = this.#heldCr && chunk[0] !== LF
    this.#heldCr = chunk[chunk.length - 1] === CR
    const body = this.#heldCr ? chunk.subarray(0, -1) : chunk
    const first = nextCrLf(body, 0)
    if (first < 0 && !held) return body
    const out = Buffer.allocUnsafe(body.length + 1)
    let written = held ? 1 : 0
    if (held) out[0] = CR
    if (!hasShortLines(body, first)) return out.subarray(0, decodeRuns(body, out, written, first))
    let before = 0
    for (let at = 0; at < body.length; at++) {
      const byte = body[at] ?? 0
      if (byte === LF && before === CR) written--
      out[written++] = byte
      before = byte
    }
    return out.subarray(0, written)
  }

  /** What is left at the end of the text: a CR that waited. */
  end(): Buffer {
    const rest = this.#heldCr ? Buffer.of(CR) : NOTHING
    this.#heldCr = false
    return rest
  }
}

function hasShortLines(chunk: Buffer, first: number): boolean {
  let at = first
  for (let line = 0; line < SAMPLED_LINES; line++) {
    at = chunk.indexOf(LF, at + 1)
    if (at < 0) return false
  }
  return at - first < SAMPLED_LINES * SHORT_LINE
}

function encodeRuns(chunk: Buffer, out: Buffer, first: number): number {
  let written = 0
  let from = 0
  for (let at = first; at >= 0; at = nextBareLf(chunk, at + 1, false)) {
    written += chunk.copy(out, written, from, at)
    out[written++] = CR
    from = at
  }
  return written + chunk.copy(out, written, from)
}

function decodeRuns(chunk: Buffer, out: Buffer, start: number, first: number): number {
  let written = start
  let from = 0
  for (let at = first; at >= 0; at = nextCrLf(chunk, at + 2)) {
    written += chunk.copy(out, written, from, at)
    from = at + 1
  }
  return written + chunk.copy(out, written, from)
}

/** The next LF that no CR precedes; `afterCr` says what precedes the chunk. */
function nextBareLf(chunk: Buffer, from: number, afterCr: boolean): number {
  for (let at = chunk.indexOf(LF, from); at >= 0; at = chunk.indexOf(LF, at + 1)) {
    const precededByCr = at === 0 ? afterCr : chunk[at - 1] === CR
    if (!precededByCr) return at
  }
  return -1
}

/** The next CR that an LF follows. */
function nextCrLf(chunk: Buffer, from: number): number {
  for (let at = chunk.indexOf(CR, from); at >= 0; at = chunk.indexOf(CR, at + 1)) {
    if (chunk[at + 1] === LF) return at
  }
  return -1
}
