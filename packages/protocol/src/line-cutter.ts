const LF = 0x0a
const CR = 0x0d
const NOTHING = Buffer.alloc(0)

/** The bytes of a line without its end, or `too-long` for a line that was thrown away. */
export type CutLine = Buffer | 'too-long'

/**
 * Cuts bytes into lines at LF and drops one CR before it. RFC 959 asks for CRLF; bare LF is common.
 *
 * A line over the limit is thrown away as it comes and reported once, when it ends: at most `maxLine` bytes and
 * the last chunk are held.
 */
export class LineCutter {
  readonly #maxLine: number
  /** What was received and not cut yet. A view of the caller's chunk until {@link settle}. */
  #unread: Buffer = NOTHING
  /** Bytes of `#unread` known to hold no LF. */
  #searched = 0
  /** Bytes of the present line that were thrown away. */
  #dropped = 0

  /** @param maxLine - the longest line, in bytes, without its end */
  constructor(maxLine: number) {
    this.#maxLine = maxLine
  }

  /** What was received and not cut yet; a part of it that was thrown away is not in it. */
  get unread(): Buffer {
    return this.#unread
  }

  /** Whether {@link unread} begins with the first byte of a line. */
  get atLineStart(): boolean {
    return this.#dropped === 0
  }

  push(bytes: Buffer): void {
    this.#unread = this.#unread.length === 0 ? bytes : Buffer.concat([this.#unread, bytes])
  }

  /** Takes the first bytes away. */
  skip(length: number): void {
    this.#unread = this.#unread.subarray(length)
    this.#searched = 0
  }

  /** The next line, undefined when none is complete. */
  next(): CutLine | undefined {
    const end = this.#unread.indexOf(LF, this.#searched)
    if (end < 0) return this.#keep()
    const line = this.#unread.subarray(0, this.#unread[end - 1] === CR ? end - 1 : end)
    const tooLong = this.#dropped > 0 || line.length > this.#maxLine
    this.skip(end + 1)
    this.#dropped = 0
    return tooLong ? 'too-long' : line
  }

  /** Copies what is left, so that the memory of the chunk may be used again. */
  settle(): void {
    this.#unread = this.#unread.length === 0 ? NOTHING : Buffer.from(this.#unread)
  }

  /** Forgets what was received and not cut yet, and says how many bytes that were. */
  discard(): number {
    const forgotten = this.#unread.length + this.#dropped
    this.#unread = NOTHING
    this.#searched = 0
    this.#dropped = 0
    return forgotten
  }

  #keep(): undefined {
    const held = this.#unread.length
    // One CR more than the limit may still turn out to be part of the line's end.
    const allowed = this.#unread[held - 1] === CR ? this.#maxLine + 1 : this.#maxLine
    if (this.#dropped > 0 || held > allowed) {
      this.#dropped += held
      this.#unread = NOTHING
    }
    this.#searched = this.#unread.length
  }
}
