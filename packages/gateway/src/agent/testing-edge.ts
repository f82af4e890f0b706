import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Status } from '../codes.ts'
import type { EdgeSaysToAgent, EnrolReply, EnrolRequest } from '../control/messages.ts'
import type { AgentEvent, AgentOptions } from '../parts.ts'
import { type Authority, createAuthority } from '../pki/authority.ts'
import { encodeInvitation } from '../pki/invitation.ts'
import { newKeyAndCsr } from '../pki/key.ts'
import type { MemberIdentity } from '../pki/types.ts'
import { listenForParts } from '../transport/listen.ts'
import { joinSocket } from '../wire/join-socket.ts'
import { createLink } from '../wire/link.ts'
import { type IncomingStream, type Json, type Link, PEER_CODES, type WireStream } from '../wire/types.ts'

/** What a test's edge does. */
interface StubEdgeOptions {
  readonly authority: Authority
  readonly id?: string
  readonly port?: number
  /** Answers sign-ins; default: everybody may. */
  signIn?(
    request: Extract<EnrolRequest, { type: 'sign-in' }>,
  ): Extract<EnrolReply, { type: 'refused' }> | undefined
  /** Milliseconds that a sign-in is good. Default an hour. */
  readonly lifetimeMs?: number
  isValid?(peer: MemberIdentity): Status | undefined
  /** Takes an OPEN; default: {@link splice}. */
  onOpen?(incoming: IncomingStream, link: Link): void
  readonly definitions?: Definitions['definitions']
  readonly version?: number
  edges?(): readonly string[]
}
type Definitions = Extract<EdgeSaysToAgent, { type: 'definitions' }>

interface StubEdge extends AsyncDisposable {
  readonly id: string
  readonly address: string
  readonly invitation: string
  /** Links of agents, the oldest first. */
  readonly links: Link[]
  readonly signIns: Extract<EnrolRequest, { type: 'sign-in' }>[]
  readonly opens: Json[]
  /** Tells all agents. */
  tell(definitions: Partial<Definitions>): void
}

/** An edge with its own words: it lets agents in, and does with their streams what the test says. */
export async function startStubEdge(options: StubEdgeOptions): Promise<StubEdge> {
  const { authority, id = 'edge1', lifetimeMs = 3_600_000 } = options
  const { key, csr } = await newKeyAndCsr()
  const now = Date.now()
  const issued = await authority.issue({ csr, identity: { kind: 'edge', id }, lifetimeMs: 3_600_000, now })
  const links: Link[] = []
  const signIns: StubEdge['signIns'] = []
  const opens: Json[] = []
  let agents = 0
  const listener = await listenForParts({
    host: '127.0.0.1',
    port: options.port ?? 0,
    identity: { key, certificate: issued.certificate, authority: authority.certificate },
    protocols: ['agent', 'enrol'],
    isValid: peer => options.isValid?.(peer),
    onRefused: () => {},
    async onEnrol(request) {
      if (request.type !== 'sign-in') throw new Error('the stub enrols agents alone')
      signIns.push(request)
      const refused = options.signIn?.(request)
      if (refused) return refused
      const identity = { kind: 'agent', id: `agent${++agents}` } as const
      const made = await authority.issue({ csr: request.csr, identity, lifetimeMs, now: Date.now() })
      return {
        ...{ type: 'enrolled', ...identity, certificate: made.certificate, authority: authority.certificate },
        ...{ addresses: [...(options.edges?.() ?? [address()])], expiresAt: made.expiresAt },
      } as const
    },
    onPart(_protocol, socket) {
      const link = createLink(socket, {
        side: 'acceptor',
        peer: PEER_CODES.agent,
        handlers: {
          onOpen(incoming) {
            opens.push(incoming.ask)
            if (options.onOpen) options.onOpen(incoming, link)
            else void splice(incoming)
          },
          onMessage: message => {
            if (isHello(message)) link.message(definitionsOf({}))
          },
        },
      })
      links.push(link)
      void link.closed.then(() => links.splice(links.indexOf(link), 1))
    },
  })
  const address = () => `127.0.0.1:${listener.port}`
  const definitionsOf = (change: Partial<Definitions>): Json =>
    JSON.parse(
      JSON.stringify({
        ...{ type: 'definitions', version: options.version ?? 1, definitions: options.definitions ?? [] },
        ...{ edges: options.edges?.() ?? [address()], signInExpiresAt: Date.now() + lifetimeMs, ...change },
      }),
    )
  return {
    ...{ id, links, signIns, opens, address: address() },
    invitation: encodeInvitation({ kind: 'agent', addresses: [address()], authority: authority.fingerprint }),
    tell: change => {
      for (const link of links) link.message(definitionsOf(change))
    },
    async [Symbol.asyncDispose]() {
      for (const link of [...links]) link.destroy({ code: 'EDG_LOST', text: 'The edge was stopped.' })
      await listener[Symbol.asyncDispose]()
    },
  }
}

