/** A complete reply as it came over the wire. */
export interface WireReply {
  readonly code: number
  /** Without the code of the first and the last line, and without line ends; read as UTF-8. */
  readonly lines: readonly string[]
  /** All lines, for patterns. */
  readonly text: string
  /** The bytes, for names that are not UTF-8. */
  readonly raw: Buffer
}

const LF = 0x0a
const CR = 0x0d
/** Most bytes of one reply. */
const MAX_REPLY = 8 * 1024 * 1024

/**
 * Cuts what a server sends into replies (RFC 959 section 4.2), and takes nothing that is not one: a test has to notice a
 * line that was forged, cut short or sent between the lines of another reply.
 */
export class WireReplies {
  #rest = Buffer.alloc(0)
  #lines: string[] = []
  #raw: Buffer[] = []

  /** True between two replies. */
  get idle(): boolean {
    return this.#rest.length === 0 && this.#raw.length === 0
  }

  /** @throws {Error} for bytes that are no reply */
  push(chunk: Buffer): WireReply[] {
    this.#rest = Buffer.concat([this.#rest, chunk])
    if (this.#rest.length > MAX_REPLY) throw new Error(`a reply of more than ${MAX_REPLY} bytes`)
    const replies: WireReply[] = []
    for (let end = this.#rest.indexOf(LF); end >= 0; end = this.#rest.indexOf(LF)) {
      const line = this.#rest.subarray(0, end + 1)
      this.#rest = this.#rest.subarray(end + 1)
      const reply = this.#take(line)
      if (reply) replies.push(reply)
    }
    return replies
  }

  #take(bytes: Buffer): WireReply | undefined {
    const line = bytes.toString('utf8', 0, bytes.length - 2)
    const shown = JSON.stringify(bytes.toString('latin1').slice(0, 200))
    if (bytes.at(-2) !== CR || /[\r\0]/.test(line))
      throw new Error(`a line of a reply ends or holds what it must not: ${shown}`)
    const [, first, dash] = /^([1-6]\d\d)([ -])/.exec(line) ?? []
    const opening = this.#lines[0]
    if (opening === undefined && first === undefined) throw new Error(`not a reply: ${shown}`)
    this.#lines.push(line)
    this.#raw.push(Buffer.from(bytes))
    const code = (opening ?? line).slice(0, 3)
    if (dash === '-' && opening === undefined) return undefined
    if (first !== code || dash !== ' ') return undefined
    const lines = this.#lines.map((one, index, all) =>
      index === 0 || index === all.length - 1 ? one.slice(4) : one,
    )
    const raw = Buffer.concat(this.#raw)
    this.#lines = []
    this.#raw = []
    return { code: Number(code), lines, text: lines.join('\n'), raw }
  }
}
