import type { Socket } from 'node:net'
import { type CipherNameAndProtocol, TLSSocket } from 'node:tls'
import { type Advertised, SessionTls } from '@portolan/channels'
import type { Endpoint, HashAlgorithm, MlsxFact, Reply } from '@portolan/protocol'
import type { ListenerSettings } from '@portolan/settings'
import { Refused } from '../commands/command.ts'
import type { SessionEvent } from '../events.ts'
import type { ControllerLink } from '../link.ts'
import type { Account } from '../policy/account.ts'
import { ProbeLimit } from '../policy/probe-limit.ts'
import type { ReplyKey, ReplyValues } from '../replies.ts'
import type { Transfer } from '../transfer/transfer.ts'
import type { WorkerContext } from '../worker/context.ts'
import { ControlConnection } from './control.ts'
import { DataLog } from './data-log.ts'
import { DataPlan } from './data-plan.ts'
import { Dispatcher } from './dispatcher.ts'
import { INITIAL_REPRESENTATION, type Preparation, type Representation, type SessionState } from './state.ts'
import type { UserFiles } from './user-files.ts'

/** The ends of a control connection. */
export interface SessionEnds {
  /** The client's address and port, as PROXY protocol or the socket gives them. */
  readonly client: Endpoint
  /** Our address on the control connection. */
  readonly local: string
  /** The address the client dialled: PROXY protocol's destination, else `local`. */
  readonly destination: string
  /** The port the client dialled. */
  readonly destinationPort: number
  /** Where the proxy in front takes data connections, if it says so: that is told instead of our own. */
  readonly advertised?: Advertised
  /** The two ends of the socket itself, whatever PROXY protocol says. */
  readonly socket: { readonly peer: Endpoint; readonly local: Endpoint }
}

/** Who looks after a session: its worker. */
export interface SessionOwner {
  /** Read anew for every use, so that new settings reach new commands at once. */
  readonly context: WorkerContext
  readonly link: ControllerLink
  emit(session: Session, event: SessionEvent): void
  closed(session: Session, reason: string): void
  /** Bytes of a data connection that is over. */
  moved(direction: Transfer['direction'], bytes: number): void
  openFiles(account: Account): Promise<UserFiles>
}

/**
 * One control connection and all that hangs on it. It takes lines in order, one final reply for each; a transfer runs
 * beside the reading, so that ABOR, STAT, NOOP and QUIT are seen while bytes move.
 */
export class Session {
  readonly id: string
  #listenerSettings: ListenerSettings
  readonly ends: SessionEnds
  readonly since = Date.now()
  readonly control: ControlConnection
  readonly data: DataPlan
  readonly dataLog = new DataLog()
  readonly probes = new ProbeLimit()
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
  #transfer: Transfer | undefined
  /** Since when nobody is logged in. */
  #loggedOutAt = Date.now()
  /** What has to happen once the reply of the running command is out: a TLS handshake. */
  afterReply: (() => PromiseLike<void>) | undefined
  /** Close once the reply of the running command is out, although its code does not say so. */
  closeAfterReply = false
  #life: AbortController | undefined
  readonly #dispatcher: Dispatcher

  constructor(
    socket: Socket,
    about: { id: string; listener: ListenerSettings; ends: SessionEnds },
    owner: SessionOwner,
  ) {
    this.id = about.id
    this.#listenerSettings = about.listener
    this.ends = about.ends
    this.owner = owner
    this.idleTimeout = owner.context.settings.timeouts.idle
    this.#dispatcher = new Dispatcher(this, owner.context.settings.limits.commandsPerSecond)
    this.data = new DataPlan(this)
    this.control = new ControlConnection(socket, {
      onInput: () => void this.#dispatcher.advance(),
      onClosed: reason => void this.#ended(reason),
    })
  }

  /** The name of the listener that the session came through. */
  get listener(): string {
    return this.#listenerSettings.name
  }

