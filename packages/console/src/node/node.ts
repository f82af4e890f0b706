import { hostname } from 'node:os'
import { FtpServer, type ServerEvent } from '@portolan/server'
import { type LoadedSettings, parseUser, type Settings, type StoredSettings } from '@portolan/settings'
import { openStore, type Store } from '@portolan/store'
import { createApp } from '../http/app.ts'
import type { Log } from '../http/log.ts'
import { createMetrics } from '../metrics/metrics.ts'
import { allRoutes } from '../routes/index.ts'
import { AccessRecorder } from './access/access-recorder.ts'
import { GatewayHost } from './access/gateway-host.ts'
import { logAccess } from './access/log-access.ts'
import { NodePeople } from './access/node-people.ts'
import { BanSync } from './ban-sync.ts'
import { ConsoleHost } from './console-host.ts'
import { followChanges } from './follow-changes.ts'
import { keepHouse } from './housekeeping.ts'
import { LiveSampler } from './live-figures.ts'
import { NodeSettings } from './node-settings.ts'
import { Recorder } from './recorder.ts'
import type { Services } from './services.ts'
import { createSettingsService } from './settings-service-impl.ts'
import { SetupToken } from './setup-token.ts'
import { StoreAuthenticator } from './store-authenticator.ts'
import { consoleCertificate, storedCertificate } from './stored-certificate.ts'
import { logRun } from './transfers/log-run.ts'
import { NodeTransfers } from './transfers/node-transfers.ts'

/** A user that the first start makes. */
export interface FirstUser {
  readonly name: string
  /** argon2id in PHC form. */
  readonly hash: string
  readonly home: string
}

/** How a node is run. */
export interface NodeOptions {
  /** Where it keeps its state. */
  readonly place: { readonly folder: string; readonly database?: string; readonly keyFile?: string }
  /** Reads the settings: file, then what the store says, then flags. */
  load(stored: StoredSettings): Promise<LoadedSettings>
  readonly version: string
  /** What it is called in logs. Default: the name of the machine. */
  readonly name?: string
  /** Workers in processes of their own. Default false. */
  readonly processes?: boolean
  /** Made once everything stands, unless there is one of that name. */
  readonly firstUser?: FirstUser
  /** Folder of the built web console. */
  readonly web?: string
  readonly log: Log
  /** Called with settings that are in force from now on, those of the start left out. */
  onSettings?(settings: Settings): void
  onEvent(event: ServerEvent): void
}

/** A running node: the FTP server, its store, its console. */
export interface RunningNode extends AsyncDisposable {
  readonly server: FtpServer
  readonly settings: Settings
  readonly consoleUrl: string | undefined
  /** The link that makes the first administrator, as long as there is none. */
  readonly setupUrl: string | undefined
  readonly metrics: ReturnType<typeof createMetrics>
  /** The user who was made first of those who may log in; undefined when there is none. */
  readonly someUser: { readonly name: string; readonly home: string } | undefined
  /** Reads the file again. Never rejects: what is wrong is in the log, and the old settings stay. */
  reload(): Promise<void>
}

/**
 * Starts a node. Everything that was started is stopped again when something fails.
 * @throws {StoreError | SettingsError | ServerError | NodeError} with what stands in the way
 */
