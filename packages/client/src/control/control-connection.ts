import type { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import { type ClientTls, unwrapControlClient } from '@portolan/channels'
import {
  type Endpoint,
  formatCommand,
  formatEndpoint,
  normaliseAddress,
  ProtocolError,
  type Reply,
  ReplyReader,
} from '@portolan/protocol'
import { aborted, FtpError, type Phase, replyText } from '../errors.ts'
import type { ClientEvent } from '../events.ts'
import type { Timeouts } from '../timeouts.ts'
import { Exchange } from './exchange.ts'
import { ExpectQueue } from './expect-queue.ts'

/** Commands whose argument is a secret. */
const SECRET = new Set(['PASS', 'ACCT'])
/** A reply that belongs to nobody is noted; a server that goes on so is no FTP server. */
const MOST_UNEXPECTED = 32
/** What is said of data that has moved, or was to. RFC 959 section 4.2.2. */
const ENDS_OF_TRANSFERS = new Set([225, 226, 426])
/** How many 1yz replies to one command give the server its whole time again: one that says them for ever never answers. */
const MOST_RENEWALS = 8

export interface ControlOptions {
  /** Counts control connections, for the events. */
  readonly session: number
  readonly timeouts: Timeouts
  emit(event: ClientEvent): void
}

/** What a command may bring along. */
export interface SendOptions {
  /** Bound on the wait for its reply, in milliseconds. Default: the reply time-out. */
  readonly replyMs?: number
  readonly outOfTurn?: (reply: Reply) => boolean
  /** It moves data, or ends what does. Default false. */
  readonly transfers?: boolean
}

/**
 * A control connection: commands go out, replies come back in order. It is read all the time, so that a 421 or 426 is seen
 * whatever else is going on. Once it has failed it stays so, and {@link lost} says why.
 */
export class ControlConnection implements AsyncDisposable {
  readonly local: Endpoint
  readonly remote: Endpoint
  readonly #options: ControlOptions
  readonly #queue = new ExpectQueue()
  readonly #lost = new AbortController()
  #reader = new ReplyReader()
  #socket: Socket
  /** The socket below TLS. */
  readonly #raw: Socket
  #timer: NodeJS.Timeout | undefined
  #error: FtpError | undefined
  #unexpected = 0
  /** The last command that was answered moved data: some servers have another word on it. */
  #transferred = false
  #closing = false

  /** @param socket - stands; its greeting is the first reply, see {@link expectGreeting} */
  constructor(socket: Socket, options: ControlOptions) {
    this.#socket = socket
    this.#raw = socket
    this.#options = options
    this.local = endpointOf(socket.localAddress, socket.localPort)
    this.remote = endpointOf(socket.remoteAddress, socket.remotePort)
    this.#attach(socket)
  }

  /** Fires when the connection has ended; its reason is the {@link FtpError} that says why. */
  get lost(): AbortSignal {
    return this.#lost.signal
  }

  /** Why the connection ended, once it has. */
  get error(): FtpError | undefined {
    return this.#error
  }

  get underTls(): boolean {
    return this.#socket instanceof TLSSocket
  }

  /** Commands sent whose final reply has not come. */
  get pending(): number {
    return this.#queue.length
  }

  /** Waits for the greeting: the reply to no command. */
  expectGreeting(): Exchange {
    const { greeting } = this.#options.timeouts
    return this.#expect(new Exchange('the greeting', { bound: { name: 'greeting', ms: greeting } }))
  }

  /**
   * Sends a command without waiting for anything.
   *
   * @throws {FtpError} `FTP_SETTING` for an argument that cannot be sent, or what ended the connection before
   */
  send(verb: string, argument?: string, options: SendOptions = {}): Exchange {
    if (this.#error) throw this.#error
    const shown = showCommand(verb, argument)
    let line: Buffer
    try {
      line = formatCommand(verb, argument)
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error)
      throw new FtpError('FTP_SETTING', message, { phase: 'settings', cause: error })
    }
    const ms = options.replyMs ?? this.#options.timeouts.reply
    const { outOfTurn, transfers } = options
    const exchange = new Exchange(shown, { bound: { name: 'reply', ms }, outOfTurn, transfers })
    this.#expect(exchange)
    this.#options.emit({ type: 'sent', session: this.#options.session, line: shown })
    this.#write(line)
    return exchange
  }

  /**
   * Sends a command and waits for its final reply, whatever that says. When the signal fires first, the connection is
   * ended: nobody could tell any more which reply belongs to what.
   */
  async ask(
    verb: string,
    argument: string | undefined,
    signal: AbortSignal,
    options: SendOptions = {},
  ): Promise<Reply> {
    if (signal.aborted) throw aborted('command', signal)
    const exchange = this.send(verb, argument, options)
    return this.settled(exchange, signal)
  }

  /** The final reply of an exchange, with the signal as in {@link ask}. */
  async settled(exchange: Exchange, signal: AbortSignal): Promise<Reply> {
    const stop = () => this.destroy(aborted('command', signal))
    signal.addEventListener('abort', stop, { once: true })
    if (signal.aborted) stop()
    try {
      return await exchange.final
    } finally {
      signal.removeEventListener('abort', stop)
    }
  }

  /** Data moves: the oldest reply has its whole time again. */
  touch(): void {
    this.#timer?.refresh()
  }

  /**
   * Goes on under TLS. What the server has sent in the clear behind its 234 is an attack or a mistake, and ends the
   * connection (CVE-2011-0411).
   *
   * @throws {FtpError} `FTP_TLS` or `FTP_PROTOCOL`; the connection has ended then
   */
  async startTls(tls: ClientTls, signal: AbortSignal): Promise<void> {
    const socket = this.#detach()
    if (this.#reader.discard() > 0 || this.#unexpected > 0) {
      throw this.destroy(
        new FtpError(
          'FTP_PROTOCOL',
          'The server sent text in the clear where TLS had to begin: somebody may be in between.',
          { phase: 'tls' },
        ),
      )
    }
    const bound = AbortSignal.any([signal, AbortSignal.timeout(this.#options.timeouts.tls)])
    let secured: TLSSocket
    try {
      secured = await tls.wrapControl(socket, bound)
    } catch (error) {
      if (signal.aborted) throw this.destroy(aborted('tls', signal))
      const message = error instanceof Error ? error.message : String(error)
      throw this.destroy(new FtpError('FTP_TLS', message, { phase: 'tls', cause: error }))
    }
    if (this.#error) {
      secured.destroy()
      throw this.#error
    }
    this.#attach(secured)
    const cipher = secured.getCipher()
    this.#options.emit({
      type: 'tls',
      session: this.#options.session,
      channel: 'control',
      protocol: secured.getProtocol() ?? 'unknown',
      cipher: cipher?.name ?? 'unknown',
      reused: secured.isSessionReused(),
    })
  }

  /** Goes on in the clear, after the 200 to CCC. RFC 4217 section 12.3. */
  async endTls(): Promise<void> {
    const socket = this.#socket
    if (!(socket instanceof TLSSocket)) return
    this.#detach()
    this.#attach(await unwrapControlClient(socket))
  }

  /**
   * Says QUIT and ends our half. Nobody waits for the 221, which takes vsftpd half a second behind a large upload: the
   * server's end is waited for in the background, bounded, and holds no process. Never throws.
   */
  async close(): Promise<void> {
    if (this.#error) return
    this.#closing = true
    const socket = this.#socket
    const said = Promise.withResolvers<void>()
    try {
      this.send('QUIT')
    } catch {
      // It ended meanwhile, which is what was wanted.
    }
    this.#detach()
    this.#end(new FtpError('FTP_CLOSED', 'The session was closed.', { phase: 'command' }))
    // What the server still says is not read by anybody, and a reset in answer to it means nothing any more.
    socket
      .on('error', () => {})
      .once('end', () => socket.destroy())
      .once('close', said.resolve)
    const timer = setTimeout(() => socket.destroy(), this.#options.timeouts.quit)
    socket.once('close', () => clearTimeout(timer))
    socket.resume()
    socket.end(said.resolve)
    await said.promise
    timer.unref()
    this.#raw.unref()
  }

  /** Ends the connection now; every wait gets this error. Answers the first error that ended it. */
  destroy(error: FtpError): FtpError {
    if (this.#error) return this.#error
    this.#socket.destroy()
    this.#end(error)
    return error
  }

  #end(error: FtpError): void {
    this.#error = error
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#queue.fail(error)
    this.#lost.abort(error)
    const because = { code: this.#closing ? 'quit' : error.code, text: error.message }
    this.#options.emit({ type: 'closed', session: this.#options.session, because })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  /** Commands that are sent in one breath go out in one packet: it wakes the server once. */
  #write(line: Buffer): void {
    const socket = this.#socket
    if (socket.writableCorked === 0) {
      socket.cork()
      process.nextTick(() => socket.uncork())
    }
    socket.write(line)
  }

  #attach(socket: Socket): void {
    this.#socket = socket
    this.#reader = new ReplyReader()
    socket.on('data', this.#onData).on('end', this.#onEnd).on('error', this.#onError).on('close', this.#onEnd)
    socket.resume()
  }

  #detach(): Socket {
    return this.#socket
      .off('data', this.#onData)
      .off('end', this.#onEnd)
      .off('error', this.#onError)
      .off('close', this.#onEnd)
      .pause()
  }

  #expect(exchange: Exchange): Exchange {
    this.#queue.push(exchange)
    exchange.onBound(() => {
      if (this.#queue.oldest === exchange) this.#arm()
    })
    if (this.#queue.oldest === exchange) this.#arm()
    return exchange
  }

  /** The oldest exchange alone is timed: those behind it cannot be answered before. */
  #arm(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const oldest = this.#queue.oldest
    const bound = oldest?.bound
    if (!oldest || !bound || this.#error) return
    this.#timer = setTimeout(() => {
      const text = `The server did not answer ${oldest.command} within ${bound.ms / 1000} seconds (${bound.name} time-out).`
      const phase: Phase = bound.name === 'completion' ? 'completion' : 'command'
      this.destroy(new FtpError('FTP_TIMEOUT', text, { phase, command: oldest.command, retryable: true }))
    }, bound.ms)
  }

  readonly #onData = (chunk: Buffer): void => {
    try {
      for (const reply of this.#reader.push(chunk)) {
        if (this.#error) return
        this.#onReply(reply)
      }
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error
      this.destroy(new FtpError('FTP_PROTOCOL', error.message, { phase: 'command', cause: error }))
    }
  }

  #onReply(reply: Reply): void {
    const { emit, session } = this.#options
    emit({ type: 'received', session, reply })
    const { oldest } = this.#queue
    const taken = this.#isStale(reply, oldest) ? 'unexpected' : this.#queue.take(reply)
    if (taken === 'final') {
      this.#transferred = oldest?.transfers ?? false
      this.#unexpected = 0
      this.#arm()
    } else if (taken === 'preliminary') {
      if ((oldest?.preliminaries ?? 0) <= MOST_RENEWALS) this.touch()
    } else if (reply.code !== 421) this.#passOver(reply)
    // RFC 959 section 5.4: 421 may be the reply to any command, and nothing comes after it.
    if (reply.code === 421) {
      const text = `The server closes the control connection: ${replyText(reply)}`
      this.destroy(new FtpError('FTP_CLOSED', text, { phase: 'command', reply, retryable: true }))
    }
  }

  /** A second word on a transfer that is over would be taken for the reply to what was asked since. */
  #isStale({ code }: Reply, oldest: Exchange | undefined): boolean {
    return this.#transferred && oldest?.transfers === false && ENDS_OF_TRANSFERS.has(code)
  }

  #passOver(reply: Reply): void {
    const { emit, session } = this.#options
    const text = `The server sent ${replyText(reply)}, which answers nothing that was asked: it is passed over.`
    emit({ type: 'warning', session, because: { code: 'unexpected-reply', text } })
    if (++this.#unexpected > MOST_UNEXPECTED)
      this.destroy(
        new FtpError('FTP_PROTOCOL', 'The server sends replies without end.', { phase: 'command' }),
      )
  }

  readonly #onEnd = (): void => {
    const command = this.#queue.oldest?.command
    const during = command === undefined ? '' : ` instead of answering ${command}`
    const text = `The server closed the control connection${during}.`
    this.destroy(new FtpError('FTP_CLOSED', text, { phase: 'command', command, retryable: true }))
  }

  readonly #onError = (error: NodeJS.ErrnoException): void => {
    const text = `The control connection to ${formatEndpoint(this.remote)} broke: ${explain(error)}.`
    const command = this.#queue.oldest?.command
    this.destroy(
      new FtpError('FTP_CLOSED', text, { phase: 'command', command, retryable: true, cause: error }),
    )
  }
}

/** A command as logs and errors show it. */
export function showCommand(verb: string, argument: string | undefined): string {
  if (argument === undefined) return verb
  return `${verb} ${SECRET.has(verb.toUpperCase()) ? '****' : argument}`
}

function explain(error: NodeJS.ErrnoException): string {
  if (error.code === 'ECONNRESET' || error.code === 'EPIPE')
    return 'the server or something on the way reset it'
  if (error.code === 'ETIMEDOUT') return 'the server could not be reached any more'
  if (error.code?.startsWith('ERR_SSL')) return `TLS failed: ${error.message}`
  return error.message
}

function endpointOf(address: string | undefined, port: number | undefined): Endpoint {
  return { address: normaliseAddress(address ?? '0.0.0.0'), port: port ?? 0 }
}
