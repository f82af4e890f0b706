import { LineCutter } from './line-cutter.ts'
import { decodeName } from './names.ts'
import { isSynchRemnant, TelnetFilter } from './telnet.ts'

/** The longest command line by default, in bytes. Longer than Linux's PATH_MAX. */
export const DEFAULT_MAX_LINE = 8192

const LF = 0x0a
const ABOR_CR = 'ABOR\r'

/** One line of a control connection. `too-long` stands for a line over the limit, whose bytes are gone. */
export type Line = { readonly kind: 'line'; readonly text: string } | { readonly kind: 'too-long' }

export interface LineReaderOptions {
  /** The longest line, in bytes, without its end and without telnet sequences; no less than 4, for ABOR. Default 8192. */
  readonly maxLine?: number
}

/**
 * Cuts what a client sends on the control connection into lines: LF ends a line, one CR before it is dropped,
 * telnet sequences are taken out (RFC 854, RFC 959 section 5.3), CR NUL is a CR, names are decoded by
 * {@link decodeName}. Any other NUL stays in the text, for the command to refuse.
 *
 * `ABOR` CR ends a line without its LF too: a client that sends ABOR as TCP urgent data (Python's ftplib) loses its
 * last byte on the way to a receiver that does not read urgent data, and then waits for the reply.
 */
export class LineReader {
  readonly #telnet = new TelnetFilter()
  readonly #lines: LineCutter
  /** The last line ended at its CR: an LF that follows belongs to it. */
  #ownsLf = false

  constructor({ maxLine = DEFAULT_MAX_LINE }: LineReaderOptions = {}) {
    this.#lines = new LineCutter(maxLine)
  }

  /**
   * Takes what the socket gave, and answers the lines that are complete with it. {@link discard} may be called
   * between two of them. The memory of the chunk may be used again once all lines are taken.
   */
  push(chunk: Buffer): Generator<Line> {
    this.#lines.push(this.#telnet.push(chunk))
    return this.#read()
  }

  /**
   * Forgets what was received and not read yet, and says how many bytes that were. To be called when AUTH is
   * accepted: what came in the clear must not be read as if it came under TLS (CVE-2011-0411).
   */
  discard(): number {
    this.#ownsLf = false
    return this.#lines.discard() + this.#telnet.discard()
  }

  *#read(): Generator<Line> {
    for (let line = this.#next(); line; line = this.#next()) yield line
    this.#lines.settle()
  }

  #next(): Line | undefined {
    if (this.#lines.atLineStart) {
      this.#skipRemnants()
      if (this.#takeAbort()) return { kind: 'line', text: 'ABOR' }
    }
    const line = this.#lines.next()
    if (line === undefined) return undefined
    return line === 'too-long' ? { kind: line } : { kind: 'line', text: textOf(line) }
  }

  #skipRemnants(): void {
    const { unread } = this.#lines
    let at = 0
    if (this.#ownsLf && unread.length > 0) {
      this.#ownsLf = false
      if (unread[0] === LF) at = 1
    }
    while (isSynchRemnant(unread[at])) at++
    if (at > 0) this.#lines.skip(at)
  }

  #takeAbort(): boolean {
    const { unread } = this.#lines
    const first = unread[0]
    if (first !== 0x41 && first !== 0x61) return false
    // An LF that is there already is left to the cutter.
    if (unread.length < ABOR_CR.length || unread[ABOR_CR.length] === LF) return false
    if (unread.toString('latin1', 0, ABOR_CR.length).toUpperCase() !== ABOR_CR) return false
    this.#lines.skip(ABOR_CR.length)
    this.#ownsLf = true
    return true
  }
}

function textOf(line: Buffer): string {
  const text = decodeName(line)
  // RFC 854: a CR that is data is followed by NUL.
  return text.includes('\r\0') ? text.replaceAll('\r\0', '\r') : text
}
