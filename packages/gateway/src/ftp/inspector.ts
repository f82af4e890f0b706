import { formatOutwardsOnlyReply } from '@portolan/protocol'
import { STATUS } from '../codes.ts'
import type { ConnectorNote } from '../control/messages.ts'
import { AwaitedReplies } from './awaited.ts'
import { beginsTls, clientHelloLength } from './client-hello.ts'
import { type ActiveVerb, readCommandLine } from './command-line.ts'
import { type Inspected, Outcome } from './outcome.ts'
import { readPassiveReply } from './passive-reply.ts'
import { RawLines } from './raw-lines.ts'
import { ReplyLines } from './reply-lines.ts'
import { printable, timelineNote } from './timeline.ts'

/** Longest line of a command and of a reply, in bytes, without its end. */
const MAX_COMMAND = 4 * 1024
const MAX_REPLY_LINE = 8 * 1024
/** Longest reply to PASV or EPSV, in bytes; it is held back until it is whole. */
const MAX_PASSIVE_REPLY = 16 * 1024
/** Commands without a reply, beyond which the client's further bytes wait. */
const MAX_AWAITED = 256
/** Bytes of the client that wait for replies of the server. */
const MAX_WAITING = 1024 * 1024

/**
 * - `new`: nobody has said anything.
 * - `reading`: commands and replies are read.
 * - `hello`: the client began with TLS before the server said anything (implicit TLS).
 * - `offered`: its ClientHello was passed on. What it sends behind waits until the server has answered in TLS, too.
 * - `blind`: TLS; everything passes.
 * - `failed`: nothing passes.
 */
type State = 'new' | 'reading' | 'hello' | 'offered' | 'blind' | 'failed'

/** Of one control connection. */
export interface InspectorOptions {
  /** The server's address on it. */
  readonly server: string
}

/**
 * Reads a control connection of FTP in both directions, as a function: bytes in, what to do out. It passes every byte on as it came,
 * but for requests for active mode, which never reach the server: they are answered 502 in the order of replies; and but for replies
 * to PASV that name somebody else ({@link readPassiveReply}). Whatever could be read in two ways ends the session, as OpenBSD's
 * ftp-proxy has it. Once TLS begins it is blind: everything passes.
 */
export class FtpInspector {
  readonly #server: string
  readonly #client = new RawLines(MAX_COMMAND)
  readonly #replies = new RawLines(MAX_REPLY_LINE)
  readonly #reading = new ReplyLines()
  readonly #awaited = new AwaitedReplies()
  /** Lines of a passive reply that is not whole. */
  #passive: { readonly bytes: Buffer; readonly text: string } | undefined
  #state: State = 'new'
  #clientEnded = false
  /** The server was told of the client's end. */
  #endTold = false
  #serverEnded = false
  readonly #out = new Outcome()

  constructor({ server }: InspectorOptions) {
    this.#server = server
  }

  /** Bytes of the client that wait here, for the rest of their line or for replies of the server. */
  get held(): number {
    return this.#client.held
  }

  /** Whether a 502 waits for replies that a server should have sent at once: see {@link overdue}. */
  get blocked(): boolean {
    return this.#state === 'reading' && this.#awaited.blocked
  }

