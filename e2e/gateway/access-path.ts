import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { SegmentInput } from '@portolan/gateway'
import { Program } from '../../bench/processes.ts'
import { joinNamespaces, makeNamespace, type Namespace } from '../lab/network/namespaces.ts'
import type { LabKind } from '../lab/servers/kinds.ts'
import { type LabServer, type LabServerOptions, startServer } from '../lab/servers/start.ts'
import { freePorts } from '../support/ports.ts'
import { makeScratch } from '../support/scratch.ts'

const ACCESS = fileURLToPath(new URL('./access-program.ts', import.meta.url))
const COMMAND = fileURLToPath(new URL('../../packages/cli/bin/portolan.mjs', import.meta.url))
const EDGE_PORT = 8443

/** Addresses of the three namespaces. Between user and server there is no way but the edge's. */
export const AT = {
  user: '198.51.100.10',
  edgeOutside: '198.51.100.1',
  edgeInside: '10.0.0.1',
  server: '10.0.0.9',
  /** Another address of the server. */
  otherServer: '10.0.0.10',
  server6: 'fd00::9',
} as const

/** A controller with an edge, a connector, and whatever is started beside them. */
export interface Access extends AsyncDisposable {
  /** A folder of the test's own. */
  readonly folder: string
  /** Starts `portolan agent` for alice and waits until it is ready. Answers its lines. */
  startAgent(
    flags: readonly string[],
  ): Promise<{ readonly program: Program; readonly lines: readonly string[] }>
  /** Starts a command in the server's namespace and waits until it is ready. */
  startNearServer(args: readonly string[]): Promise<Started>
}

/** A user, an edge with its controller, and a server with its connector, each in a network namespace of its own. */
export interface AccessPath extends Access {
  readonly user: Namespace
  /** Starts a server in its namespace. */
  startServer(kind: LabKind, options?: Partial<LabServerOptions>): Promise<LabServer>
}

/** A command that runs, and what it said until it was ready. */
export interface Started {
  readonly program: Program
  readonly lines: readonly string[]
}

export interface AccessPathOptions {
  readonly segments: readonly SegmentInput[]
  readonly denied?: readonly string[]
  /** Milliseconds without a byte after which a session is ended. Default two hours. */
  readonly idleMs?: number
}

/** Where the parts run, and how they are reached. */
interface Places {
  readonly addresses: readonly string[]
  readonly port: number
  readonly user: Launch
  readonly edge: Launch
  readonly server: Launch
}
type Launch = (program: string, args: readonly string[]) => Promise<Program>

/** All parts on this machine, without namespaces: nothing is out of reach, so what is forwarded has to be seen by other means. */
export async function startOnLoopback(options: AccessPathOptions): Promise<Access> {
  const { basePort: port } = await freePorts(1)
  const launch: Launch = (program, args) => Program.start(program, args)
  return await startAccess(options, {
    ...{ addresses: [`127.0.0.1:${port}`], port },
    ...{ user: launch, edge: launch, server: launch },
  })
}

/** @throws {ProgramError} with what `ip` said */
export async function buildAccessPath(options: AccessPathOptions): Promise<AccessPath> {
  await using building = new AsyncDisposableStack()
  const user = building.use(await makeNamespace('user'))
  const edge = building.use(await makeNamespace('edge'))
  const server = building.use(await makeNamespace('server'))
  await joinNamespaces(
    { namespace: user, interface: 'outwards', address: `${AT.user}/24` },
    { namespace: edge, interface: 'to-user', address: `${AT.edgeOutside}/24` },
  )
  await joinNamespaces(
    { namespace: server, interface: 'outwards', address: `${AT.server}/24` },
    { namespace: edge, interface: 'to-server', address: `${AT.edgeInside}/24` },
  )
  await server.ip(
    `address add ${AT.otherServer}/24 dev outwards`,
    `address add ${AT.server6}/64 dev outwards nodad`,
  )
  // The edge forwards nothing: packets that go there by themselves go no further.
  await user.ip(
    `route add default via ${AT.edgeOutside}`,
    'address add 2001:db8::10/64 dev outwards nodad',
    'route add fd00::/64 dev outwards',
  )
  const access = building.use(
    await startAccess(options, {
      addresses: [`${AT.edgeOutside}:${EDGE_PORT}`, `${AT.edgeInside}:${EDGE_PORT}`],
      port: EDGE_PORT,
      ...{ user: user.start, edge: edge.start, server: server.start },
    }),
  )
  const kept = building.move()
  return {
    ...access,
    user,
    async startServer(kind, more = {}) {
      const passive = { basePort: 50_000, numberOfPorts: 100 }
      const made = { host: AT.server, port: 21, passive, launcher: server.launcher, ...more }
      return kept.use(await startServer(kind, made))
    },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  }
}

async function startAccess(
  { segments, denied = [], idleMs = 7_200_000 }: AccessPathOptions,
  { addresses, port, user, edge, server }: Places,
): Promise<Access> {
  await using starting = new AsyncDisposableStack()
  const { path: folder } = starting.use(await makeScratch())
  const plan = { folder, addresses, port, denied, idleMs, segments }
  const program = starting.use(await edge(process.execPath, [ACCESS, JSON.stringify(plan)]))
  const told = await program.line()
  if (told === undefined) throw new Error(`the controller ended: ${program.errors}`)
  program.drain()
  const keys: { agent: string; connector: string } = JSON.parse(told)
  const [key, password] = [join(folder, 'connector.key'), join(folder, 'password')]
  await writeFile(key, keys.connector)
  await writeFile(password, 'secret\n')
  const connector = ['--key-file', key, '--name', 'con', '--data', join(folder, 'connector')]
  await untilReady(starting, server, ['connector', ...connector])
  const kept = starting.move()
  const own = ['--key', keys.agent, '--user', 'alice', '--password-file', password]
  return {
    folder,
    startAgent: flags => untilReady(kept, user, ['agent', ...own, '--data', join(folder, 'agent'), ...flags]),
    startNearServer: args => untilReady(kept, server, args),
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  }
}

/** Starts a command and reads what it says until it is ready. */
async function untilReady(
  stack: AsyncDisposableStack,
  launch: Launch,
  args: readonly string[],
): Promise<Started> {
  const program = stack.use(await launch(process.execPath, [COMMAND, ...args]))
  const lines: string[] = []
  for (let line = await program.line(); ; line = await program.line()) {
    if (line === undefined) throw new Error(`portolan ${args[0]} ended: ${program.errors}`)
    lines.push(line)
    if (line.startsWith('ready ')) break
  }
  program.drain()
  return { program, lines }
}
