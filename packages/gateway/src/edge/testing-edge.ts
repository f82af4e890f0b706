import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ConnectorOpen } from '../control/messages.ts'
import type { Edge, EdgeEvent, EdgeOptions } from '../parts.ts'
import { createAuthority } from '../pki/authority.ts'
import { writeIdentity } from '../pki/identity-file.ts'
import { newKeyAndCsr } from '../pki/key.ts'
import type { Identity } from '../pki/types.ts'
import type { AccessConfig } from '../policy/types.ts'
import type { ValidMember } from './members.ts'
import { startEdge } from './start-edge.ts'
import { type StubAgent, startStubAgent } from './testing-agent.ts'
import { type Answer, type StubConnector, startStubConnector } from './testing-connector.ts'
import { type StubController, type StubSettings, startStubController } from './testing-controller.ts'
import { Seen } from './testing-seen.ts'

const HOUR = 3_600_000

/** One edge of real sockets and TLS with a controller, agents and connectors that do what a test says. */
export interface World extends AsyncDisposable {
  readonly edge: Edge
  readonly events: Seen<EdgeEvent>
  readonly controller: StubController
  agent(id: string, member?: AgentAsk): Promise<StubAgent>
  connector(id: string, member?: ConnectorAsk): Promise<StubConnector>
  /** The certificate of a member that the controller does not list. */
  identity(kind: Identity['kind'], id: string, lifetimeMs?: number): Promise<Identity & { serial: string }>
}

interface AgentAsk extends Partial<Pick<ValidMember, 'user' | 'name' | 'labels' | 'draining'>> {
  readonly lifetimeMs?: number
}
interface ConnectorAsk extends Partial<Pick<ValidMember, 'name' | 'connectorGroup' | 'draining'>> {
  readonly behave?: (ask: ConnectorOpen) => Answer
  readonly pingMs?: number
}

/** Starts an edge with a stub of a controller. The edge has its configuration when it resolves. */
export async function createWorld(
  config: Partial<AccessConfig>,
  options: Partial<EdgeOptions> &
    Partial<StubSettings> & { readonly otherControllers?: readonly string[] } = {},
): Promise<World> {
  const authority = await createAuthority(Date.now())
  const folder = await mkdtemp(join(tmpdir(), 'portolan-edge-'))
  const identity = async (kind: Identity['kind'], id: string, lifetimeMs = HOUR) => {
    const { key, csr } = await newKeyAndCsr()
    const { certificate, serial, expiresAt } = await authority.issue({
      csr,
      identity: { kind, id },
      lifetimeMs,
      now: Date.now(),
    })
    return { id, kind, key, certificate, serial, authority: authority.certificate, addresses: [], expiresAt }
  }
  const controller = await startStubController(authority, config, options)
  const own = await identity('edge', 'edge-1')
  controller.list({
    id: own.id,
    kind: 'edge',
    name: 'Edge One',
    serial: own.serial,
    expiresAt: own.expiresAt,
  })
  await writeIdentity(folder, {
    ...own,
    addresses: [...(options.otherControllers ?? []), controller.address],
  })
  const events = new Seen<EdgeEvent>()
  const started = startEdge({
    folder,
    name: 'edge',
    host: '127.0.0.1',
    port: 0,
    addresses: [],
    version: '1',
    onEvent: events.add,
    ...options,
  })
  const edge = await started.catch(async (error: unknown) => {
    await controller[Symbol.asyncDispose]()
    throw error
  })
  const address = `127.0.0.1:${edge.address.port}`
  const parts = new AsyncDisposableStack()
  await events.find(event => event.type === 'controller' && event.state === 'connected', 'the controller')
  return {
    edge,
    events,
    controller,
    identity,
    async agent(id, { lifetimeMs, ...member } = {}) {
      const made = await identity('agent', id, lifetimeMs)
      controller.list({
        kind: 'agent',
        ...{ id, serial: made.serial, expiresAt: made.expiresAt },
        ...{ name: `device-of-${id}`, user: 'anna', ...member },
      })
      return parts.use(await startStubAgent(made, address))
    },
    async connector(id, { behave = (): Answer => 'echo', pingMs, ...member } = {}) {
      const made = await identity('connector', id)
      controller.list({
        kind: 'connector',
        ...{ id, serial: made.serial, expiresAt: made.expiresAt },
        ...{ name: `Connector ${id}`, connectorGroup: 'group', ...member },
      })
      return parts.use(await startStubConnector(made, address, behave, pingMs))
    },
    async [Symbol.asyncDispose]() {
      await parts[Symbol.asyncDispose]()
      await edge[Symbol.asyncDispose]()
      await controller[Symbol.asyncDispose]()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
