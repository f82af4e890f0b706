import { type Endpoint, parseEpsvReply, parsePasvReply } from '@portolan/protocol'

/** The longest reply to PASV or EPSV that is waited for, in bytes. */
const MAX_LINE = 1_024
const LF = 0x0a
/** Code and separator of a reply. RFC 959 section 4.2. */
const PREFIX = 4
/** What a server says first is a reply, which begins with a digit. RFC 959 section 4.2. */
const [ZERO, NINE] = [0x30, 0x39]

/** A piece of what a server sends on a control connection; together the pieces are all of it. */
export type ReplyPiece =
  | { readonly kind: 'bytes'; readonly bytes: Buffer }
  /** A reply that names where the data connection goes; `address` is absent in that to EPSV. */
  | {
      readonly kind: 'passive'
      readonly by: 'PASV' | 'EPSV'
      readonly address?: string
      readonly port: number
      readonly bytes: Buffer
    }
  /** Nothing can be read from here on: a reply said that TLS begins. */
  | { readonly kind: 'secured' }

/**
 * Cuts what a server sends on a control connection into replies that name ports, and bytes that do not. It reads along and judges
 * nothing, and keeps back nothing but replies to PASV and EPSV until they are whole: what is no FTP passes as it comes.
 */
export class PassiveReplies {
  #state: 'new' | 'prefix' | 'passing' | 'passive' | 'blind' = 'new'
  /** The line so far: its first bytes, and all of it while it may be a passive reply. */
  #line: Buffer = Buffer.alloc(0)
  /** How much of {@link #line} has been passed on. */
  #passed = 0
  /** The code of the multi-line reply that is open. RFC 959 section 4.2. */
  #open: string | undefined
  readonly #out: ReplyPiece[] = []

  /** @param chunk - may be kept in the pieces */
  push(chunk: Buffer): readonly ReplyPiece[] {
    const [first] = chunk
    // What begins otherwise, such as TLS (RFC 8446 section 5.1), is no FTP: it passes without being looked at.
    if (this.#state === 'new' && first !== undefined)
      this.#state = first >= ZERO && first <= NINE ? 'prefix' : 'blind'
    for (let rest = chunk; rest.length > 0; ) {
      const end = this.#state === 'blind' ? rest.length : rest.indexOf(LF) + 1
      const part = end === 0 ? rest : rest.subarray(0, end)
      this.#take(part, end > 0)
      rest = rest.subarray(part.length)
    }
    return this.#out.splice(0)
  }

  /** What is left at the end of the stream. */
  flush(): readonly ReplyPiece[] {
    this.#pass(this.#line.subarray(this.#passed))
    this.#passed = this.#line.length
    return this.#out.splice(0)
  }

  /** @param part - of one line, unless blind */
  #take(part: Buffer, isWhole: boolean): void {
    if (this.#state === 'blind') return this.#pass(part)
    const before = this.#line.length
    if (this.#state !== 'passing') this.#line = before === 0 ? part : Buffer.concat([this.#line, part])
    if (this.#state === 'passing') this.#pass(part)
    else if (this.#state === 'prefix' && (isWhole || this.#line.length >= PREFIX)) this.#begin()
    if (this.#state === 'passive' && !isWhole && this.#line.length > MAX_LINE) this.#letGo()
    if (isWhole) this.#end()
  }

  /** Enough of the line is there to know what it may be. */
  #begin(): void {
    const prefix = this.#line.toString('latin1', 0, PREFIX)
    if (this.#open === undefined && (prefix === '227 ' || prefix === '229 ')) this.#state = 'passive'
    else this.#letGo()
  }

  #letGo(): void {
    this.#state = 'passing'
    this.#pass(this.#line.subarray(this.#passed))
    this.#passed = this.#line.length
  }

  #end(): void {
    if (this.#state === 'passive') this.#out.push(readPassive(this.#line))
    const [, code, separator] = /^(\d{3})([ \r\n-])/.exec(this.#line.toString('latin1', 0, PREFIX)) ?? []
    this.#line = Buffer.alloc(0)
    this.#passed = 0
    this.#state = 'prefix'
    if (this.#open === undefined && separator === '-') this.#open = code
    else if (this.#open === undefined || (code === this.#open && separator !== '-')) {
      this.#open = undefined
      if (code !== '234') return
      // RFC 4217 section 4: what follows is TLS.
      this.#state = 'blind'
      this.#out.push({ kind: 'secured' })
    }
  }

  #pass(bytes: Buffer): void {
    if (bytes.length > 0) this.#out.push({ kind: 'bytes', bytes })
  }
}

/** A reply that cannot be read passes as it is: the client has to make sense of it. */
function readPassive(bytes: Buffer): ReplyPiece {
  const text = bytes.toString('latin1', PREFIX).trimEnd()
  try {
    if (bytes.toString('latin1', 0, 3) === '229')
      return { kind: 'passive', by: 'EPSV', port: parseEpsvReply(text), bytes }
    const { address, port }: Endpoint = parsePasvReply(text)
    return { kind: 'passive', by: 'PASV', address, port, bytes }
  } catch {
    return { kind: 'bytes', bytes }
  }
}
