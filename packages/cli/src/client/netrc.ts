/** A login of a .netrc file. */
export interface NetrcEntry {
  /** The host; undefined for `default`, which is any. */
  readonly machine: string | undefined
  readonly login?: string
  readonly password?: string
  readonly account?: string
}

/** What a .netrc says, and what of it could not be read. */
export interface Netrc {
  readonly entries: readonly NetrcEntry[]
  /** Without the words themselves: they may be part of a password. */
  readonly problems: readonly string[]
}

interface Token {
  readonly text: string
  readonly line: number
}

const FIELDS = new Set(['login', 'password', 'account'])

/**
 * Reads a .netrc: `machine` or `default`, then `login`, `password` and `account`, in any layout. A value may stand in
 * double quotes with `\` before `"` and `\`. `macdef` goes to the next empty line and is skipped. `#` where a keyword
 * could stand begins a comment.
 */
export function parseNetrc(text: string): Netrc {
  const entries: { -readonly [K in keyof NetrcEntry]: NetrcEntry[K] }[] = []
  const problems: string[] = []
  const words = new Words(text)
  for (let word = words.keyword(); word; word = words.keyword()) {
    const entry = entries.at(-1)
    if (word.text === 'machine' || word.text === 'default') {
      const machine = word.text === 'machine' ? words.value() : undefined
      if (word.text === 'machine' && machine === undefined)
        problems.push(`line ${word.line}: machine has no name`)
      else entries.push({ machine: machine?.toLowerCase() })
    } else if (word.text === 'macdef') {
      words.skipMacro()
    } else if (FIELDS.has(word.text)) {
      const value = words.value()
      if (value === undefined) problems.push(`line ${word.line}: ${word.text} has no value`)
      else if (!entry) problems.push(`line ${word.line}: ${word.text} comes before any machine`)
      else if (word.text === 'login') entry.login = value
      else if (word.text === 'password') entry.password = value
      else entry.account = value
    } else {
      problems.push(
        `line ${word.line}: a word that is neither machine, default, login, password, account nor macdef`,
      )
    }
  }
  return { entries, problems }
}

/**
 * The first entry for a host, and for a login where one is known: an entry without a login goes with every one.
 */
export function findLogin(netrc: Netrc, host: string, login: string | undefined): NetrcEntry | undefined {
  const name = host.toLowerCase()
  return netrc.entries.find(
    entry =>
      (entry.machine === undefined || entry.machine === name) &&
      (login === undefined || entry.login === undefined || entry.login === login),
  )
}

class Words {
  readonly #text: string
  #at = 0
  #line = 1

  constructor(text: string) {
    this.#text = text
  }

  /** The next word, or undefined at the end. */
  keyword(): Token | undefined {
    for (;;) {
      this.#skip(/[ \t\r\n]*/y)
      if (!this.#text.startsWith('#', this.#at)) break
      this.#skip(/[^\n]*/y)
    }
    const line = this.#line
    const text = this.#skip(/[^ \t\r\n]+/y)
    return text === '' ? undefined : { text, line }
  }

  value(): string | undefined {
    this.#skip(/[ \t\r\n]*/y)
    const quoted = /"((?:[^"\\\n]|\\.)*)"(?=[ \t\r\n]|$)/y
    quoted.lastIndex = this.#at
    const [all, inner] = quoted.exec(this.#text) ?? []
    if (all !== undefined && inner !== undefined) {
      this.#at += all.length
      return inner.replace(/\\(.)/g, '$1')
    }
    return this.#skip(/[^ \t\r\n]+/y) || undefined
  }

  /** To behind the next empty line. */
  skipMacro(): void {
    this.#skip(/(?:(?!\r?\n[ \t]*\r?\n)[\s\S])*/y)
  }

  #skip(pattern: RegExp): string {
    pattern.lastIndex = this.#at
    const [text = ''] = pattern.exec(this.#text) ?? []
    this.#at += text.length
    for (const character of text) if (character === '\n') this.#line++
    return text
  }
}
