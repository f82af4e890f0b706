import type { Line, Reply } from '@portolan/protocol'
import type { DialogueLine } from '../inspect.ts'

/** Lines that are remembered. */
const MAX_LINES = 200
/** Characters of one line; the rest is cut off. */
const MAX_LINE = 500
/** Characters of all lines: a client that sends nothing but long lines is remembered for fewer of them. */
const MAX_CHARACTERS = 32_000
/**
 * What must not be shown to anybody. Verbs that only begin so are masked too: a space that was forgotten makes no password
 * public.
 */
const SECRET = /^[^A-Za-z]*(?:PASS|ACCT|ADAT)/i

/** The last lines of a control connection, for an administrator who looks at a session. */
export class Dialogue {
  readonly #lines: DialogueLine[] = []
  #characters = 0

  /** The oldest first. */
  get lines(): readonly DialogueLine[] {
    return [...this.#lines]
  }

  received(line: Line, at: number): void {
    if (line.kind === 'too-long') return this.#note(at, 'client', '(a line that was too long to be read)')
    const [secret] = SECRET.exec(line.text) ?? []
    this.#note(at, 'client', secret === undefined ? line.text : `${secret} ***`)
  }

  sent({ code, lines }: Reply, at: number): void {
    const last = lines.length - 1
    for (const [index, line] of lines.entries()) {
      // More than these would push themselves out.
      if (index >= last - MAX_LINES) this.#note(at, 'server', `${code}${index === last ? ' ' : '-'}${line}`)
    }
  }

  #note(at: number, from: DialogueLine['from'], whole: string): void {
    const text = whole.length > MAX_LINE ? cut(whole) : whole
    this.#lines.push({ at, from, text })
    this.#characters += text.length
    while (this.#lines.length > MAX_LINES || this.#characters > MAX_CHARACTERS) {
      this.#characters -= this.#lines.shift()?.text.length ?? 0
    }
  }
}

/** Copied, since a mere part of a string keeps the whole of it in memory. */
function cut(text: string): string {
  return Buffer.from(`${text.slice(0, MAX_LINE - 1)}…`, 'utf16le').toString('utf16le')
}
