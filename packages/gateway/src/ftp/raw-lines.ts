const LF = 0x0a
const CR = 0x0d
const NOTHING = Buffer.alloc(0)
/** `ABOR` CR without its LF, with what may be left of a telnet Synch before it. */
const ABORT_CR = /^[\xff\xf4\xf2]{0,4}abor\r/i
const LONGEST_ABORT = 9

/**
 * Cuts bytes into lines that keep their every byte, line end included. A part of a line is held back until the line is whole, so
 * that nobody is sent the half of something that might have to be refused. LineReader of the protocol package would give texts.
 */
export class RawLines {
  readonly #maxLine: number
  #held: Buffer = NOTHING
  /** Bytes of `#held` that are known to hold no LF. */
  #searched = 0
  /** `#held` lies in memory of our own. */
  #settled = true
  /** The line before was given its LF by us: one that follows belongs to it. */
  #owesLf = false

  /** @param maxLine - the longest line, in bytes, without its end */
  constructor(maxLine: number) {
    this.#maxLine = maxLine
  }

  /** Bytes that were pushed and not taken. */
  get held(): number {
    return this.#held.length
  }

  /** Takes a chunk over: a copy, unless all of it is taken before {@link settle}. */
  push(chunk: Buffer): void {
    if (this.#owesLf && chunk.length > 0) {
      this.#owesLf = false
      if (chunk[0] === LF) chunk = chunk.subarray(1)
    }
    this.#settled = this.#held.length > 0
    this.#held = this.#settled ? Buffer.concat([this.#held, chunk]) : chunk
  }

  /** The next line with its end; undefined when none is whole. */
  next(): Buffer | 'too-long' | undefined {
    const at = this.#held.indexOf(LF, this.#searched)
    if (at >= 0) {
      const line = this.#take(at + 1)
      return line.length - 1 > this.#maxLine + (line[at - 1] === CR ? 1 : 0) ? 'too-long' : line
    }
    this.#searched = this.#held.length
    const most = this.#maxLine + (this.#held.at(-1) === CR ? 1 : 0)
    return this.#held.length > most ? 'too-long' : undefined
  }

  /**
   * A line `ABOR` that ended at its CR, with the LF that it lost: a client that sends ABOR as TCP urgent data (Python's ftplib) loses
   * its last byte at the first receiver that does not read urgent data, and then waits for the reply. To be asked before {@link next}.
   */
  nextAbort(): Buffer | undefined {
    const start = ABORT_CR.exec(this.#held.toString('latin1', 0, LONGEST_ABORT))?.[0]
    if (start === undefined || this.#held[start.length] === LF) return undefined
    const line = Buffer.concat([this.#take(start.length), Buffer.of(LF)])
    // It may still come.
    if (this.#held.length === 0) this.#owesLf = true
    return line
  }

  /** What is held, lines or not. */
  peek(): Buffer {
    return this.#held
  }

  /** Takes so many bytes, lines or not. Default: everything that is held. */
  takeBytes(length = this.#held.length): Buffer {
    return this.#take(length)
  }

  /** Copies what is held, so that the memory of the chunk may be used again. */
  settle(): void {
    if (this.#held.length === 0) this.#held = NOTHING
    else if (!this.#settled) this.#held = Buffer.from(this.#held)
    this.#settled = true
  }

  #take(length: number): Buffer {
    const taken = this.#held.subarray(0, length)
    this.#held = this.#held.subarray(length)
    this.#searched = 0
    return taken
  }
}
