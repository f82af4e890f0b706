import { createHash, randomBytes } from 'node:crypto'
import { mkdtempSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type JsonValue, openStore, type Store } from '@portolan/store'
import type { ControllerSays, EdgeSays, StreamReport } from '../control/messages.ts'
import { GatewayError } from '../errors.ts'
import type { ProvisioningKey } from '../model/index.ts'
import type { Identity } from '../pki/types.ts'
import { dialPart } from '../transport/dial.ts'
import { type EnrolAsk, enrol } from '../transport/enrol.ts'
import { createLink } from '../wire/link.ts'
import type { Json, Link } from '../wire/types.ts'
import { createController } from './create-controller.ts'
import type { Controller, ControllerEvent, ControllerSettings } from './types.ts'

/** How long tests wait for what has to come, in milliseconds. */
export const PATIENCE_MS = 10_000
const BY = { by: 'test' }

/** Things that come one after the other, and whoever waits for one of a kind. */
class Heard<T> {
  readonly all: T[] = []
  readonly #waiting = new Set<() => void>()

  add(item: T): void {
    this.all.push(item)
    for (const look of [...this.#waiting]) look()
  }

  /** The first that fits, of those that came and those that come. */
  first<U extends T>(fits: (item: T) => item is U): Promise<U>
  first(fits: (item: T) => boolean): Promise<T>
  async first(fits: (item: T) => boolean): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>()
    const look = () => {
      const found = this.all.find(fits)
      if (found !== undefined) resolve(found)
    }
    this.#waiting.add(look)
    const timer = setTimeout(
      () => reject(new Error(`it never came; these did: ${JSON.stringify(this.all).slice(0, 2_000)}`)),
      PATIENCE_MS,
    )
    look()
    try {
      return await promise
    } finally {
      clearTimeout(timer)
      this.#waiting.delete(look)
    }
  }
}

export const SETTINGS: ControllerSettings = {
  host: '127.0.0.1',
  port: 0,
  publicAddresses: [],
  grace: 600_000,
  idleTimeout: 7_200_000,
  signInLifetime: 43_200_000,
  certificateLifetime: 86_400_000,
  trustedNetworks: [],
}

/** A controller on a store of its own, and what it takes to talk to it. */
export interface TestController extends AsyncDisposable {
  readonly store: Store
  readonly controller: Controller
  readonly address: string
  readonly events: Heard<ControllerEvent>
  /** Users and their groups; may be changed. Their password is `secret`. */
  readonly users: Map<string, readonly string[]>
  settings: ControllerSettings
  /** Makes a provisioning key; answers its secret. */
  key(key: Partial<ProvisioningKey> & { name: string; kind: 'edge' | 'connector' }): Promise<string>
  enrol(kind: 'edge' | 'connector', name: string, key: { key: string; secret: string }): Promise<Identity>
  /** Enrols with a key of its own. */
  member(kind: 'edge' | 'connector', name: string): Promise<Identity>
  ask(request: EnrolAsk, key?: { key: string; secret: string }): Promise<Identity>
}

export interface TestControllerOptions {
  readonly settings?: Partial<ControllerSettings>
  readonly store?: Store
  readonly node?: string
  readonly now?: () => number
}

export async function startTestController(options: TestControllerOptions = {}): Promise<TestController> {
  const folder = options.store ? undefined : mkdtempSync(join(tmpdir(), 'portolan-controller-'))
  const store = options.store ?? (await openStore({ folder: folder ?? '' }))
  const events = new Heard<ControllerEvent>()
  const users = new Map<string, readonly string[]>([['alice', ['staff']]])
  let settings = { ...SETTINGS, ...options.settings }
  const controller = await createController({
    store,
    node: options.node ?? 'node-a',
    settings: () => settings,
    people: {
      async signIn({ user, password, code }) {
        if (users.has(user) && password === 'secret' && code === '000000') return
        if (users.has(user) && password === 'secret' && code === undefined)
          throw new GatewayError('GATEWAY_CODE_NEEDED', 'The second factor is needed.')
        throw new GatewayError('GATEWAY_SIGN_IN_REFUSED', 'Wrong name, password or code.')
      },
      async identify(user) {
        const groups = users.get(user)
        return groups && { groups }
      },
    },
    onEvent: event => events.add(event),
    ...(options.now && { now: options.now }),
  })
  const address = `127.0.0.1:${controller.address.port}`

  const test: TestController = {
    store,
    controller,
    address,
    events,
    users,
    get settings() {
      return settings
    },
    set settings(value) {
      settings = value
    },
    async key(key) {
      const secret = randomBytes(16).toString('hex')
      if (key.connectorGroup !== undefined && !(await store.access.connectorGroups.get(key.connectorGroup)))
        await store.access.connectorGroups.create(key.connectorGroup, { name: key.connectorGroup }, BY)
      const hash = createHash('sha256').update(secret).digest('hex')
      const document: JsonValue = JSON.parse(JSON.stringify({ maxUses: 1, enabled: true, ...key }))
      await store.access.keys.create(key.name, { document, hash }, BY)
      return secret
    },
    enrol: (kind, name, key) =>
      test.ask(
        { type: 'enrol', kind, name, addresses: kind === 'edge' ? [`${name}.test:8443`] : [], version: '1' },
        key,
      ),
    async member(kind, name) {
      const group = kind === 'connector' ? { connectorGroup: 'berlin' } : {}
      const secret = await test.key({ name: `key of ${name}`, kind, ...group })
      return test.enrol(kind, name, { key: `key of ${name}`, secret })
    },
    ask: (request, key) =>
      enrol({
        invitation: { authority: controller.authority, ...key },
        addresses: [address],
        request,
        signal: AbortSignal.timeout(PATIENCE_MS),
      }),
    async [Symbol.asyncDispose]() {
      await controller[Symbol.asyncDispose]()
      if (folder === undefined) return
      await store[Symbol.asyncDispose]()
      await rm(folder, { recursive: true, force: true })
    },
  }
  return test
}

/** The end of an edge at a control link. */
export interface TestEdge {
  readonly link: Link
  readonly said: Heard<ControllerSays>
  /** Words that the controller sent before it closed, or refused. */
  readonly refusals: Heard<{ code: string; text: string }>
  say(message: EdgeSays): void
  of<T extends ControllerSays['type']>(type: T): Promise<Extract<ControllerSays, { type: T }>>
}

/** Dials the controller as an edge does. */
export async function dialAsEdge(address: string, identity: Identity): Promise<TestEdge> {
  const { socket } = await dialPart({
    identity,
    address,
    protocol: 'control',
    expects: 'controller',
    signal: AbortSignal.timeout(PATIENCE_MS),
  })
  const said = new Heard<ControllerSays>()
  const refusals = new Heard<{ code: string; text: string }>()
  const link = createLink(socket, {
    side: 'dialler',
    peer: {
      lost: 'EDG_CONTROLLER_LOST',
      protocol: 'EDG_CONTROLLER_LOST',
      countMismatch: 'EDG_CONTROLLER_LOST',
    },
    maxMessage: 256 * 1024 * 1024,
    handlers: {
      onOpen: incoming => incoming.refuse({ code: 'EDG_CONTROLLER_LOST', text: 'no streams' }),
      onMessage: message => said.add(message as unknown as ControllerSays),
      onGoAway: status => refusals.add(status),
    },
  })
  void link.closed.then(status => refusals.add(status))
  return {
    link,
    said,
    refusals,
    say: message => link.message(message as Json),
    of: type =>
      said.first(
        (message): message is Extract<ControllerSays, { type: typeof type }> => message.type === type,
      ),
  }
}

/** A stream as an edge tells of it. */
export function report(change: Partial<StreamReport> & { ConnectionID: string }): StreamReport {
  return {
    SessionID: change.ConnectionID,
    ConnectionStatus: 'active',
    InternalReason: '',
    Text: '',
    Role: 'control',
    DoubleEncryption: false,
    Username: 'alice',
    Device: 'laptop',
    Host: 'ftp.test',
    ServicePort: 21,
    ClientPublicIP: '192.0.2.1',
    ClientPrivateIP: '10.0.0.1',
    ClientZEN: 'whatever it says',
    Policy: 'staff',
    Application: 'ftp',
    AppGroup: 'all',
    Connector: 'c1',
    ConnectorIP: '10.1.0.1',
    ConnectorPort: 40_000,
    ServerIP: '10.1.0.9',
    ServerPort: 21,
    PolicyProcessingTime: 20,
    ConnectorZENSetupTime: 1,
    ConnectionSetupTime: 2,
    ServerSetupTime: 1,
    TimestampConnectionStart: Date.now(),
    TimestampConnectionEnd: 0,
    TimestampZENFirstRxClient: 0,
    TimestampZENLastRxClient: 0,
    TimestampZENFirstTxClient: 0,
    TimestampZENLastTxClient: 0,
    ZENTotalBytesRxClient: 0,
    ZENTotalBytesTxClient: 0,
    Events: [],
    ...change,
  }
}