  fromClient(chunk: Buffer): readonly Inspected[] {
    if (this.#failed || this.#clientEnded || chunk.length === 0) return []
    if (this.#state === 'new') this.#state = beginsTls(chunk[0]) ? 'hello' : 'reading'
    if (this.#isBlind) this.#pass('to-server', chunk)
    else {
      this.#client.push(chunk)
      this.#readClient()
    }
    return this.#done()
  }

  fromServer(chunk: Buffer): readonly Inspected[] {
    if (this.#failed || this.#serverEnded || chunk.length === 0) return []
    if (this.#state === 'new') this.#state = 'reading'
    if (this.#state === 'hello' || this.#state === 'offered') this.#answerHello(chunk[0])
    if (this.#isBlind) this.#pass('to-client', chunk)
    else if (!this.#failed) {
      this.#replies.push(chunk)
      this.#readServer()
    }
    return this.#done()
  }

  /** The client sends no more. */
  clientEnd(): readonly Inspected[] {
    if (this.#failed || this.#clientEnded) return []
    this.#clientEnded = true
    this.#readClient()
    return this.#done()
  }

  /** The server sends no more, nor will it answer anything. */
  serverEnd(): readonly Inspected[] {
    if (this.#failed || this.#serverEnded) return []
    this.#serverEnded = true
    const rest = this.#replies.takeBytes()
    if (rest.length > 0) this.#takeReplyLine(rest)
    // Nobody is left to tell whether this was TLS.
    if (this.#state === 'hello' || this.#state === 'offered') this.#client.takeBytes()
    this.#pass('to-client', this.#passive?.bytes)
    for (const command of this.#awaited.takeAll()) this.#note(timelineNote(command, undefined))
    if (!this.#failed) {
      this.#out.endClient()
      this.#readClient()
    }
    return this.#done()
  }

  /** The server takes too long, and no transfer runs: the replies of our own that wait are given now, whatever their order. */
  overdue(): readonly Inspected[] {
    if (!this.blocked) return []
    for (const reply of this.#awaited.overdue()) this.#pass('to-client', reply)
    this.#readClient()
    return this.#done()
  }

  get #isBlind(): boolean {
    return this.#state === 'blind'
  }

  get #failed(): boolean {
    return this.#state === 'failed'
  }

  /** Replies of the server decide how the client's next bytes are read, or there are too many that have not come. */
  get #mustWait(): boolean {
    if (this.#serverEnded) return false
    if (this.#state === 'hello' || this.#state === 'offered') return true
    return this.#awaited.decisive || this.#awaited.length >= MAX_AWAITED
  }

  #readClient(): void {
    if (this.#state === 'hello') this.#readHello()
    while (this.#state === 'reading' && !this.#mustWait) {
      const line = this.#client.nextAbort() ?? this.#client.next()
      if (line === undefined) break
      if (line === 'too-long') return this.#fail(`a command has more than ${MAX_COMMAND} bytes`)
      this.#takeCommand(line)
    }
    if (this.#failed) return
    if (this.#client.held > MAX_WAITING)
      return this.#fail(`more than ${MAX_WAITING} bytes of commands wait for replies`)
    this.#client.settle()
    if (this.#clientEnded && !this.#endTold && (this.#isBlind || !this.#mustWait)) this.#endOfClient()
  }

  #readHello(): void {
    const length = clientHelloLength(this.#client.peek())
    if (length === 0) return this.#fail('the client begins like TLS, and it is not')
    if (length === undefined) return
    this.#pass('to-server', this.#client.takeBytes(length))
    this.#state = 'offered'
  }

  #answerHello(first: number | undefined): void {
    if (this.#state === 'offered' && beginsTls(first)) this.#goBlind()
    else this.#fail('the client speaks TLS, and the server does not')
  }

  /** A server may take what comes before the end for a command, although it has no line end. */
  #endOfClient(): void {
    this.#endTold = true
    const rest = this.#client.takeBytes()
    if (rest.length > 0) this.#takeCommand(rest)
    if (!this.#failed) this.#out.endServer()
  }

  #takeCommand(line: Buffer): void {
    const command = readCommandLine(line)
    if (command.kind === 'odd') return this.#fail(command.why)
    if (command.kind === 'active') return this.#refuse(command.verb, command.argument)
    this.#awaited.push(command.verb, command.argument)
    this.#pass('to-server', command.bytes)
  }

  #refuse(verb: ActiveVerb, argument: string): void {
    const said = argument === '' ? verb : `${verb} ${printable(argument, 100)}`
    this.#warn('CON_FTP_ACTIVE_REFUSED', `The client sent ${said}.`)
    this.#awaited.pushOwn(Buffer.from(`${formatOutwardsOnlyReply(verb)}\r\n`))
    this.#giveDue()
  }

  #giveDue(): void {
    for (const reply of this.#awaited.due()) this.#pass('to-client', reply)
  }

  #readServer(): void {
    for (let line = this.#replies.next(); line !== undefined; line = this.#replies.next()) {
      if (line === 'too-long') return this.#fail(`a line of a reply has more than ${MAX_REPLY_LINE} bytes`)
      this.#takeReplyLine(line)
      if (this.#isBlind || this.#failed) return
      // At once, and not when all of the chunk is read: what comes out must not depend on how the bytes are cut.
      this.#readClient()
    }
    this.#replies.settle()
  }

  #takeReplyLine(line: Buffer): void {
    const read = this.#reading.take(line)
    if (read.kind === 'odd') return this.#fail(read.why)
    if (read.kind === 'blank') return this.#pass('to-client', line)
    const { code, text, final } = read
    if (code === 227 || code === 229) return this.#takePassive(line, read)
    if (!final) return this.#pass('to-client', line)
    const command = this.#awaited.take(code)
    if (command && code >= 200) this.#note(timelineNote(command, { code, text }))
    this.#pass('to-client', line)
    // RFC 4217 section 4; RFC 2228 section 3 for ADAT, behind which commands are wrapped.
    if ((command?.verb === 'AUTH' && code === 234) || (command?.verb === 'ADAT' && code === 235))
      this.#goBlind()
    else this.#giveDue()
  }

  #takePassive(line: Buffer, { code, text, final }: { code: number; text: string; final: boolean }): void {
    const before = this.#passive
    const whole = before ? Buffer.concat([before.bytes, line]) : line
    const said = before ? `${before.text}\n${text}` : text
    if (whole.length > MAX_PASSIVE_REPLY)
      return this.#fail(`the reply ${code} has more than ${MAX_PASSIVE_REPLY} bytes`)
    this.#passive = final ? undefined : { bytes: Buffer.from(whole), text: said }
    if (!final) return
    const verb = this.#awaited.take(code)?.verb
    // Nobody asked for a port otherwise.
    const asked = code === 229 ? verb === 'EPSV' : verb === 'PASV' || verb === 'CPSV'
    const { notes, instead } = asked ? readPassiveReply(code, said, this.#server) : { notes: [] }
    for (const note of notes) this.#note(note)
    this.#pass('to-client', instead ?? whole)
    this.#giveDue()
  }

  #goBlind(): void {
    this.#state = 'blind'
    this.#warn('CON_FTP_ENCRYPTED')
    this.#pass('to-client', this.#passive?.bytes)
    this.#pass('to-client', this.#replies.takeBytes())
    this.#pass('to-server', this.#client.takeBytes())
  }

  #warn(code: 'CON_FTP_ENCRYPTED' | 'CON_FTP_ACTIVE_REFUSED', more?: string): void {
    const text = more === undefined ? STATUS[code] : `${STATUS[code]} ${more}`
    this.#note({ type: 'warning', status: { code, text } })
  }

  #note(note: ConnectorNote | undefined): void {
    if (note) this.#out.note(note)
  }

  #pass(to: 'to-server' | 'to-client', bytes: Buffer | undefined): void {
    if (bytes && bytes.length > 0) this.#out.pass(to, bytes)
  }

  #fail(why: string): void {
    this.#state = 'failed'
    const text = `${STATUS.CON_FTP_PROTOCOL} To be exact, ${why}.`
    this.#out.fail({ code: 'CON_FTP_PROTOCOL', text })
  }

  #done(): readonly Inspected[] {
    return this.#out.take()
  }
}