  /** Of the listener that the session came through; the last known ones when a reload took it away. */
  get listenerSettings(): ListenerSettings {
    this.#listenerSettings = this.context.listener(this.listener) ?? this.#listenerSettings
    return this.#listenerSettings
  }

  get context(): WorkerContext {
    return this.owner.context
  }

  /** The transfer that runs. */
  get transfer(): Transfer | undefined {
    return this.#transfer
  }

  set transfer(transfer: Transfer | undefined) {
    this.#transfer = transfer
    const cause = this.#dispatcher.abortCause
    if (cause) transfer?.abort(cause)
  }

  /** True when the client is gone without having said QUIT: what it sent last may not be all it wanted to send. */
  get deserted(): boolean {
    return this.control.closed || (this.control.ended && this.control.waiting.length === 0)
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

  /** Ends the session once its transfer has had its reply: a graceful stop. */
  finishAfterTransfer(reply: Reply): void {
    void this.#dispatcher.transferring?.finally(() => this.finish(reply, 'shutdown'))
  }

  /** Sends a reply and then closes. */
  finish(reply: Reply, reason: string): void {
    if (this.control.upgrading) return this.control.destroy(reason)
    this.control.send(reply)
    this.control.close(reason)
  }

  /**
   * Ends a session that is too long without a command, or without a login. The idle timer rests while data moves
   * or is awaited: transfers have their own bounds.
   */
  checkIdle(now: number): void {
    // A handshake has a bound of its own, and a client in the middle of it could not read a reply.
    if (this.#dispatcher.busy || this.control.closing || this.control.upgrading) return
    const { timeouts } = this.context.settings
    if (this.state.phase !== 'ready' && now - this.#loggedOutAt > timeouts.login) {
      const seconds = Math.round(timeouts.login / 1000)
      return this.finish(this.say('session.login-timeout', { seconds }), 'no login in time')
    }
    if (now - Math.max(this.control.lastInput, this.#dispatcher.lastAnswer) <= this.idleTimeout) return
    const seconds = Math.round(this.idleTimeout / 1000)
    this.finish(this.say('session.idle', { seconds }), 'idle')
  }

  /** ABOR. Answers whether there was a transfer, once that has had its own reply. */
  abortTransfer(): Promise<boolean> {
    return this.#dispatcher.abortTransfer()
  }

  /** What has to follow the reply that has just gone out; only once. */
  takeAfterReply(): (() => PromiseLike<void>) | undefined {
    const after = this.afterReply
    this.afterReply = undefined
    return after
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
      return this.emit({ type: 'tls-failed', text })
    }
    this.tls = tls
    const socket = this.control.socket
    if (socket instanceof TLSSocket) {
      // Null when the client is gone already, whatever the types say.
      const cipher: CipherNameAndProtocol | null = socket.getCipher()
      const protocol = socket.getProtocol() ?? 'unknown'
      this.emit({ type: 'tls', protocol, cipher: cipher?.standardName ?? 'unknown' })
    }
  }

  /** Tells the controller that files of the user went away. */
  freeQuota(path: string, freed: { bytes: number; files: number }): void {
    const { account } = this
    if (account?.quota && this.files.countsToQuota(path))
      this.owner.link.settleQuota({ user: account.user, bytes: -freed.bytes, files: -freed.files })
  }

  /** Ends the user's part of the session: REIN, and the end. */
  async logOut(): Promise<void> {
    const state = this.state
    this.state = { phase: 'greeted' }
    this.#loggedOutAt = Date.now()
    this.prepared = { kind: 'none' }
    this.representation = INITIAL_REPRESENTATION
    await this.data.reset()
    this.dataLog.clear()
    if (state.phase === 'ready') await state.files[Symbol.asyncDispose]()
  }

  async #ended(reason: string): Promise<void> {
    this.#life?.abort()
    this.#dispatcher.abort({ code: 'aborted', text: `the control connection ended: ${reason}` })
    await this.#dispatcher.transferring
    await this.logOut()
    this.owner.closed(this, reason)
  }
}
