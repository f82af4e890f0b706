/** A command whose final reply has not come, or one that is ours to answer when its turn comes. */
export type Awaited =
  | {
      readonly kind: 'command'
      readonly verb: string
      readonly argument: string
      /** A preliminary reply has come: a transfer runs. */
      begun: boolean
    }
  | { readonly kind: 'own'; readonly reply: Buffer }

type Command = Extract<Awaited, { kind: 'command' }>

/** Codes that answer one command and no other, whenever they come. */
const CLAIMS: Readonly<Record<number, readonly string[]>> = {
  227: ['PASV', 'CPSV'],
  229: ['EPSV'],
  234: ['AUTH'],
  331: ['USER'],
}
/** What servers answer while a transfer runs, and with which codes; no transfer ends with one of these. */
const DURING_TRANSFER = new Set(['NOOP', 'STAT', 'HELP', 'SITE'])
const DURING_CODES = new Set([200, 202, 211, 212, 213, 214])
/** What ends ABOR. Some servers send one reply for the transfer and ABOR together. */
const ABOR_CODES = new Set([225, 226, 250, 421, 426, 450, 451, 500, 501, 502, 503])
/** What an empty line gets, from servers that answer it at all. */
const EMPTY_CODES = new Set([500, 501, 502, 503])

/** The commands that wait, the oldest first: which reply belongs to which, and when it is the turn of ours. */
export class AwaitedReplies {
  #queue: Awaited[] = [{ kind: 'command', verb: 'GREETING', argument: '', begun: false }]

  get length(): number {
    return this.#queue.length
  }

  /** Whether one of ours waits for its turn, and no running transfer holds it up. */
  get blocked(): boolean {
    const [oldest] = this.#queue
    return !(oldest?.kind === 'command' && oldest.begun) && this.#queue.some(({ kind }) => kind === 'own')
  }

  /** Whether the reply decides how what follows is to be read. */
  get decisive(): boolean {
    return this.#queue.some(one => one.kind === 'command' && (one.verb === 'AUTH' || one.verb === 'ADAT'))
  }

  push(verb: string, argument: string): void {
    this.#queue.push({ kind: 'command', verb, argument, begun: false })
  }

  /** A reply of our own, to be sent behind those to all commands that came before. */
  pushOwn(reply: Buffer): void {
    this.#queue.push({ kind: 'own', reply })
  }

  /** The command that a reply of the server belongs to, which is not awaited any more unless the reply is preliminary. */
  take(code: number): Command | undefined {
    this.#dropUnanswered(code)
    const owner = this.#ownerOf(code)
    if (!owner) return undefined
    if (code < 200) owner.begun = true
    else this.#queue.splice(this.#queue.indexOf(owner), 1)
    return owner
  }

  /** Replies of our own whose turn has come. */
  *due(): Generator<Buffer> {
    for (let [oldest] = this.#queue; oldest?.kind === 'own'; [oldest] = this.#queue) {
      this.#queue.shift()
      yield oldest.reply
    }
  }

  /** All replies of our own, although the server owes replies to earlier commands. */
  *overdue(): Generator<Buffer> {
    const own = this.#queue.filter(one => one.kind === 'own')
    this.#queue = this.#queue.filter(one => one.kind === 'command')
    for (const { reply } of own) yield reply
  }

  /** Everything that was never answered. */
  takeAll(): readonly Command[] {
    const left = this.#queue.filter(one => one.kind === 'command')
    this.#queue = []
    return left
  }

  #ownerOf(code: number): Command | undefined {
    const commands = this.#queue.filter(one => one.kind === 'command')
    const [oldest, ...younger] = commands
    const claimed = CLAIMS[code]
    if (claimed) return commands.find(({ verb }) => claimed.includes(verb)) ?? oldest
    if (oldest?.begun && DURING_CODES.has(code))
      return younger.find(({ verb }) => DURING_TRANSFER.has(verb)) ?? oldest
    return oldest
  }

  /** Commands that a server may leave without a reply of their own, when this reply cannot be theirs and another waits. */
  #dropUnanswered(code: number): void {
    const isNot = ({ verb }: Command) =>
      (verb === 'ABOR' && !ABOR_CODES.has(code)) || (verb === '' && !EMPTY_CODES.has(code))
    for (;;) {
      const [oldest] = this.#queue
      if (code < 200 || oldest?.kind !== 'command' || !isNot(oldest)) return
      if (!this.#queue.some(one => one !== oldest && one.kind === 'command')) return
      this.#queue.shift()
    }
  }
}
