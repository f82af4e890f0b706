import { EventEmitter } from 'node:events'
import type { Socket } from 'node:net'
import { encodeReply, normaliseAddress } from '@portolan/protocol'
import { type ListenerSettings, parseSettings, type Settings, type SettingsInput } from '@portolan/settings'
import { ControlListeners, type StandingListener } from './control-listeners.ts'
import type { Authenticator } from './controller/authenticator.ts'
import { Bans } from './controller/bans.ts'
import { certificateStamp, completeCertificate, loadCertificate } from './controller/certificates.ts'
import { Controller } from './controller/controller.ts'
import { ServerError } from './errors.ts'
import type { ServerEvent } from './events.ts'
import { type FileAccess, type FileAccessAsk, FileAccessError } from './file-access.ts'
import type { WebLogin, WebLoginAnswer } from './files/web-door.ts'
import type { BanInfo, DataConnectionInfo, PortsPicture, SessionDetail } from './inspect.ts'
import type { Certificate, Refusal, SessionInfo, WorkerFigures } from './link.ts'
import { ReplyTexts } from './replies.ts'
import { checkSurroundings, withoutUselessTls } from './surroundings.ts'

/** How often the certificate's files are looked at. */
const CERTIFICATE_MS = 10_000
/** How long a refused client may take to read why. */
const REFUSAL_MS = 2_000

const NOT_RUNNING = 'The FTP server is not running at the moment. Try again in a moment.'

/** How a server is run, beyond its settings. */
export interface FtpServerOptions {
  /**
   * Workers in processes of their own, `server.workers` of them. Default false: everything in this process, as tests
   * and embedding programs want it.
   */
  readonly processes?: boolean
  /** Who may log in; default: the users of the settings. */
  readonly authenticator?: Authenticator
  /**
   * Asked for the certificate before the files of the settings are: at the start, at every reload, and when one of those
   * files has changed. Undefined: the settings decide.
   */
  readonly certificate?: (settings: Settings) => Promise<Certificate | undefined>
}

/** Where a server accepts. */
export interface ListenerAddress {
  readonly name: string
  readonly host: string
  readonly port: number
  readonly tls: ListenerSettings['tls']
}

/** Numbers of a running server. */
export interface ServerFigures {
  readonly sessions: number
  readonly transfers: number
  /** Bytes of data connections since the start, those that are open included. They never go back. */
  readonly sent: number
  readonly received: number
  readonly passive: WorkerFigures['passive']
  readonly workers: readonly WorkerFigures[]
}

/**
 * An FTP(S) server.
 *
 * ```ts
 * const server = new FtpServer({
 *   listeners: [{ host: '127.0.0.1', port: 0 }],
 *   users: [{ name: 'alice', password: await hashPassword('secret'), home: '/srv/alice' }],
 * })
 * await server.start()
 * ```
 *
 * Emits `event` with a {@link ServerEvent} for everything that happens.
 */
