import { fileURLToPath } from 'node:url'
import type { FreePorts } from '../../support/ports.ts'
import type { LabKind } from '../servers/kinds.ts'
import { untilListening } from '../servers/listening.ts'
import { type LabServer, type LabServerOptions, startServer } from '../servers/start.ts'
import {
  clientFirewall,
  clientNat,
  interception,
  serverFirewall,
  serverNat,
  TO_CLIENT,
  TO_SERVER,
} from './firewall.ts'
import { isMiddlebox, type MiddleboxName, WRONG_ADDRESS } from './middlebox.ts'
import { joinNamespaces, makeNamespace, type Namespace } from './namespaces.ts'

const RELAY = fileURLToPath(new URL('./relay-program.ts', import.meta.url))
const RELAY_PORT = 2121
const CONTROL_PORT = 21
const PASSIVE: FreePorts = { basePort: 50_000, numberOfPorts: 20 }
/** What `client-firewall` lets in to the client. */
export const ACTIVE_PORTS: FreePorts = { basePort: 10_000, numberOfPorts: 24 }
/** What `half-open` lets through. */
const OPEN_HALF: FreePorts = { basePort: 50_000, numberOfPorts: 10 }

/** What stands between the client and the server. */
export type TopologyName =
  /** Nothing: one cable. */
  | 'direct'
  /** A firewall that lets the control port through and drops the rest. */
  | 'passive-closed'
  /** The same, but passive ports are refused with a reset. */
  | 'passive-rejected'
  /** A firewall that lets the lower half of the passive ports through. */
  | 'half-open'
  /** A firewall before the client that lets in what servers dial of {@link ACTIVE_PORTS}, and counts: see `counters.ts`. */
  | 'client-firewall'
  /** NAT before the server, with all ports forwarded. */
  | 'nat-private'
  /** NAT before the server, with the control port forwarded and nf_conntrack_ftp for the rest. */
  | 'nat-helper'
  /** NAT before the client. */
  | 'client-nat'
  /** NAT before the client, with nf_conntrack_ftp. */
  | 'client-nat-helper'
  /** A router that reads along. */
  | MiddleboxName

/** A client, a server and what stands between them, each in a network namespace of its own. */
export interface Topology extends AsyncDisposable {
  readonly name: TopologyName
  readonly client: Namespace
  readonly server: Namespace
  /** Absent where one cable joins the two. */
  readonly router?: Namespace
  readonly addresses: Addresses
  readonly controlPort: number
  /** The passive ports of its servers. */
  readonly passive: FreePorts
  /** Those of them that a client gets through to without help. */
  readonly open: FreePorts | undefined
  /** Starts a server in its namespace, at {@link Addresses.server}. It stops with the topology, if not before. */
  startServer(kind: LabKind, options?: TopologyServerOptions): Promise<LabServer>
}

/** IPv4 addresses of documentation (RFC 5737) and of private networks (RFC 1918). */
export interface Addresses {
  readonly client: string
  /** The client's address as the server sees it. */
  readonly clientOutside: string
  readonly server: string
  /** The address that the client dials. */
  readonly dialled: string
}

export type TopologyServerOptions = Omit<
  LabServerOptions,
  'host' | 'port' | 'passive' | 'launcher' | 'reachedAt'
>

/** What a topology is made of. */
interface Plan {
  readonly addresses: Addresses
  /** The router's addresses with prefix length; absent: no router. */
  readonly router?: { readonly toClient: string; readonly toServer: string; readonly further?: string }
  readonly rules?: string
  readonly open?: FreePorts
  readonly box?: MiddleboxName
}

const PUBLIC = {
  client: '198.51.100.10',
  clientOutside: '198.51.100.10',
  server: '203.0.113.21',
  dialled: '203.0.113.21',
}
const ROUTER = { toClient: '198.51.100.1/24', toServer: '203.0.113.1/24' }
const BEHIND_NAT = { ...PUBLIC, server: '10.0.0.21', dialled: '203.0.113.7' }
const SERVER_ROUTER = { toClient: '198.51.100.1/24', toServer: '10.0.0.1/24', further: '203.0.113.7/32' }
const HOME = { ...PUBLIC, client: '192.168.1.10', clientOutside: '198.51.100.7' }
const HOME_ROUTER = { toClient: '192.168.1.1/24', toServer: '203.0.113.1/24', further: '198.51.100.7/32' }

