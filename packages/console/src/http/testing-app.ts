import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { FtpServer, hashPassword } from '@portolan/server'
import { loadSettings, type SettingsInput } from '@portolan/settings'
import { openStore } from '@portolan/store'
import type { FastifyInstance } from 'fastify'
import type { Role, Scope } from '../contract/index.ts'
import { createMetrics } from '../metrics/metrics.ts'
import { GatewayHost } from '../node/access/gateway-host.ts'
import { NodePeople } from '../node/access/node-people.ts'
import { LiveSampler } from '../node/live-figures.ts'
import { NodeSettings } from '../node/node-settings.ts'
import type { Services } from '../node/services.ts'
import { createSettingsService } from '../node/settings-service-impl.ts'
import { SetupToken } from '../node/setup-token.ts'
import { StoreAuthenticator } from '../node/store-authenticator.ts'
import { storedCertificate } from '../node/stored-certificate.ts'
import { NodeTransfers } from '../node/transfers/node-transfers.ts'
import { type AppOptions, createApp } from './app.ts'
import { csrfTokenOf } from './csrf.ts'
import type { Route } from './route.ts'
import { randomSecret, sha256, TOKEN_PREFIX } from './tokens.ts'

/** The password of everybody whom a test makes. */
export const PASSWORD = 'correct horse battery'
/** Hashed once for all apps of a test: it takes a while. */
let hashed: Promise<string> | undefined
function passwordHash(): Promise<string> {
  hashed ??= hashPassword(PASSWORD)
  return hashed
}

/** How a test wants its app. */
export interface TestAppOptions
  extends Partial<Pick<AppOptions, 'web' | 'tls' | 'strict' | 'bodyMs' | 'idleMs' | 'setup'>> {
  readonly routes?: (services: Services) => readonly Route[]
  /** Takes the place of single services. */
  readonly services?: Partial<Services>
  /** Settings of the node, as a file writes them. By default one listener on a free port of loopback, and no passive ports. */
  readonly settings?: SettingsInput
}

/** An answer. `body` is what JSON said; undefined for anything else. */
export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, unknown>>
  readonly text: string
  readonly body: unknown
  /** The code of a problem. */
  readonly code: string | undefined
}

