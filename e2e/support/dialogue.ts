import assert from 'node:assert/strict'
import { connect, isIPv6, type Socket } from 'node:net'
import type { SecureVersion, TLSSocket } from 'node:tls'
import { type ClientTls, TlsSessions } from './client-tls.ts'
import type { LinkEnd } from './data-link.ts'
import { WireReplies, type WireReply } from './wire-reply.ts'
import { within } from './within.ts'

/** Bound of every wait, in milliseconds, unless a test says otherwise. */
const LIMIT_MS = 10_000

/** Where a dialogue begins. */
export interface DialogueTarget {
  readonly host: string
  readonly port: number
  /** Address to come from, such as one of 127.0.0.0/8; default: the system's choice. */
  readonly from?: string
  /** TLS from the first byte, of this version. */
  readonly tlsFromStart?: SecureVersion
}

/** A control connection that a test speaks line by line, right or wrong. */
export class Dialogue implements AsyncDisposable {
  readonly target: DialogueTarget
  readonly #raw: Socket
  #stream: Socket | TLSSocket
  #tls: ClientTls | undefined
  readonly #parser = new WireReplies()
  readonly #replies: WireReply[] = []
  #waiting: PromiseWithResolvers<void> | undefined
  #over: LinkEnd | undefined
  #broken: Error | undefined
  /** Set once the control connection is under TLS; data connections take their tickets from here. */
  sessions: TlsSessions | undefined
  /** Whether data connections go under TLS: PROT P. */
  protect = false