const PLANS: Record<Exclude<TopologyName, MiddleboxName>, Plan> = {
  direct: { addresses: { ...PUBLIC, client: '203.0.113.10', clientOutside: '203.0.113.10' }, open: PASSIVE },
  'passive-closed': {
    addresses: PUBLIC,
    router: ROUTER,
    rules: serverFirewall({ controlPort: CONTROL_PORT }),
  },
  'passive-rejected': {
    addresses: PUBLIC,
    router: ROUTER,
    rules: serverFirewall({ controlPort: CONTROL_PORT, rejected: PASSIVE }),
  },
  'half-open': {
    addresses: PUBLIC,
    router: ROUTER,
    rules: serverFirewall({ controlPort: CONTROL_PORT, open: OPEN_HALF }),
    open: OPEN_HALF,
  },
  'client-firewall': {
    addresses: PUBLIC,
    router: ROUTER,
    rules: clientFirewall({ controlPort: CONTROL_PORT, open: ACTIVE_PORTS }),
    open: PASSIVE,
  },
  'nat-private': serverNatPlan(false),
  'nat-helper': serverNatPlan(true),
  'client-nat': clientNatPlan(false),
  'client-nat-helper': clientNatPlan(true),
}

function serverNatPlan(helper: boolean): Plan {
  const { server: inner, dialled: outer } = BEHIND_NAT
  const forwarded = helper ? {} : { forwarded: PASSIVE }
  return {
    addresses: BEHIND_NAT,
    router: SERVER_ROUTER,
    rules: serverNat({ outer, inner, controlPort: CONTROL_PORT, helper, ...forwarded }),
    ...(!helper && { open: PASSIVE }),
  }
}

function clientNatPlan(helper: boolean): Plan {
  return {
    addresses: HOME,
    router: HOME_ROUTER,
    rules: clientNat({ outer: HOME.clientOutside, controlPort: CONTROL_PORT, helper }),
    open: PASSIVE,
  }
}

function planOf(name: TopologyName): Plan {
  if (!isMiddlebox(name)) return PLANS[name]
  const [router = ''] = ROUTER.toServer.split('/')
  const rules = interception({
    controlPort: CONTROL_PORT,
    relayPort: RELAY_PORT,
    router,
    client: PUBLIC.client,
  })
  return { addresses: PUBLIC, router: ROUTER, rules, open: PASSIVE, box: name }
}

/**
 * Builds a topology; no server runs in it yet. Needs root.
 *
 * @throws {ProgramError} with what `ip` or `nft` said
 */
export async function buildTopology(name: TopologyName): Promise<Topology> {
  const plan = planOf(name)
  const { addresses } = plan
  await using building = new AsyncDisposableStack()
  const client = building.use(await makeNamespace('client'))
  const server = building.use(await makeNamespace('server'))
  const router = plan.router && building.use(await makeNamespace('router'))
  await (router && plan.router
    ? joinByRouter({ client, server, router }, addresses, plan.router)
    : joinDirectly({ client, server }, addresses))
  if (router && plan.rules !== undefined) await router.nft(plan.rules)
  if (router && plan.box !== undefined) {
    // Packets to the address that a box puts in place of the right one vanish, as they do at an address without a host.
    await router.ip(`route add blackhole ${WRONG_ADDRESS}`)
    building.use(await startRelay(router, plan.box, addresses.server))
  }
  const kept = building.move()
  return {
    ...{ name, client, server, addresses },
    ...(router && { router }),
    controlPort: CONTROL_PORT,
    passive: PASSIVE,
    open: plan.open,
    async startServer(kind, options = {}) {
      const started = await startServer(kind, {
        ...options,
        host: addresses.server,
        port: CONTROL_PORT,
        passive: PASSIVE,
        launcher: server.launcher,
        reachedAt: addresses.dialled,
      })
      return kept.use(started)
    },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  }
}

interface Ends {
  readonly client: Namespace
  readonly server: Namespace
}

async function joinDirectly({ client, server }: Ends, addresses: Addresses): Promise<void> {
  await joinNamespaces(
    { namespace: client, interface: TO_SERVER, address: `${addresses.client}/24` },
    { namespace: server, interface: TO_CLIENT, address: `${addresses.server}/24` },
  )
}

async function joinByRouter(
  { client, server, router }: Ends & { readonly router: Namespace },
  addresses: Addresses,
  { toClient, toServer, further }: NonNullable<Plan['router']>,
): Promise<void> {
  await joinNamespaces(
    { namespace: client, interface: 'outwards', address: `${addresses.client}/24` },
    { namespace: router, interface: TO_CLIENT, address: toClient },
  )
  await joinNamespaces(
    { namespace: server, interface: 'outwards', address: `${addresses.server}/24` },
    { namespace: router, interface: TO_SERVER, address: toServer },
  )
  if (further !== undefined) await router.ip(`address add ${further} dev ${TO_CLIENT}`)
  await router.forward()
  await client.ip(`route add default via ${toClient.split('/')[0]}`)
  await server.ip(`route add default via ${toServer.split('/')[0]}`)
}

async function startRelay(router: Namespace, box: MiddleboxName, host: string): Promise<AsyncDisposable> {
  const settings = { box, listen: RELAY_PORT, host, port: CONTROL_PORT }
  const program = await router.start(process.execPath, [RELAY, JSON.stringify(settings)])
  await untilListening(program, '0.0.0.0', RELAY_PORT)
  program.drain()
  return program
}
