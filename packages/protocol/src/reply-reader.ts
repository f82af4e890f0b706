import { ProtocolError } from './errors.ts'
import { LineCutter } from './line-cutter.ts'
import { decodeName } from './names.ts'
import type { Reply } from './reply.ts'
import { TelnetFilter } from './telnet.ts'

export interface ReplyReaderOptions {
  /** The longest line, in bytes. Default 16,384. */
  readonly maxLine?: number
  /** The longest reply, in bytes: STAT and HELP can be long. Default 1 MiB. */
  readonly maxReply?: number
}

/** Some servers leave out the space or the text. */
const FIRST_LINE = /^([1-6][0-9]{2})(?:([ -])(.*)|([^0-9 -].*))?$/s

/**
 * Puts the replies together that a server sends on the control connection. Bare LF ends a line too; lines of a
 * multi-line reply need no code, may hold other codes, and only `code` and a space, or the code alone, closes it
 * (RFC 959 section 4.2).
 */
export class ReplyReader {
  readonly #telnet = new TelnetFilter()
  readonly #cutter: LineCutter
  readonly #maxReply: number
  /** The reply whose last line has not come yet. */
  #open: { readonly code: string; readonly lines: [string, ...string[]] } | undefined
  #size = 0

  constructor({ maxLine = 16_384, maxReply = 1024 * 1024 }: ReplyReaderOptions = {}) {
    this.#cutter = new LineCutter(maxLine)
    this.#maxReply = maxReply
  }

  /**
   * Takes what the socket gave, and answers the replies that are complete with it.
   *
   * @throws {ProtocolError} while the replies are taken: `PROTOCOL_BAD_REPLY` for a line that is no reply,
   * `PROTOCOL_REPLY_TOO_LONG` for one beyond the bounds. The reader is spent then.
   */
  push(chunk: Buffer): Generator<Reply> {
    this.#cutter.push(this.#telnet.push(chunk))
    return this.#read()
  }

  /**
   * Forgets what was received and not read yet, and says how many bytes that were. To be called before TLS begins
   * (CVE-2011-0411).
   */
  discard(): number {
    this.#open = undefined
    const forgotten = this.#size + this.#cutter.discard() + this.#telnet.discard()
    this.#size = 0
    return forgotten
  }

  *#read(): Generator<Reply> {
    for (let line = this.#cutter.next(); line !== undefined; line = this.#cutter.next()) {
      if (line === 'too-long') throw tooLong()
      // The line end counts too: empty lines must not be free.
      this.#size += line.length + 2
      if (this.#size > this.#maxReply) throw tooLong()
      const reply = this.#take(decodeName(line).replaceAll('\r\0', '\r'))
      if (!reply) continue
      this.#size = 0
      yield reply
    }
    if (!this.#cutter.atLineStart) throw tooLong()
    this.#cutter.settle()
  }

  /** The reply that a line completes, if it completes one. */
  #take(line: string): Reply | undefined {
    const open = this.#open
    if (!open) return this.#begin(line)
    const coded = line.startsWith(open.code)
    const separator = coded ? line[open.code.length] : undefined
    const closes = coded && (separator === ' ' || separator === undefined)
    open.lines.push(closes || (coded && separator === '-') ? line.slice(open.code.length + 1) : line)
    if (!closes) return undefined
    this.#open = undefined
    return { code: Number(open.code), lines: open.lines }
  }

  #begin(line: string): Reply | undefined {
    if (line.trim() === '') return undefined
    const [, code, separator, text = '', unseparated] = FIRST_LINE.exec(line) ?? []
    if (code === undefined) throw notAReply(line)
    if (separator !== '-') return { code: Number(code), lines: [unseparated ?? text] }
    this.#open = { code, lines: [text] }
    return undefined
  }
}

function notAReply(line: string): ProtocolError {
  const shown = JSON.stringify(line.length > 60 ? `${line.slice(0, 60)}...` : line)
  return new ProtocolError(
    'PROTOCOL_BAD_REPLY',
    `The server sent ${shown}, which is no FTP reply. Is this an FTP server?`,
  )
}

function tooLong(): ProtocolError {
  return new ProtocolError('PROTOCOL_REPLY_TOO_LONG', 'The server sent a reply that is too long.')
}
