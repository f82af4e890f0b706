import { decodeName, TelnetFilter } from '@portolan/protocol'

/** What a line of a server is in its reply. */
export type ReplyLine =
  /** Between two replies. */
  | { readonly kind: 'blank' }
  /** `code` of the reply that the line belongs to; `text` without code and line end; whether the reply ends with it. */
  | { readonly kind: 'reply'; readonly code: number; readonly text: string; readonly final: boolean }
  | { readonly kind: 'odd'; readonly why: string }

const NUL = 0x00
const IAC = 0xff
/** Some servers leave out the space or the text. */
const FIRST = /^([1-6][0-9]{2})(?:([ -])(.*)|([^0-9 -].*))?$/s

/**
 * Tells line by line where the replies of a server begin and end: RFC 959 section 4.2, by the same rules as ReplyReader of the
 * protocol package, but without keeping the lines: a reply to STAT may be long.
 */
export class ReplyLines {
  #open: string | undefined

  /** Takes a line with its end. */
  take(line: Buffer): ReplyLine {
    if (line.includes(NUL)) return { kind: 'odd', why: 'a reply holds a NUL byte' }
    const plain = line.includes(IAC) ? new TelnetFilter().push(line) : line
    const text = decodeName(plain).replace(/\r?\n$/, '')
    return this.#open === undefined ? this.#begin(text) : this.#goOn(this.#open, text)
  }

  #begin(line: string): ReplyLine {
    if (line.trim() === '') return { kind: 'blank' }
    const [, code, separator, text = '', unseparated] = FIRST.exec(line) ?? []
    if (code === undefined)
      return { kind: 'odd', why: `the server sent ${JSON.stringify(line.slice(0, 60))}, which is no reply` }
    if (separator === '-') this.#open = code
    return { kind: 'reply', code: Number(code), text: unseparated ?? text, final: separator !== '-' }
  }

  #goOn(code: string, line: string): ReplyLine {
    const coded = line.startsWith(code)
    const separator = coded ? line[code.length] : undefined
    const final = coded && (separator === ' ' || separator === undefined)
    if (final) this.#open = undefined
    const text = final || (coded && separator === '-') ? line.slice(code.length + 1) : line
    return { kind: 'reply', code: Number(code), text, final }
  }
}
