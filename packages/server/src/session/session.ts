import type { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import { SessionTls } from '@portolan/channels'
import { type HashAlgorithm, type Line, type MlsxFact, parseCommand, type Reply } from '@portolan/protocol'
import type { Command } from '../commands/command.ts'
import { Refused } from '../commands/command.ts'
import { commandOf } from '../commands/table.ts'
import type { SessionEvent } from '../events.ts'
import type { ControllerLink, SessionInfo } from '../link.ts'
import type { Account } from '../policy/account.ts'
import { CommandPace } from '../policy/command-pace.ts'
import type { ReplyKey, ReplyValues } from '../replies.ts'
import { replyForError } from '../reply-for-error.ts'
import type { Transfer } from '../transfer/transfer.ts'
import type { WorkerContext } from '../worker/context.ts'
import { ControlConnection, MAX_COMMAND_LINE } from './control.ts'
import { DataPlan } from './data-plan.ts'
import { INITIAL_REPRESENTATION, type Preparation, type Representation, type SessionState } from './state.ts'
import type { UserFiles } from './user-files.ts'

/** Verbs of other protocols that browsers and scanners send: a web page must not drive an FTP server (cross-protocol attack). */
const NOT_FTP = /^(GET|POST|PUT|HEAD|DELETE|OPTIONS|CONNECT|TRACE|PATCH|EHLO|HELO|PRI|SSH)\b/

/** The ends of a control connection. */
export interface SessionEnds {
  /** The client's address and port, as PROXY protocol or the socket gives them. */
  readonly client: { readonly address: string; readonly port: number }
  /** Our address on the control connection. */
  readonly local: string
  /** The address the client dialled: PROXY protocol's destination, else `local`. */
  readonly destination: string
}

/** Who looks after a session: its worker. */
export interface SessionOwner {
  /** Read anew for every use, so that new settings reach new commands at once. */
  readonly context: WorkerContext
  readonly link: ControllerLink
  emit(session: Session, event: SessionEvent): void
  closed(session: Session, reason: string): void
  openFiles(account: Account): Promise<UserFiles>
}

/**
 * One control connection and all that hangs on it. It takes lines in order, one final reply for each; a transfer runs
 * beside the reading, so that ABOR, STAT, NOOP and QUIT are seen while bytes move.
 */
export class Session {
  readonly id: string
  readonly listener: string
  readonly ends: SessionEnds
  readonly since = Date.now()
  readonly control: ControlConnection
  readonly data: DataPlan
  readonly owner: SessionOwner
  state: SessionState = { phase: 'greeted' }
  prepared: Preparation = { kind: 'none' }
  representation: Representation = INITIAL_REPRESENTATION
  /** Set while the control connection is, or was before CCC, under TLS. */
  tls: SessionTls | undefined
  /** Milliseconds; SITE IDLE changes it. */
  idleTimeout: number
  /** What HOST, CLNT and OPTS set. */
  readonly client: { host?: string; name?: string; mlstFacts?: ReadonlySet<MlsxFact>; hash?: HashAlgorithm } =
    {}
  transfer: Transfer | undefined
  /** What has to happen once the reply of the running command is out: a TLS handshake. */
  afterReply: (() => Promise<void>) | undefined
  /** Close once the reply of the running command is out, although its code does not say so. */
  closeAfterReply = false
  #life: AbortController | undefined
  #login: 'idle' | 'checking' = 'idle'
  #running: Promise<void> | undefined
  #busy = false
  readonly #pace: CommandPace

  constructor(
    socket: Socket,
    about: { id: string; listener: string; ends: SessionEnds },
    owner: SessionOwner,
  ) {
    this.id = about.id
    this.listener = about.listener
    this.ends = about.ends
    this.owner = owner
    this.idleTimeout = owner.context.settings.timeouts.idle
    this.#pace = new CommandPace(owner.context.settings.limits.commandsPerSecond)
    this.data = new DataPlan(this)
    this.control = new ControlConnection(socket, {
      onInput: () => void this.#advance(),
      onClosed: reason => void this.#ended(reason),
    })
  }

  get context(): WorkerContext {
    return this.owner.context
  }

  get account(): Account | undefined {
    return this.state.phase === 'ready' ? this.state.account : undefined
  }

  /** The user's files. Handlers of rows with `login: 'required'` may take them for granted. */
  get files(): UserFiles {
    if (this.state.phase !== 'ready') throw new Refused(this.say('login.first'))
    return this.state.files
  }

  /** True while replies and commands go under TLS. */
  get secured(): boolean {
    return 'encrypted' in this.control.socket
  }

  /** Fires when the session is over. */
  get signal(): AbortSignal {
    this.#life ??= new AbortController()
    return this.#life.signal
  }

  /** Bounds one TLS handshake. */
  handshakeSignal(): AbortSignal {
    return AbortSignal.timeout(this.context.settings.timeouts.handshake)
  }

  say(key: ReplyKey, values?: ReplyValues): Reply {
    return this.context.texts.say(key, values)
  }

  /** A {@link Refused} to throw. */
  refuse(key: ReplyKey, values?: ReplyValues): Refused {
    return new Refused(this.say(key, values))
  }

  emit(event: SessionEvent): void {
    this.owner.emit(this, event)
  }

  /** Takes what an earlier command prepared; it is gone afterwards. */
  takePrepared(): Preparation {
    const prepared = this.prepared
    this.prepared = { kind: 'none' }
    return prepared
  }

  info(worker: number): SessionInfo {
    const transfer = this.transfer
    return {
      session: this.id,
      worker,
      user: this.account?.user,
      address: this.ends.client.address,
      listener: this.listener,
      tls: this.secured,
      since: this.since,
      transfer: transfer && { command: transfer.command, path: transfer.path, bytes: transfer.bytes },
      idleMs: Date.now() - this.control.lastInput,
    }
  }

  /** Ends the session once its transfer has had its reply: a graceful stop. */
  finishAfterTransfer(reply: Reply): void {
    void this.#running?.finally(() => this.finish(reply, 'shutdown'))
  }

  /** Sends a reply and then closes. */
  finish(reply: Reply, reason: string): void {
    this.control.send(reply)
    this.control.close(reason)
  }

  /**
   * Ends a session that is too long without a command, or without a login. The idle timer rests while data moves
   * or is awaited: transfers have their own bounds.
   */
  checkIdle(now: number): void {
    if (this.transfer || this.control.closing || this.#login === 'checking') return
    const { timeouts } = this.context.settings
    if (this.state.phase !== 'ready' && now - this.since > timeouts.login) {
      const seconds = Math.round(timeouts.login / 1000)
      return this.finish(this.say('session.login-timeout', { seconds }), 'no login in time')
    }
    if (now - this.control.lastInput <= this.idleTimeout) return
    const seconds = Math.round(this.idleTimeout / 1000)
    this.finish(this.say('session.idle', { seconds }), 'idle')
  }

  /** ABOR: ends the running transfer and resolves once its own reply has gone out. Answers whether there was one. */
  async abortTransfer(): Promise<boolean> {
    const running = this.#running
    if (!running) return false
    this.transfer?.abort({ code: 'aborted', text: 'ABOR was sent' })
    await running
    return true
  }

  /** Marks that a password is being checked: the login timeout rests. */
  async whileLoggingIn<T>(work: () => Promise<T>): Promise<T> {
    this.#login = 'checking'
    try {
      return await work()
    } finally {
      this.#login = 'idle'
    }
  }

  /** AUTH, and the first thing on an implicit listener: the control connection goes on under TLS. */
  async beginTls(): Promise<void> {
    const options = this.context.tlsOptions
    if (!options) return this.control.destroy('no certificate for TLS')
    const tls = new SessionTls(options)
    try {
      await this.control.replaceSocket(socket => tls.wrapControl(socket, this.handshakeSignal()))
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error)
      this.emit({ type: 'tls-failed', text })
      return this.control.destroy(`TLS handshake: ${text}`)
    }
    this.tls = tls
    const socket = this.control.socket
    if (socket instanceof TLSSocket) {
      const { standardName } = socket.getCipher()
      this.emit({ type: 'tls', protocol: socket.getProtocol() ?? 'unknown', cipher: standardName })
    }
  }

  /** Tells the controller that files of the user went away. */
  freeQuota(freed: { bytes: number; files: number }): void {
    const { account } = this
    if (account?.quota)
      this.owner.link.settleQuota({ user: account.user, bytes: -freed.bytes, files: -freed.files })
  }

  /** Ends the user's part of the session: REIN, and the end. */
  async logOut(): Promise<void> {
    const state = this.state
    this.state = { phase: 'greeted' }
    this.prepared = { kind: 'none' }
    this.representation = INITIAL_REPRESENTATION
    await this.data.reset()
    if (state.phase === 'ready') await state.files[Symbol.asyncDispose]()
  }

  /** Takes waiting lines, as far as a running transfer lets them through. Never runs twice at once. */
  async #advance(): Promise<void> {
    if (this.#busy) return
    this.#busy = true
    try {
      while (!this.control.closing) {
        const [first] = this.control.waiting
        if (!first) break
        if (this.#running && !this.#passesTransfer(first)) {
          this.#abortIfAsked()
          await this.#running
          continue
        }
        const wait = this.#pace.take(Date.now())
        if (wait > 0) await new Promise(resolve => setTimeout(resolve, wait))
        const line = this.control.next()
        if (line) await this.#answer(line)
      }
      if (this.control.ended && !this.control.closing) this.#clientLeft()
    } finally {
      this.#busy = false
    }
  }

  /** The client sent its end. A transfer it did not wait for is broken off, unless QUIT said that it waits. */
  #clientLeft(): void {
    if (this.#running) {
      this.transfer?.abort({ code: 'aborted', text: 'the control connection ended during the transfer' })
      void this.#running.finally(() => this.control.close('the client closed the connection'))
    } else {
      this.control.close('the client closed the connection')
    }
  }

  #passesTransfer(line: Line): boolean {
    if (line.kind !== 'line') return false
    const command = parseCommand(line.text)
    return !!command && commandOf(command.verb)?.duringTransfer !== undefined
  }

  /** ABOR acts at once, even where its reply has to wait for the replies to lines before it. */
  #abortIfAsked(): void {
    for (const line of this.control.waiting) {
      if (line.kind !== 'line') continue
      const verb = parseCommand(line.text)?.verb
      if (verb && commandOf(verb)?.duringTransfer === 'aborts') {
        return this.transfer?.abort({ code: 'aborted', text: 'ABOR was sent' })
      }
    }
  }

  async #answer(line: Line): Promise<void> {
    if (line.kind === 'too-long')
      return this.control.send(this.say('command.too-long', { bytes: MAX_COMMAND_LINE }))
    const parsed = parseCommand(line.text)
    const command = parsed && commandOf(parsed.verb)
    if (!command) return this.#refuseUnknown(line.text, parsed?.verb)
    const work = this.#run(parsed.verb, parsed.argument, command)
    if (!command.transfers) return work
    const running = work.finally(() => {
      this.#running = undefined
      void this.#advance()
    })
    this.#running = running
  }

  #refuseUnknown(text: string, verb: string | undefined): void {
    const [other] = NOT_FTP.exec(text) ?? []
    if (other) {
      return this.finish(
        this.say('command.not-ftp', { verb: other }),
        `the client speaks another protocol: ${other}`,
      )
    }
    if (text.startsWith('\x16\x03')) return this.control.destroy('TLS where the listener speaks in the clear')
    this.control.send(verb ? this.say('command.unknown', { verb }) : this.say('command.garbage'))
  }

  /** One line, exactly one final reply. */
  async #run(verb: string, argument: string, command: Command): Promise<void> {
    const started = performance.now()
    const answer = await this.execute(verb, argument, command).catch((error: unknown) =>
      this.#replyFor(error, verb),
    )
    this.control.send(answer)
    if (this.context.reportCommands) {
      const shown = verb === 'PASS' || verb === 'ACCT' ? '***' : argument
      this.emit({
        type: 'command',
        verb,
        argument: shown,
        reply: answer.code,
        ms: performance.now() - started,
      })
    }
    if (answer.code === 421 || answer.code === 221 || this.closeAfterReply) {
      this.control.close(answer.code === 221 ? 'QUIT' : answer.lines[0])
    }
    const after = this.afterReply
    this.afterReply = undefined
    if (after) await after()
  }

  /** Carries out a row after the checks it asks for. SITE comes here again with the rows of its own. */
  async execute(verb: string, argument: string, command: Command): Promise<Reply> {
    const refusal = this.#check(verb, argument, command)
    if (refusal) return refusal
    const path = this.#pathOf(argument, command)
    const permission = command.path?.needs
    if (permission && !this.files.may(permission, path)) return this.say('file.denied', { permission, path })
    return command.run(this, { verb, argument, path })
  }

  #replyFor(error: unknown, verb: string): Reply {
    const known = replyForError(error, this.context.texts)
    if (known) return known
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
    this.emit({ type: 'warning', code: 'command-failed', text: `${verb}: ${text}` })
    return this.say('command.failed')
  }

  /** The checks that a row asks for, in the order in which their replies matter to a client. */
  #check(verb: string, argument: string, command: Command): Reply | undefined {
    if (command.login === 'required' && this.state.phase !== 'ready') return this.say('login.first')
    if (argument.includes('\0'))
      return this.say('command.bad-argument', { text: 'An argument cannot hold NUL.' })
    if (command.argument === 'required' && argument === '') {
      return this.say('command.needs-argument', { syntax: command.syntax })
    }
    if (command.argument === 'none' && argument.trim() !== '') {
      return this.say('command.no-argument', { verb, syntax: command.syntax })
    }
    const account = this.account
    if (account && this.context.forbids(account.userClass, verb))
      return this.say('command.forbidden', { verb })
    return undefined
  }

  #pathOf(argument: string, command: Command): string {
    if (!command.path) return ''
    const text = command.path.parse ? command.path.parse(argument) : argument
    return text === '' ? this.files.cwd : this.files.resolve(text)
  }

  async #ended(reason: string): Promise<void> {
    this.#life?.abort()
    this.transfer?.abort({ code: 'aborted', text: `the control connection ended: ${reason}` })
    await this.#running
    await this.logOut()
    this.owner.closed(this, reason)
  }
}