  private constructor(target: DialogueTarget, raw: Socket) {
    this.target = target
    this.#raw = raw
    this.#stream = raw
    raw.on('error', () => this.#ended('reset'))
    raw.on('close', () => this.#ended('reset'))
  }

  /** Connects, and leaves the greeting to be read. */
  static async open(target: DialogueTarget): Promise<Dialogue> {
    const { host, port, from } = target
    const raw = connect({
      host,
      port,
      allowHalfOpen: true,
      noDelay: true,
      ...(from !== undefined && { localAddress: from }),
    })
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    raw.once('connect', resolve)
    raw.once('error', reject)
    await within(promise, LIMIT_MS, `connecting to ${host}:${port}`)
    const dialogue = new Dialogue(target, raw)
    if (target.tlsFromStart === undefined) dialogue.#listen()
    else {
      await dialogue.handshake(target.tlsFromStart)
      dialogue.protect = true
    }
    return dialogue
  }

  /** Connects and reads the greeting. */
  static async begin(target: DialogueTarget): Promise<Dialogue> {
    const dialogue = await Dialogue.open(target)
    await dialogue.expect(220)
    return dialogue
  }

  /** Our end: the data connections of a well-behaved client come from here. */
  get from(): string {
    return this.#raw.localAddress ?? '127.0.0.1'
  }

  get isIPv6(): boolean {
    return isIPv6(this.target.host)
  }

  get tls(): TLSSocket | undefined {
    return this.#tls?.stream
  }

  /** Replies that came and were not read yet. */
  get unread(): readonly WireReply[] {
    return this.#replies
  }

  /** True once the connection has ended. */
  get isOver(): boolean {
    return this.#over !== undefined || this.#raw.destroyed
  }

  /** Sends bytes as they are. Text goes out as Latin-1, so that any byte can be written down. */
  write(bytes: Buffer | string): void {
    this.#stream.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes)
  }

  /** Sends a line in UTF-8, with its CRLF. */
  line(text: string): void {
    this.#stream.write(`${text}\r\n`)
  }

  /** The next reply, preliminary ones too. @throws {Error} when the connection ends before it, or after `limitMs` */
  async reply(limitMs = LIMIT_MS): Promise<WireReply> {
    const end = performance.now() + limitMs
    for (;;) {
      const reply = this.#replies.shift()
      if (reply) return reply
      if (this.#broken) throw this.#broken
      if (this.#over)
        throw new Error(`the control connection is over (${this.#over}) and a reply was awaited`)
      this.#waiting ??= Promise.withResolvers<void>()
      await within(this.#waiting.promise, end - performance.now(), 'a reply')
    }
  }

  /** The next reply, which has to have this code. */
  async expect(code: number, pattern?: RegExp): Promise<WireReply> {
    const reply = await this.reply()
    assert.equal(reply.code, code, `${reply.code} ${reply.text}, and not ${code}`)
    if (pattern) assert.match(reply.text, pattern)
    return reply
  }

  /** Resolves when the next bytes come, be they a whole reply or not. */
  async stirred(limitMs = LIMIT_MS): Promise<void> {
    this.#waiting ??= Promise.withResolvers<void>()
    await within(this.#waiting.promise, limitMs, 'bytes on the control connection')
  }

  /** Sends a line and reads the next reply. */
  async ask(line: string, code?: number, pattern?: RegExp): Promise<WireReply> {
    this.line(line)
    if (code === undefined) return this.reply()
    const reply = await this.reply()
    assert.equal(reply.code, code, `${line}: ${reply.code} ${reply.text}, and not ${code}`)
    if (pattern) assert.match(reply.text, pattern, line)
    return reply
  }

  async logIn(user: string, password: string): Promise<this> {
    await this.ask(`USER ${user}`, 331)
    await this.ask(`PASS ${password}`, 230)
    return this
  }

  /** The client's side of a TLS handshake on the control connection. */
  async handshake(version: SecureVersion): Promise<void> {
    assert.ok(this.#parser.idle, 'bytes in the clear before the TLS handshake')
    this.#raw.off('data', this.#onData).off('end', this.#onEnd)
    this.sessions = new TlsSessions(version)
    this.#tls = await this.sessions.secure(this.#raw)
    this.#stream = this.#tls.stream
    this.#listen()
  }

  /** AUTH TLS, the handshake, PBSZ and PROT. */
  async secure(version: SecureVersion, prot: 'P' | 'C' = 'P'): Promise<this> {
    await this.ask('AUTH TLS', 234)
    await this.handshake(version)
    await this.ask('PBSZ 0', 200)
    await this.ask(`PROT ${prot}`, 200)
    this.protect = prot === 'P'
    return this
  }

  /** CCC and its reply, close_notify of both sides, and on in the clear over the same connection. */
  async clear(): Promise<void> {
    const tls = this.#tls
    assert.ok(tls, 'CCC needs TLS')
    const { stream, pipe } = tls
    // The server may end TLS in the same packet as its reply: that must not end TCP.
    pipe.endsTcp = false
    const theirs = new Promise<void>(resolve => stream.once('end', resolve))
    await this.ask('CCC', 200)
    await within(theirs, LIMIT_MS, 'close_notify of the server')
    if (!stream.writableEnded) await new Promise<void>(resolve => stream.end(resolve))
    pipe.release()
    stream.off('data', this.#onData).off('end', this.#onEnd)
    this.#tls = undefined
    this.#over = undefined
    this.#stream = this.#raw
    this.#listen()
  }

  /** FIN of TCP; under TLS without close_notify. Replies can still be read. */
  endTcp(): void {
    this.#raw.end()
  }

  /** The end as it should be. */
  end(): void {
    this.#stream.end()
  }

  /** RST. */
  reset(): void {
    this.#raw.resetAndDestroy()
  }

  /** Stops reading: replies pile up at the server. */
  pause(): void {
    this.#raw.pause()
  }

  /** The next reply, or how the server ended the connection without one. */
  async replyOrEnd(limitMs = LIMIT_MS): Promise<WireReply | LinkEnd> {
    return this.reply(limitMs).catch((error: unknown) => {
      if (this.#over) return this.#over
      throw error
    })
  }

  /** How the server ended the connection. Replies that came before stay to be read. */
  async ended(limitMs = LIMIT_MS): Promise<LinkEnd> {
    const end = performance.now() + limitMs
    while (!this.#over) {
      if (this.#broken) throw this.#broken
      this.#waiting ??= Promise.withResolvers<void>()
      await within(this.#waiting.promise, end - performance.now(), 'the end of the control connection')
    }
    return this.#over
  }

  /** QUIT, its reply, the end, and nothing else: no reply is left over. */
  async quit(): Promise<void> {
    await this.ask('QUIT', 221)
    assert.equal(await this.ended(), 'end')
    assert.deepEqual(this.#replies, [], 'replies that nobody asked for')
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#tls?.stream.destroy()
    this.#raw.destroy()
  }

  #listen(): void {
    this.#stream.on('data', this.#onData).on('end', this.#onEnd)
    this.#stream.resume()
  }

  readonly #onData = (chunk: Buffer): void => {
    try {
      this.#replies.push(...this.#parser.push(chunk))
    } catch (error) {
      this.#broken = error instanceof Error ? error : new Error(String(error))
    }
    this.#wake()
  }

  readonly #onEnd = (): void => {
    if (!this.#parser.idle) this.#broken = new Error('the control connection ended within a reply')
    // A server waits for our end, for a while, so that its last reply is not lost.
    if (!this.#tls || this.#tls.pipe.endsTcp) this.#stream.end()
    this.#ended('end')
  }

  #ended(how: LinkEnd): void {
    this.#over ??= how
    this.#wake()
  }

  #wake(): void {
    this.#waiting?.resolve()
    this.#waiting = undefined
  }
}