export async function startNode(options: NodeOptions): Promise<RunningNode> {
  await using started = new AsyncDisposableStack()
  const name = options.name ?? hostname()
  const store = started.use(await openStore({ ...options.place, as: 'node' }))
  const warn = (text: string) => options.log('warn', { event: 'node' }, text)
  const settings = await NodeSettings.load(store, options.load)
  for (const { path, message } of settings.loaded.warnings) warn(`${path}: ${message}`)
  const inForce = () => settings.loaded.settings

  const authenticator = new StoreAuthenticator({ store, settings: inForce, warn })
  const server = new FtpServer(inForce(), {
    processes: options.processes ?? false,
    authenticator,
    certificate: wanted => storedCertificate(store, wanted),
  })
  const recorder = started.use(new Recorder({ store, node: name, warn }))
  const live = started.use(new LiveSampler({ server, node: name }))
  const metrics = createMetrics(
    () => server.figures(),
    () => store.initiated.runs.counts(Date.now()),
    () => access.running?.live() ?? [],
  )
  const transfers = started.use(
    new NodeTransfers({
      store,
      node: name,
      dataFolder: options.place.folder,
      inForce,
      lookup: user => authenticator.lookup(user),
      warn,
    }),
  )
  transfers.subscribe(event => {
    logRun(options.log, event)
    metrics.countRun(event)
  })
  const people = new NodePeople({ store, server, authenticator, inForce, now: Date.now })
  const accessRecorder = started.use(new AccessRecorder({ store, node: name, warn }))
  const access = started.use(
    new GatewayHost({ store, node: name, people, settings: () => inForce().gateway }),
  )
  access.subscribe(event => {
    logAccess(options.log, event)
    accessRecorder.take(event)
    metrics.countAccess(event)
  })
  server.on('event', event => {
    options.onEvent(event)
    recorder.take(event)
    live.take(event)
    metrics.count(event)
    transfers.take(event)
  })
  started.use(server)
  const bans = new BanSync(store, server)
  await bans.apply()
  await server.start()
  live.start()

  const setup = new SetupToken(store)
  await setup.prepare()
  const host = started.use(
    new ConsoleHost({
      create: (section, tls) =>
        createApp({
          services,
          routes: allRoutes(services),
          settings: section,
          setup,
          log: options.log,
          ...(tls && { tls }),
          ...(options.web !== undefined && { web: options.web }),
        }),
      certificate: () => consoleCertificate(store, inForce()),
    }),
  )
  const service = createSettingsService({
    store,
    settings,
    server,
    /** After the server took them: what is left to do on this node. */
    applied: async next => {
      await host.apply(next.console)
      await access.apply(next.gateway)
      options.onSettings?.(next)
      await transfers.apply()
    },
  })
  const services: Services = {
    node: { name, version: options.version, startedAt: Date.now(), dataFolder: options.place.folder },
    store,
    server,
    settings: service,
    metrics,
    live,
    transfers,
    access,
    fileUsers: () => inForce().users,
    inForce,
    now: Date.now,
  }
  await host.apply(inForce().console)
  await access.apply(inForce().gateway)
  started.use(
    keepHouse({
      store,
      retention: () => inForce().retention,
      keepRuns: () => inForce().transfers.keepRuns,
      keepStreams: () => inForce().gateway.keepStreams,
    }),
  )
  started.use(
    followChanges(store, {
      reload: () => service.applyFromStore({ onlyIfNew: true }),
      forgetLogins: user => server.forgetLogins(user),
      applyBans: () => bans.apply(),
      certificates: () => service.applyFromStore(),
      warn,
    }),
  )
  await transfers.start()
  if (options.firstUser) await makeFirstUser(store, options.firstUser)
  const someUser = await firstOf(store)

  const owned = started.move()
  return {
    server,
    metrics,
    someUser,
    get settings() {
      return inForce()
    },
    get consoleUrl() {
      return host.url
    },
    get setupUrl() {
      return host.url !== undefined && setup.current !== undefined
        ? `${host.url}/setup#${setup.current}`
        : undefined
    },
    async reload() {
      try {
        await service.applyFromStore()
      } catch (error) {
        const text = error instanceof Error ? error.message : String(error)
        options.log('error', { event: 'reload-failed' }, `${text}; the old settings stay in force`)
      }
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}

async function makeFirstUser(store: Store, { name, hash, home }: FirstUser): Promise<void> {
  if (await store.users.get(name)) return
  const user = { document: { name, home }, enabled: true, groups: [], password: hash }
  await store.users.create(name, user, { by: 'portolan' })
}

async function firstOf(store: Store): Promise<RunningNode['someUser']> {
  const { items } = await store.users.list({ offset: 0, limit: 1, sort: 'createdAt', enabled: true })
  const parsed = items[0] && parseUser(items[0].document)
  return parsed && 'user' in parsed ? { name: parsed.user.name, home: parsed.user.home } : undefined
}
