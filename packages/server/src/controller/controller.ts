import type { Socket } from 'node:net'
import { availableParallelism } from 'node:os'
import { PortRange, TrustedNetworks } from '@portolan/channels'
import type { Settings } from '@portolan/settings'
import { ServerError } from '../errors.ts'
import type { ServerEvent } from '../events.ts'
import type { FileAccess, FileAccessAsk } from '../file-access.ts'
import { WebDoor, type WebLogin, type WebLoginAnswer } from '../files/web-door.ts'
import type { DataConnectionInfo, PortsPicture, SessionDetail } from '../inspect.ts'
import type {
  Certificate,
  ControllerLink,
  PortSlice,
  Refusal,
  SessionInfo,
  WorkerConfig,
  WorkerFigures,
} from '../link.ts'
import { Accounts } from './accounts.ts'
import { type Authenticator, SettingsAuthenticator, type UserRecord } from './authenticator.ts'
import type { Bans } from './bans.ts'
import { LoginCache } from './login-cache.ts'
import { answerLogin, bannedRefusal, type LoginRules, type LoginState } from './logins.ts'
import { type MovedBytes, MovedBytesSum } from './moved-bytes.ts'
import { portsPicture } from './ports-picture.ts'
import { type Quota, Quotas } from './quotas.ts'
import { Rates } from './rates.ts'
import { type KnownSession, SessionLimits } from './session-limits.ts'
import { Workers } from './workers.ts'

/** How a controller is run. */
export interface ControllerOptions {
  /** Workers in processes of their own; false: one worker in this process. */
  readonly processes: boolean
  /** In place of the users of the settings. */
  readonly authenticator?: Authenticator
  readonly bans: Bans
  emit(event: ServerEvent): void
}

/** Owns state, secrets and limits, and grants them to the workers, so that every limit holds over all of them. */
export class Controller {
  #settings: Settings
  #certificate: Certificate | undefined
  readonly #options: ControllerOptions
  readonly #limits: SessionLimits
  readonly #bans: Bans
  readonly #quotas = new Quotas()
  readonly #rates = new Rates()
  readonly #moved = new MovedBytesSum()
  readonly #workers: Workers
  readonly #web: WebDoor
  readonly #state: LoginState
  #rules: LoginRules
  /** Users with a quota that have logged in, for the questions of their sessions. */
  readonly #quotaUsers = new Map<string, { home: string; quota: Quota }>()

