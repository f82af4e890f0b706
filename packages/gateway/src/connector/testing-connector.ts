import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Status } from '../codes.ts'
import type {
  ConnectorOpen,
  ConnectorOpened,
  ConnectorSays,
  EdgeSaysToConnector,
} from '../control/messages.ts'
import { connectorNote, connectorOpened, connectorSays } from '../control/messages.ts'
import type { Connector, ConnectorEvent, ConnectorOptions } from '../parts.ts'
import { type Authority, createAuthority } from '../pki/authority.ts'
import { fingerprintOf } from '../pki/fingerprint.ts'
import { encodeInvitation } from '../pki/invitation.ts'
import { newKeyAndCsr } from '../pki/key.ts'
import type { Identity, MemberIdentity } from '../pki/types.ts'
import { listenForParts, type PartListener } from '../transport/listen.ts'
import { createLink } from '../wire/link.ts'
import { type Link, PEER_CODES, type WireStream } from '../wire/types.ts'
import { startConnector } from './start-connector.ts'

const DAY_MS = 86_400_000

/** Something that is waited for, in the order in which it comes. */
class Inbox<T> {
  readonly all: T[] = []
  #waiting: (() => void)[] = []

  put(item: T): void {
    this.all.push(item)
    for (const look of this.#waiting.splice(0)) look()
  }

  /** The first that fits, from the start or from a place. @throws {Error} after ten seconds */
  async find(fits: (item: T) => boolean, from = 0): Promise<T> {
    const end = performance.now() + 10_000
    for (;;) {
      const found = this.all.slice(from).find(fits)
      if (found !== undefined) return found
      const { promise, resolve } = Promise.withResolvers<void>()
      this.#waiting.push(resolve)
      const timer = setTimeout(resolve, Math.max(0, end - performance.now()))
      await promise
      clearTimeout(timer)
      if (performance.now() >= end) throw new Error(`nothing fits among ${JSON.stringify(this.all)}`)
    }
  }
}

/** A connector as the stub sees it. */
interface StubLink {
  readonly link: Link
  readonly peer: MemberIdentity
  readonly said: Inbox<ConnectorSays>
  tell(message: EdgeSaysToConnector): void
  /** Asks for a stream. @throws {StreamRefused} */
  open(
    ask: Partial<ConnectorOpen> & Pick<ConnectorOpen, 'port'>,
    signal?: AbortSignal,
  ): Promise<{ stream: WireStream; opened: ConnectorOpened }>
}

/** An edge that does as a test tells it, with a real listener and real links. */
export interface StubEdge extends AsyncDisposable {
  readonly address: string
  readonly links: Inbox<StubLink>
  /** Why connectors are not let in, if they are not. */
  refusal: Status | undefined
  configuration: Partial<Extract<EdgeSaysToConnector, { type: 'configure' }>>
  /** Addresses that a connector is told when it enrols; default its own. */
  told: readonly string[] | undefined
  /** The next link that comes, from a place on. */
  connected(from?: number): Promise<StubLink>
}

export const CONFIGURE: Extract<EdgeSaysToConnector, { type: 'configure' }> = {
  type: 'configure',
  group: 'g',
  maxStreams: 100,
  draining: false,
  edges: [],
  probes: [],
}

let authority: Promise<Authority> | undefined

/** One authority for all tests of a process. */
export function testAuthority(): Promise<Authority> {
  authority ??= createAuthority(Date.now())
  return authority
}

export async function issue(
  kind: MemberIdentity['kind'],
  id: string,
  by?: Authority,
): Promise<Pick<Identity, 'key' | 'certificate' | 'authority'>> {
  const issuer = by ?? (await testAuthority())
  const { key, csr } = await newKeyAndCsr()
  const { certificate } = await issuer.issue({
    csr,
    identity: { kind, id },
    lifetimeMs: DAY_MS,
    now: Date.now(),
  })
  return { key, certificate, authority: issuer.certificate }
}

let issued = 0

/** @param port - default any; to come back where an edge was before */
export async function startStubEdge(id: string, port = 0): Promise<StubEdge> {
  const by = await testAuthority()
  const links = new Inbox<StubLink>()
  const listener: PartListener = await listenForParts({
    host: '127.0.0.1',
    port,
    identity: await issue('edge', id),
    protocols: ['connector', 'enrol'],
    isValid: () => stub.refusal,
    onRefused() {},
    async onEnrol(request) {
      const member = { kind: 'connector', id: `c${++issued}` } as const
      const now = Date.now()
      const given = await by.issue({ csr: request.csr, identity: member, lifetimeMs: DAY_MS, now })
      return {
        type: 'enrolled',
        ...member,
        certificate: given.certificate,
        authority: by.certificate,
        addresses: [...(stub.told ?? [stub.address])],
        expiresAt: given.expiresAt,
      }
    },
    onPart(_protocol, socket, peer) {
      const said = new Inbox<ConnectorSays>()
      const link = createLink(socket, {
        side: 'acceptor',
        peer: PEER_CODES.connector,
        pingMs: 200,
        handlers: { onOpen() {}, onMessage: message => said.put(connectorSays.parse(message)) },
      })
      const made: StubLink = {
        ...{ link, peer, said },
        tell: message => link.message(message),
        async open(ask, signal = AbortSignal.timeout(20_000)) {
          const whole: ConnectorOpen = { ...ASK, ...ask }
          const { stream, answer } = await link.open(whole, signal)
          return { stream, opened: connectorOpened.parse(answer) }
        },
      }
      made.tell({ ...CONFIGURE, ...stub.configuration })
      links.put(made)
    },
  })
  const stub: StubEdge = {
    address: `127.0.0.1:${listener.port}`,
    links,
    refusal: undefined,
    told: undefined,
    configuration: {},
    connected: (from = 0) => links.find(({ link }) => !link.draining, from),
    async [Symbol.asyncDispose]() {
      for (const { link } of links.all) link.destroy({ code: 'EDG_LOST', text: 'The test is over.' })
      await listener[Symbol.asyncDispose]()
    },
  }
  return stub
}

const ASK: Omit<ConnectorOpen, 'port'> = {
  connection: 'n1',
  segment: 's',
  host: '127.0.0.1',
  user: 'alice',
  inspect: false,
  doubleEncryption: false,
}

export async function testInvitation({ address }: Pick<StubEdge, 'address'>): Promise<string> {
  const { certificate } = await testAuthority()
  return encodeInvitation({
    kind: 'connector',
    addresses: [address],
    authority: fingerprintOf(certificate),
    key: 'k',
    secret: 's',
  })
}

/** A connector that has enrolled at an edge, in a folder of its own. */
export interface TestConnector extends AsyncDisposable {
  readonly connector: Connector
  readonly folder: string
  readonly events: Inbox<ConnectorEvent>
}

export async function startTestConnector(
  edge: Pick<StubEdge, 'address'>,
  options: Partial<ConnectorOptions> = {},
): Promise<TestConnector> {
  const folder = options.folder ?? (await mkdtemp(join(tmpdir(), 'portolan-connector-')))
  const events = new Inbox<ConnectorEvent>()
  const connector = await startConnector({
    name: 'test',
    version: '0',
    folder,
    invitation: await testInvitation(edge),
    onEvent: event => events.put(event),
    ...options,
  })
  return {
    ...{ connector, folder, events },
    async [Symbol.asyncDispose]() {
      await connector[Symbol.asyncDispose]()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** A server of which each connection is kept, open in both directions. */
export interface TestServer extends AsyncDisposable {
  readonly port: number
  readonly sockets: Inbox<Socket>
}

export async function startTestServer(onSocket: (socket: Socket) => void = () => {}): Promise<TestServer> {
  const sockets = new Inbox<Socket>()
  const server: Server = createServer({ allowHalfOpen: true, noDelay: true }, socket => {
    socket.on('error', () => {})
    onSocket(socket)
    sockets.put(socket)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    port,
    sockets,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets.all) socket.destroy()
      await new Promise(resolve => server.close(resolve))
    },
  }
}

/** What comes over a stream: everything is taken at once. */
export interface StreamLog {
  readonly text: () => string
  readonly events: Inbox<'end' | 'delivered' | { reset: string } | { note: string } | { bytes: number }>
  readonly notes: unknown[]
}

export function readStream(stream: WireStream): StreamLog {
  const events: StreamLog['events'] = new Inbox()
  const notes: unknown[] = []
  let text = ''
  stream.attach({
    onData(bytes) {
      text += bytes.toString('latin1')
      stream.consumed(bytes.length)
      events.put({ bytes: bytes.length })
    },
    onEnd: () => events.put('end'),
    onReset: ({ code }) => events.put({ reset: code }),
    onNote(note) {
      const parsed = connectorNote.parse(note)
      notes.push(parsed)
      events.put({ note: parsed.type })
    },
    onRoom() {},
    onDelivered: () => events.put('delivered'),
  })
  return { text: () => text, events, notes }
}

/** A port that neither accepts nor refuses: its process is stopped, and what the kernel would accept for it is full. */
export async function startDeafServer(): Promise<AsyncDisposable & { readonly port: number }> {
  const script = `require('node:net').createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, function () {
    console.log(this.address().port)
  })`
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'ignore'] })
  const [line] = await once(child.stdout, 'data')
  const port = Number(String(line))
  child.kill('SIGSTOP')
  const fill = Array.from({ length: 4 }, () => connect(port, '127.0.0.1').on('error', () => {}))
  await Promise.all(fill.slice(0, 2).map(socket => once(socket, 'connect')))
  return {
    port,
    async [Symbol.asyncDispose]() {
      for (const socket of fill) socket.destroy()
      child.kill('SIGKILL')
      await once(child, 'exit')
    },
  }
}