const isHello = (message: Json) =>
  typeof message === 'object' && message !== null && 'type' in message && message.type === 'hello'

/** What an edge answers. */
export function openedAnswer(
  server: { address: string; port: number },
  more: Record<string, Json> = {},
): Json {
  return {
    ...{ session: 's1', connection: 'c1', segment: 'ftp', connector: { id: 'con1', name: 'con1' } },
    ...{ server, doubleEncryption: false, inspected: false, ...more },
  }
}

/** Connects an OPEN to where it asks for, or to `to`. Answers the stream. */
export function splice(
  incoming: IncomingStream,
  to?: { host: string; port: number },
  more: Record<string, Json> = {},
): Promise<{ stream: WireStream; socket: Socket } | undefined> {
  const { ask } = incoming
  const asked = typeof ask === 'object' && ask !== null && 'host' in ask && 'port' in ask ? ask : {}
  const { host, port } = to ?? { host: String(asked.host), port: Number(asked.port) }
  const socket = connect({ host, port, allowHalfOpen: true })
  return new Promise(resolve => {
    socket.once('error', error => {
      incoming.refuse({ code: 'SRV_REFUSED', text: error.message })
      resolve(undefined)
    })
    socket.once('connect', () => {
      const stream = incoming.accept(openedAnswer({ address: host, port }, more))
      joinSocket(stream, socket, { socketIs: 'server' })
      resolve({ stream, socket })
    })
  })
}

/** A definition that forwards. */
export function forwards(
  applications: readonly string[],
  ports: readonly [number, number][] = [[1, 65_535]],
  more: Partial<Definitions['definitions'][number]> = {},
): Definitions['definitions'][number] {
  return {
    ...{ segment: 'ftp', applications: [...applications], action: 'forward', because: 'No rule fits.' },
    ports: ports.map(([from, to]) => ({ from, to })),
    ...{ doubleEncryption: false, inspection: 'off' },
    ...more,
  }
}

/** Options of an agent in a folder of its own, whose events are kept. */
export async function agentOptions(
  invitation: string,
  more: Partial<AgentOptions> = {},
): Promise<
  AgentOptions &
    AsyncDisposable & {
      readonly events: AgentEvent[]
      until(test: (event: AgentEvent) => boolean): Promise<AgentEvent>
    }
> {
  const folder = await mkdtemp(join(tmpdir(), 'portolan-agent-'))
  const events: AgentEvent[] = []
  const waiting = new Set<{ test: (event: AgentEvent) => boolean; resolve: (event: AgentEvent) => void }>()
  return {
    ...{ folder, invitation, version: 'test', user: 'alice', device: 'laptop', labels: [], events },
    credentials: async () => ({ password: 'secret' }),
    intercept: { socks5: { host: '127.0.0.1', port: 0 } },
    ...more,
    onEvent(event) {
      events.push(event)
      for (const one of waiting) if (one.test(event)) one.resolve(event)
    },
    until(test) {
      const found = events.find(test)
      if (found) return Promise.resolve(found)
      return new Promise(resolve => waiting.add({ test, resolve }))
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  }
}

/** The address at which an agent listens in one way. */
export function listeningAt(events: readonly AgentEvent[], how: string): { host: string; port: number } {
  const event = events.find(one => one.type === 'listening' && one.how === how)
  const address = event?.type === 'listening' ? event.address : ''
  return { host: '127.0.0.1', port: Number(address.slice(address.lastIndexOf(':') + 1)) }
}

/** A server that sends back what it gets and ends when its client does. */
export async function startEcho(
  host = '127.0.0.1',
): Promise<AsyncDisposable & { port: number; server: Server; sockets: Set<Socket> }> {
  const sockets = new Set<Socket>()
  const server = createServer({ allowHalfOpen: true }, socket => {
    sockets.add(socket)
    socket.on('error', () => {}).on('close', () => sockets.delete(socket))
    socket.pipe(socket)
  })
  server.listen({ host, port: 0 })
  await once(server, 'listening')
  const address = server.address()
  return {
    ...{ server, sockets, port: typeof address === 'object' && address ? address.port : 0 },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await new Promise(resolve => server.close(resolve))
    },
  }
}

export const newAuthority = () => createAuthority(Date.now())
