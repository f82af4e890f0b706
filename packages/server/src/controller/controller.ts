import type { Socket } from 'node:net'
import { availableParallelism } from 'node:os'
import { PortRange } from '@portolan/channels'
import type { Settings } from '@portolan/settings'
import type { ServerEvent } from '../events.ts'
import type {
  Certificate,
  ControllerLink,
  Refusal,
  SessionInfo,
  WorkerConfig,
  WorkerFigures,
} from '../link.ts'
import { Accounts } from './accounts.ts'
import { type Authenticator, SettingsAuthenticator, type UserRecord } from './authenticator.ts'
import { Bans } from './bans.ts'
import { LoginCache } from './login-cache.ts'
import { answerLogin, bannedRefusal, type LoginRules, type LoginState } from './logins.ts'
import { type Quota, Quotas } from './quotas.ts'
import { Rates } from './rates.ts'
import { SessionLimits } from './session-limits.ts'
import { Workers } from './workers.ts'

/** How a controller is run. */
export interface ControllerOptions {
  /** Workers in processes of their own; false: one worker in this process. */
  readonly processes: boolean
  /** In place of the users of the settings. */
  readonly authenticator?: Authenticator
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
  readonly #workers: Workers
  readonly #state: LoginState
  #rules: LoginRules
  /** Users with a quota that have logged in, for the questions of their sessions. */
  readonly #quotaUsers = new Map<string, { home: string; quota: Quota }>()

  constructor(settings: Settings, certificate: Certificate | undefined, options: ControllerOptions) {
    this.#settings = settings
    this.#certificate = certificate
    this.#options = options
    this.#limits = new SessionLimits(settings.limits)
    this.#bans = new Bans(settings.bans)
    this.#rules = this.#makeRules(settings)
    this.#state = {
      bans: this.#bans,
      limits: this.#limits,
      emit: options.emit,
      now: Date.now,
      wait: ms => new Promise(resolve => setTimeout(resolve, ms)),
    }
    this.#workers = new Workers(workerCount(settings), options.processes, {
      started: (worker, pid) => {
        const slice = this.#slice(worker)
        options.emit({
          type: 'worker-started',
          worker,
          pid,
          ports: slice ? PortRange.of(slice).toString() : 'none',
        })
      },
      lost: (worker, pid, text) => {
        const sessions = this.#limits.releaseWorker(worker)
        options.emit({ type: 'worker-lost', worker, pid, sessions, text })
      },
      warning: text => options.emit({ type: 'warning', code: 'worker', text }),
      linkFor: worker => this.#linkFor(worker),
      configFor: worker => this.#configFor(worker),
    })
  }

  start(): Promise<void> {
    return this.#workers.start()
  }

  close(ms: number): Promise<void> {
    return this.#workers.close(ms)
  }

  /** New settings hold for new connections at once; nobody is dropped. */
  async reload(settings: Settings, certificate: Certificate | undefined): Promise<void> {
    this.#settings = settings
    this.#certificate = certificate
    this.#limits.limits = settings.limits
    this.#bans.settings = settings.bans
    this.#rules = this.#makeRules(settings)
    await this.#workers.configure()
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

  async kick(session: string): Promise<boolean> {
    return (await this.#workers.ask(link => link.kick(session))).includes(true)
  }

  figures(): Promise<readonly WorkerFigures[]> {
    return this.#workers.ask(link => link.figures())
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
      login: async ask => {
        const rules = this.#rules
        const answer = await answerLogin(ask, rules, this.#state)
        if (answer.kind === 'accepted' && answer.account.quota) await this.#noteQuota(ask, rules)
        return answer
      },
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
      events: events => events.forEach(emit),
    }
  }

  /** The answer of the cache is at hand: the password was right a moment ago. */
  async #noteQuota(
    ask: { user: string; password: string; address: string },
    rules: LoginRules,
  ): Promise<void> {
    const user: UserRecord | undefined = await rules.cache.check(ask)
    const quota = user && rules.accounts.quotaOf(user)
    if (user && quota) this.#quotaUsers.set(user.name, { home: user.home, quota })
  }

  #configFor(worker: number): WorkerConfig {
    const { users: _users, groups: _groups, anonymous: _anonymous, ...settings } = this.#settings
    return {
      worker,
      settings,
      certificate: this.#certificate,
      users: {
        anonymous: this.#settings.anonymous.enabled,
        someNeedTls: this.#options.authenticator !== undefined || someNeedTls(this.#settings),
      },
      passive: this.#slice(worker),
      dataHosts: settings.passive.bind ?? [...new Set(settings.listeners.map(listener => listener.host))],
    }
  }

  #slice(worker: number) {
    const { passive } = this.#settings
    if (!passive.enabled) return undefined
    const { base, count } = PortRange.of(passive).slice(worker - 1, this.#workers.count)
    return { basePort: base, numberOfPorts: count }
  }
}

/** One for each core unless set, and never more than there are passive ports to share out. */
function workerCount({ server, passive }: Settings): number {
  const wanted = server.workers || availableParallelism()
  return passive.enabled ? Math.min(wanted, passive.numberOfPorts) : wanted
}

function someNeedTls({ users, groups }: Settings): boolean {
  return users.some(user => user.requireTls) || groups.some(group => group.requireTls)
}