export class FtpServer extends EventEmitter<{ event: [ServerEvent] }> implements AsyncDisposable {
  #settings: Settings
  readonly #options: FtpServerOptions
  readonly #bans: Bans
  #controller: Controller | undefined
  readonly #listeners = new ControlListeners({
    onConnection: (socket, listener) => this.#accept(socket, listener),
    warn: text => this.#emit({ type: 'warning', code: 'accept', text }),
  })
  #stamp = ''
  #watch: NodeJS.Timeout | undefined
  #state: 'new' | 'running' | 'closed' = 'new'
  #closing: Promise<void> | undefined
  /** The last change that was asked for. Never rejects. */
  #turn: Promise<void> = Promise.resolve()

  /** @throws {SettingsError} with every mistake at once */
  constructor(settings: SettingsInput, options: FtpServerOptions = {}) {
    super()
    this.#settings = parseSettings(settings)
    this.#options = options
    this.#bans = new Bans(this.#settings.bans)
  }

  /** Where it accepts, once it has started. */
  get addresses(): readonly ListenerAddress[] {
    return this.#listeners.standing.map(({ settings: { name, host, tls }, port }) => ({
      name,
      host,
      port,
      tls,
    }))
  }

  /** Resolves once it accepts on all listeners. @throws {ServerError} with the first thing that stands in the way */
  async start(): Promise<void> {
    if (this.#state !== 'new') throw new ServerError('SERVER_CLOSED', 'a server starts once; make a new one')
    this.#state = 'running'
    try {
      await checkSurroundings(this.#settings)
      this.#stamp = await certificateStamp(this.#settings)
      const certificate = await this.#loadCertificate(this.#settings)
      this.#settings = withoutUselessTls(this.#settings, certificate !== undefined, event =>
        this.#emit(event),
      )
      this.#controller = new Controller(this.#settings, certificate, {
        processes: this.#options.processes ?? false,
        ...(this.#options.authenticator && { authenticator: this.#options.authenticator }),
        bans: this.#bans,
        emit: event => this.#emit(event),
      })
      await this.#controller.start()
      const listeners = await this.#listeners.prepare(this.#settings.listeners)
      listeners.commit()
      this.#watch = setInterval(() => void this.#checkCertificate(), CERTIFICATE_MS)
      this.#watch.unref()
    } catch (error) {
      await this.close()
      throw error
    }
  }

  /**
   * Takes new settings for all that comes from now on. Running sessions and transfers go on; data connections that were
   * promised on ports of the old passive range are waited for there.
   * @throws {SettingsError | ServerError} and nothing changes
   */
  async reload(input: SettingsInput): Promise<void> {
    await this.#inTurn(() => this.#reload(input))
  }

  async #reload(input: SettingsInput): Promise<void> {
    const controller = this.#runningController()
    const parsed = parseSettings(input)
    await checkSurroundings(parsed)
    const stamp = await certificateStamp(parsed)
    const certificate = await this.#loadCertificate(parsed)
    const warnings: ServerEvent[] = []
    const settings = withoutUselessTls(parsed, certificate !== undefined, event => warnings.push(event))
    // Whatever can fail comes first, and leaves what is in force alone.
    const prepared = await controller.prepare(settings, certificate)
    try {
      const listeners = await this.#listeners.prepare(settings.listeners)
      try {
        this.#runningController()
      } catch (error) {
        await listeners.discard()
        throw error
      }
      await prepared.commit()
      listeners.commit()
    } catch (error) {
      await prepared.discard()
      throw error
    }
    this.#settings = settings
    this.#stamp = stamp
    for (const warning of warnings) this.#emit(warning)
    this.#emit({ type: 'reloaded', text: 'new settings are in force' })
  }

  /** @throws {ServerError} `SERVER_CLOSED` */
  #runningController(): Controller {
    if (this.#controller && this.#state === 'running') return this.#controller
    throw new ServerError('SERVER_CLOSED', 'the server is not running')
  }

  /** Stops accepting, lets running transfers finish within `timeouts.shutdown`, then breaks them off: never a false 226. */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  /** The certificate in use, with the chain it was given with; undefined without TLS. */
  certificate(): Pick<Certificate, 'cert'> | undefined {
    const { cert } = this.#controller?.certificate ?? {}
    return cert === undefined ? undefined : { cert }
  }

  sessions(): Promise<readonly SessionInfo[]> {
    return this.#controller?.sessions() ?? Promise.resolve([])
  }

  /** Ends a session; false when there is none of that name. */
  kick(session: string): Promise<boolean> {
    return this.#controller?.kick(session) ?? Promise.resolve(false)
  }

  /** One session opened up; undefined when there is none of that name. */
  session(id: string): Promise<SessionDetail | undefined> {
    return this.#controller?.session(id) ?? Promise.resolve(undefined)
  }

  /** Data connections that are open, of all sessions. */
  dataConnections(): Promise<readonly DataConnectionInfo[]> {
    return this.#controller?.dataConnections() ?? Promise.resolve([])
  }

  /** Both port ranges. Ports that are free are left out. */
  ports(): Promise<PortsPicture> {
    return this.#controller?.ports() ?? Promise.resolve({ passive: undefined, active: undefined, waiting: 0 })
  }

  /** Ends all sessions of a user. Resolves to how many they were. */
  kickUser(user: string): Promise<number> {
    return this.#controller?.kickUser(user) ?? Promise.resolve(0)
  }

  /**
   * Ends all sessions from an address or a network in CIDR form. Resolves to how many they were.
   * @throws {ChannelError} `CHANNEL_SETTING` for what is neither
   */
  kickAddress(network: string): Promise<number> {
    return this.#controller?.kickAddress(network) ?? Promise.resolve(0)
  }

  /** Who is kept out now: by wrong passwords, and by {@link ban}. */
  bans(): readonly BanInfo[] {
    return this.#bans.all
  }

  /**
   * Keeps an address, a network in CIDR form or a user name out from now on, before the start too. Sessions that are there go on. Addresses
   * of `bans.exempt` are not kept out. One of the same kind and value is replaced.
   * @throws {ChannelError} `CHANNEL_SETTING` for what is neither address nor network
   */
  ban(ban: BanInfo): void {
    this.#bans.ban(ban)
  }

  /** Ends a ban and forgets the wrong passwords counted so far; false when there was no ban. */
  liftBan(kind: BanInfo['kind'], value: string): boolean {
    return this.#bans.lift(kind, value)
  }

  /** The next login of this user, or of everybody, is checked anew: to be called when a user has changed elsewhere. */
  forgetLogins(user?: string): void {
    this.#controller?.forgetLogins(user)
  }

  /** Decides as PASS does, for somebody who signs in by another way than FTP: no session is opened. Anonymous access is not offered. */
  async authenticate(ask: WebLogin): Promise<WebLoginAnswer> {
    if (this.#controller && this.#state === 'running') return await this.#controller.authenticate(ask)
    return { ok: false, code: 'login.unavailable', text: NOT_RUNNING, unavailable: true }
  }

  /**
   * The files of a user who was let in by {@link authenticate}, by the account as it is now.
   * @throws {FileAccessError} `FILE_DENIED` for a user who may not log in any more
   */
  async openFiles(ask: FileAccessAsk): Promise<FileAccess> {
    if (this.#controller && this.#state === 'running') return await this.#controller.openFiles(ask)
    throw new FileAccessError('FILE_BUSY', NOT_RUNNING)
  }

  async figures(): Promise<ServerFigures> {
    const { workers, sent, received } = (await this.#controller?.figures()) ?? {
      workers: [],
      sent: 0,
      received: 0,
    }
    const sum = (of: (figures: WorkerFigures) => number) => workers.reduce((total, one) => total + of(one), 0)
    return {
      sessions: sum(one => one.sessions),
      transfers: sum(one => one.transfers),
      sent,
      received,
      passive: {
        listening: sum(one => one.passive.listening),
        reserved: sum(one => one.passive.reserved),
        waiting: sum(one => one.passive.waiting),
        refused: sum(one => one.passive.refused),
        strangers: sum(one => one.passive.strangers),
      },
      workers,
    }
  }

  #emit(event: ServerEvent): void {
    this.emit('event', event)
  }

  async #close(): Promise<void> {
    this.#state = 'closed'
    clearInterval(this.#watch)
    this.#listeners.close()
    await this.#controller?.close(this.#settings.timeouts.shutdown)
  }

  #accept(socket: Socket, { settings, proxies }: StandingListener): void {
    const { remoteAddress } = socket
    // Without an address the client has reset the connection while it waited in the kernel.
    if (!this.#controller || !remoteAddress) return void socket.destroy()
    const address = normaliseAddress(remoteAddress)
    const refusal = this.#controller.accept(socket, settings.name, address, proxies.has(address))
    if (refusal) this.#refuse(socket, settings, address, refusal)
  }

  #refuse(socket: Socket, { name, tls }: ListenerSettings, address: string, refusal: Refusal): void {
    const reply = new ReplyTexts(this.#settings.messages.replies).say(refusal.key, refusal.values)
    this.#emit({ type: 'refused', address, listener: name, code: refusal.key, text: reply.lines[0] })
    socket.on('error', () => socket.destroy())
    if (tls === 'implicit') return void socket.destroy()
    socket.end(encodeReply(reply))
    socket.resume()
    socket.setTimeout(REFUSAL_MS, () => socket.destroy())
  }

  async #loadCertificate(settings: Settings): Promise<Certificate | undefined> {
    const given = await this.#options.certificate?.(settings)
    return given ? await completeCertificate(given, settings) : await loadCertificate(settings)
  }

  async #checkCertificate(): Promise<void> {
    if ((await certificateStamp(this.#settings)) === this.#stamp || this.#state !== 'running') return
    try {
      await this.#inTurn(() => this.#takeCertificate())
    } catch (error) {
      // The old certificate goes on: half a renewal must not end the service.
      const text = error instanceof Error ? error.message : String(error)
      this.#emit({ type: 'warning', code: 'certificate', text: `the old certificate stays in use: ${text}` })
    }
  }

  async #takeCertificate(): Promise<void> {
    const settings = this.#settings
    this.#stamp = await certificateStamp(settings)
    const certificate = await this.#loadCertificate(settings)
    const prepared = await this.#controller?.prepare(settings, certificate)
    await prepared?.commit()
    this.#emit({ type: 'reloaded', text: 'the certificate changed and was read again' })
  }

  /** One change at a time: each begins with what the one before has left. */
  #inTurn(change: () => Promise<void>): Promise<void> {
    const done = this.#turn.then(change)
    this.#turn = done.catch(() => {})
    return done
  }
}