  constructor(settings: Settings, certificate: Certificate | undefined, options: ControllerOptions) {
    this.#settings = settings
    this.#certificate = certificate
    this.#options = options
    this.#limits = new SessionLimits(settings.limits)
    this.#bans = options.bans
    this.#rules = this.#makeRules(settings)
    this.#state = {
      bans: this.#bans,
      limits: this.#limits,
      accepted: user => void this.#noteQuotaOf(user),
      emit: options.emit,
      now: Date.now,
      wait: ms => new Promise(resolve => setTimeout(resolve, ms)),
    }
    this.#web = new WebDoor({
      state: this.#state,
      link: this.#linkFor(0),
      rules: () => this.#rules,
      settings: () => this.#settings,
      noteQuota: user => this.#noteQuotaOf(user),
    })
    this.#workers = new Workers(workerCount(settings), options.processes, {
      started: (worker, pid) => {
        const slice = this.#slice(worker, this.#settings)
        options.emit({
          type: 'worker-started',
          worker,
          pid,
          ports: slice ? PortRange.of(slice).toString() : 'none',
        })
      },
      lost: (worker, pid, text) => {
        const sessions = this.#limits.releaseWorker(worker)
        this.#moved.lose(worker)
        void this.#workers.claimPorts()
        options.emit({ type: 'worker-lost', worker, pid, sessions, text })
      },
      warning: text => options.emit({ type: 'warning', code: 'worker', text }),
      linkFor: worker => this.#linkFor(worker),
      configFor: worker => this.#configFor(worker, this.#settings, this.#certificate),
    })
  }

  /** The one in use. */
  get certificate(): Certificate | undefined {
    return this.#certificate
  }

  start(): Promise<void> {
    return this.#workers.start()
  }

  async close(ms: number): Promise<void> {
    await Promise.all([this.#workers.close(ms), this.#web.close(ms)])
  }

  /** See {@link WebDoor}. */
  authenticate(ask: WebLogin): Promise<WebLoginAnswer> {
    return this.#web.authenticate(ask)
  }

  /** See {@link WebDoor}. */
  openFiles(ask: FileAccessAsk): Promise<FileAccess> {
    return this.#web.openFiles(ask)
  }

  /**
   * Gets ready for new settings: data ports that they need stand, and nothing else has changed.
   * @throws {ServerError} and nothing has changed
   */
  async prepare(settings: Settings, certificate: Certificate | undefined): Promise<PreparedSettings> {
    const rules = this.#makeRules(settings)
    try {
      await this.#workers.prepare(
        worker => this.#configFor(worker, settings, certificate),
        heldPorts(this.#settings, settings),
      )
    } catch (cause) {
      if (cause instanceof ServerError) throw cause
      const text = cause instanceof Error ? cause.message : String(cause)
      throw new ServerError('SERVER_LISTEN', text, { cause })
    }
    return {
      commit: async () => {
        this.#settings = settings
        this.#certificate = certificate
        this.#limits.limits = settings.limits
        this.#bans.settings = settings.bans
        this.#rules = rules
        await this.#workers.configure()
      },
      discard: () => this.#workers.discard(),
    }
  }

  /** Takes a connection in, or answers why not. `proxied`: only the worker will learn whose it is. */
  accept(socket: Socket, listener: string, address: string, proxied: boolean): Refusal | undefined {
    let refusal: Refusal | undefined
    const taken = this.#workers.adopt(
      worker => this.#limits.of(worker),
      worker => {
        const place = proxied ? undefined : this.#admit(worker, address)
        if (!place || !('key' in place)) return { listener, admitted: place?.id }
        refusal = place
        return undefined
      },
      socket,
    )
    if (taken) return refusal
    return {
      key: 'session.refused',
      values: { text: 'The server is starting. Try again in a moment.' },
      close: true,
    }
  }

  async sessions(): Promise<readonly SessionInfo[]> {
    return (await this.#workers.ask(link => link.sessions())).flat()
  }

  async session(id: string): Promise<SessionDetail | undefined> {
    const known = this.#limits.find(id)
    return known && (await this.#workers.askOne(known.worker, link => link.session(id)))
  }

  async dataConnections(): Promise<readonly DataConnectionInfo[]> {
    return (await this.#workers.ask(link => link.dataConnections())).flat()
  }

  async ports(): Promise<PortsPicture> {
    return portsPicture(this.#settings, await this.#workers.ask(link => link.ports()))
  }

  async kick(id: string): Promise<boolean> {
    const known = this.#limits.find(id)
    return known !== undefined && (await this.#kick([known])) === 1
  }

  /** Ends all sessions of a user. Resolves to how many they were. */
  kickUser(user: string): Promise<number> {
    return this.#kick(this.#limits.all.filter(session => session.user === user))
  }

  /** Ends all sessions from an address or network. Resolves to how many they were. @throws {ChannelError} `CHANNEL_SETTING` */
  async kickAddress(network: string): Promise<number> {
    const from = new TrustedNetworks([network])
    return await this.#kick(this.#limits.all.filter(({ address }) => from.has(address)))
  }

  async #kick(sessions: readonly KnownSession[]): Promise<number> {
    const ended = await Promise.all(
      sessions.map(({ id, worker }) => this.#workers.askOne(worker, link => link.kick(id))),
    )
    return ended.filter(Boolean).length
  }

  /** The next login of this user, or of everybody, is checked anew. */
  forgetLogins(user: string | undefined): void {
    this.#rules.cache.forget(user)
  }

  async figures(): Promise<{ readonly workers: readonly WorkerFigures[] } & MovedBytes> {
    const workers = await this.#workers.ask(async (link, worker) => {
      const figures = await link.figures()
      this.#moved.note(worker, figures)
      return figures
    })
    return { workers, ...this.#moved.total }
  }

  #makeRules(settings: Settings): LoginRules {
    const authenticator =
      this.#options.authenticator ?? new SettingsAuthenticator(settings.users, settings.groups)
    return { authenticator, cache: new LoginCache(authenticator), accounts: new Accounts(settings) }
  }

  #admit(worker: number, address: string) {
    const banned = this.#bans.remaining(address)
    return banned > 0 ? bannedRefusal(address, banned) : this.#limits.admit(worker, address)
  }

  #linkFor(worker: number): ControllerLink {
    const { emit } = this.#options
    return {
      admit: async ({ listener, address }) => {
        const place = this.#admit(worker, address)
        if (!('key' in place)) return { session: place.id }
        emit({
          type: 'refused',
          listener,
          address,
          code: place.key,
          text: String(place.values?.text ?? 'banned'),
        })
        return place
      },
      adopted: ticket => this.#workers.adopted(worker, ticket),
      released: session => this.#limits.release(session),
      needsTls: user => this.#rules.authenticator.requiresTls(user),
      login: ask => answerLogin(ask, this.#rules, this.#state),
      loggedOut: session => this.#limits.logOut(session),
      reserveQuota: async ask => {
        const known = this.#quotaUsers.get(ask.user)
        return known ? this.#quotas.reserve(ask.user, known.home, known.quota, ask) : ask
      },
      settleQuota: ask => void this.#quotas.settle(ask.user, ask).catch(() => {}),
      quotaLeft: async user => {
        const known = this.#quotaUsers.get(user)
        return known ? this.#quotas.left(user, known.home, known.quota) : {}
      },
      takeRate: async ask => this.#rates.take(ask),
      sessions: () => this.sessions(),
      portsReleased: () => void this.#workers.claimPorts(),
      events: events => events.forEach(emit),
    }
  }

  #noteQuotaOf(user: UserRecord): Quota | undefined {
    const { quota } = this.#rules.accounts.effective(user)
    if (quota) this.#quotaUsers.set(user.name, { home: user.home, quota })
    return quota
  }

  #configFor(worker: number, whole: Settings, certificate: Certificate | undefined): WorkerConfig {
    const { users: _users, groups: _groups, anonymous: _anonymous, ...settings } = whole
    return {
      worker,
      settings,
      certificate,
      users: {
        anonymous: whole.anonymous.enabled,
        someNeedTls: this.#options.authenticator !== undefined || someNeedTls(whole),
      },
      passive: this.#slice(worker, whole),
      dataHosts: settings.passive.bind ?? [...new Set(settings.listeners.map(listener => listener.host))],
    }
  }

  /** @throws {ServerError} `SERVER_SETTING` when there are more workers than ports */
  #slice(worker: number, { passive }: Settings): PortSlice | undefined {
    if (!passive.enabled) return undefined
    const workers = this.#workers.count
    if (passive.numberOfPorts < workers) {
      const text = `passive.numberOfPorts: ${workers} workers run, and each needs a port of its own: use at least ${workers}, or start the server again`
      throw new ServerError('SERVER_SETTING', text)
    }
    const { base, count } = PortRange.of(passive).slice(worker - 1, workers)
    return { basePort: base, numberOfPorts: count }
  }
}

/** Settings that everything is ready for. One of the two has to be called, once. */
export interface PreparedSettings {
  /** Puts them in force for all that comes from now on; nobody is dropped. */
  commit(): Promise<void>
  discard(): Promise<void>
}

/** Ports that are in the hands of some worker, and may have to go to another. */
function heldPorts(before: Settings, after: Settings): PortSlice | undefined {
  const { enabled, basePort, numberOfPorts } = before.passive
  if (!enabled) return undefined
  const same = after.passive.basePort === basePort && after.passive.numberOfPorts === numberOfPorts
  return same ? undefined : { basePort, numberOfPorts }
}

/** One for each core unless set, and never more than there are passive ports to share out. */
function workerCount({ server, passive }: Settings): number {
  const wanted = server.workers || availableParallelism()
  return passive.enabled ? Math.min(wanted, passive.numberOfPorts) : wanted
}

function someNeedTls({ users, groups }: Settings): boolean {
  return users.some(user => user.requireTls) || groups.some(group => group.requireTls)
}