/** Sends requests as somebody. */
export interface Caller {
  readonly headers: Readonly<Record<string, string>>
  /** @param path - below `/api/v1`, unless it is a whole URL path such as `/healthz` */
  send(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>
  get(path: string): Promise<Answer>
  post(path: string, body?: unknown): Promise<Answer>
  put(path: string, body?: unknown): Promise<Answer>
  patch(path: string, body?: unknown): Promise<Answer>
  delete(path: string, body?: unknown): Promise<Answer>
}

/** An app with a real store and a real FTP server. */
export interface TestApp extends AsyncDisposable {
  readonly app: FastifyInstance
  readonly services: Services
  readonly folder: string
  readonly setup: AppOptions['setup']
  /** What the app logged. */
  readonly logged: readonly { level: string; record: Readonly<Record<string, unknown>>; text: string }[]
  /** Moves the clock of the app, in milliseconds. */
  ahead(ms: number): void
  /** Nobody. */
  readonly anonymous: Caller
  /** Signed in as an administrator of this role, whose name is the role's unless said otherwise. */
  as(role: Role, name?: string): Promise<Caller>
  /** Signed in as an FTP user, who is made in the store with a home of his own unless he is there. */
  asUser(name: string): Promise<Caller>
  withToken(...scopes: Scope[]): Promise<Caller>
  /** Makes an administrator with {@link PASSWORD}. */
  makeAdministrator(role: Role, name?: string): Promise<void>
}

/** Starts an app for a test. Nothing listens but the FTP server; use `app.inject`, or listen. */
export async function startTestApp(options: TestAppOptions = {}): Promise<TestApp> {
  await using started = new AsyncDisposableStack()
  const folder = await mkdtemp(join(tmpdir(), 'portolan-console-'))
  started.defer(() => rm(folder, { recursive: true, force: true }))
  let offset = 0
  const services = {
    ...(await startServices(folder, () => Date.now() + offset, options, started)),
    ...options.services,
  }
  const setupToken = new SetupToken(services.store)
  await setupToken.prepare()
  const setup = options.setup ?? setupToken
  const logged: { level: string; record: Readonly<Record<string, unknown>>; text: string }[] = []
  const { web, tls, bodyMs, idleMs, strict = true } = options
  const app = await createApp({
    services,
    routes: options.routes?.(services) ?? [],
    settings: services.inForce().console,
    setup,
    log: (level, record, text) => void logged.push({ level, record, text }),
    strict,
    closeMs: 100,
    ...(web !== undefined && { web }),
    ...(tls && { tls }),
    ...(bodyMs !== undefined && { bodyMs }),
    ...(idleMs !== undefined && { idleMs }),
  })
  started.defer(() => app.close())
  const owned = started.move()
  return {
    app,
    services,
    folder,
    setup,
    logged,
    ahead: ms => {
      offset += ms
    },
    ...people(app, services, folder),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}

async function startServices(
  folder: string,
  now: () => number,
  { settings: input }: TestAppOptions,
  started: AsyncDisposableStack,
): Promise<Services> {
  const store = started.use(await openStore({ folder }))
  const asked = { listeners: [{ host: '127.0.0.1', port: 0 }], passive: { enabled: false }, ...input }
  const file = join(folder, 'portolan.yaml')
  // What JSON says, YAML says as well.
  await writeFile(file, JSON.stringify(asked))
  const node = await NodeSettings.load(store, stored => loadSettings({ file, ...stored }))
  const inForce = () => node.loaded.settings
  const authenticator = new StoreAuthenticator({ store, settings: inForce, warn: () => {} })
  const server = started.use(
    new FtpServer(inForce(), { authenticator, certificate: wanted => storedCertificate(store, wanted) }),
  )
  const transfers = started.use(
    new NodeTransfers({
      store,
      node: 'test',
      dataFolder: folder,
      inForce,
      lookup: user => authenticator.lookup(user),
      warn: () => {},
    }),
  )
  server.on('event', event => transfers.take(event))
  await server.start()
  await transfers.start()
  const live = started.use(new LiveSampler({ server, node: 'test' }))
  const people = new NodePeople({ store, server, authenticator, inForce, now })
  const access = started.use(
    new GatewayHost({ store, node: 'test', people, settings: () => inForce().gateway }),
  )
  await access.apply(inForce().gateway)
  return {
    node: { name: 'test', version: '0.0.0', startedAt: now(), dataFolder: folder },
    store,
    server,
    settings: createSettingsService({ store, settings: node, server, applied: async () => {} }),
    metrics: createMetrics(() => server.figures()),
    live,
    transfers,
    access,
    fileUsers: () => inForce().users,
    inForce,
    now,
  }
}

function people(app: FastifyInstance, { store, now }: Services, folder: string) {
  const signedIn = async (kind: 'administrator' | 'user', name: string): Promise<Caller> => {
    const cookie = randomSecret()
    const at = now()
    await store.webSessions.create({
      kind,
      name,
      hash: sha256(cookie),
      createdAt: at,
      lastSeenAt: at,
      expiresAt: at + 1_800_000,
      address: '127.0.0.1',
      userAgent: 'test',
    })
    return callerOf(app, { cookie: `portolan=${cookie}`, 'x-csrf-token': csrfTokenOf(cookie) })
  }
  const makeAdministrator = async (role: Role, name: string = role) => {
    if (await store.administrators.get(name)) return
    await store.administrators.create({ name, role, password: await passwordHash() })
  }
  return {
    anonymous: callerOf(app, {}),
    makeAdministrator,
    as: async (role: Role, name: string = role) => {
      await makeAdministrator(role, name)
      return signedIn('administrator', name)
    },
    asUser: async (name: string) => {
      if (!(await store.users.get(name))) {
        const home = await mkdtemp(join(folder, 'home-'))
        const user = { document: { name, home }, enabled: true, groups: [], password: await passwordHash() }
        await store.users.create(name, user, { by: 'test' })
      }
      return signedIn('user', name)
    },
    withToken: async (...scopes: Scope[]) => {
      const token = TOKEN_PREFIX + randomSecret()
      await store.tokens.create({ hash: sha256(token), name: 'test', scopes, createdBy: 'test' })
      return callerOf(app, { authorization: `Bearer ${token}` })
    },
  }
}

function callerOf(app: FastifyInstance, headers: Readonly<Record<string, string>>): Caller {
  const send: Caller['send'] = async (method, path, body, more = {}) => {
    const rooted = /^\/(healthz|readyz|metrics|api\/)/.test(path)
    const response = await app.inject({
      method: methodOf(method),
      url: rooted ? path : `/api/v1${path}`,
      headers: {
        ...headers,
        ...(body !== undefined && !Buffer.isBuffer(body) && { 'content-type': 'application/json' }),
        ...more,
      },
      ...(body !== undefined && { payload: Buffer.isBuffer(body) ? body : JSON.stringify(body) }),
    })
    const isJson = /json/.test(String(response.headers['content-type'])) && response.payload !== ''
    const parsed: unknown = isJson ? response.json() : undefined
    return {
      status: response.statusCode,
      headers: response.headers,
      text: response.payload,
      body: parsed,
      code: codeOf(parsed),
    }
  }
  return {
    headers,
    send,
    get: path => send('GET', path),
    post: (path, body) => send('POST', path, body),
    put: (path, body) => send('PUT', path, body),
    patch: (path, body) => send('PATCH', path, body),
    delete: (path, body) => send('DELETE', path, body),
  }
}

function codeOf(body: unknown): string | undefined {
  return typeof body === 'object' && body !== null && 'code' in body && typeof body.code === 'string'
    ? body.code
    : undefined
}

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const
function methodOf(text: string): (typeof METHODS)[number] {
  const found = METHODS.find(method => method === text)
  if (found === undefined) throw new RangeError(`${text} is no method that the tests send`)
  return found
}
