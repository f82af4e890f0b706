import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { hashPassword } from '@portolan/server'
import { openStore, type Store } from '@portolan/store'
import type { LabKind } from '../lab/servers/kinds.ts'
import { type LabServer, type LabServerOptions, startServer } from '../lab/servers/start.ts'
import { mustSucceed } from '../support/programs.ts'
import { makeScratch } from '../support/scratch.ts'
import { type AccessNetwork, buildAccessNetwork, EDGE_OUTSIDE, SERVER } from './network.ts'
import { type Part, startPart } from './part.ts'

const PASSWORD = 'open sesame'
const PASSIVE = { basePort: 50_000, numberOfPorts: 100 }
const CONTROLLER_PORT = 8022
const CONTROL_PORT = 21

/** How agents take connections, and more flags of the command. */
interface AgentWay {
  readonly flags?: readonly string[]
  readonly name?: string
}

/** A node whose gateway is open, in the DMZ of a network, and what is started around it. */
export interface AccessStand extends AsyncDisposable {
  readonly network: AccessNetwork
  readonly node: Part
  readonly data: string
  /** The store of the node, beside it. */
  readonly store: Store
  /** Runs `portolan access ...` on the node's data folder and answers what it printed. @throws {ProgramError} */
  access(...args: readonly string[]): Promise<string>
  /**
   * Starts an edge at a port of the DMZ's. Who starts an edge, a connector or an agent again as before gets the same member.
   * @param reachedAt - the port that others dial, where it is another
   */
  startEdge(name: string, port: number, reachedAt?: number): Promise<Part>
  /**
   * Starts a connector in one of the two namespaces.
   * @param names - what it alone finds by a name: lines of a hosts file
   */
  startConnector(name: string, where?: 0 | 1, names?: string): Promise<Part>
  startAgent(way?: AgentWay): Promise<Part>
  startServer(kind: LabKind, options?: Partial<LabServerOptions>): Promise<LabServer>
}

/** @param setup - flags of `portolan access setup` beside server, users, controller and edge */
export async function startStand(setup: readonly string[]): Promise<AccessStand> {
  await using starting = new AsyncDisposableStack()
  const { path } = starting.use(await makeScratch())
  const network = starting.use(await buildAccessNetwork())
  const [data, files] = [join(path, 'data'), join(path, 'files')]
  await mkdir(files)
  const node = starting.use(
    await startPart(
      network.dmz,
      [...['serve', '--data', data, '--listen', '127.0.0.1:2121', '--console', 'off']],
      { cwd: path },
    ),
  )
  const access = async (...args: readonly string[]) => {
    const ran = await network.dmz.portolan(['access', ...args, '--data', data], {
      cwd: path,
      limitMs: 30_000,
    })
    return mustSucceed(`portolan access ${args[0]}`, ran).stdout
  }
  const invitations = new Map<string, Promise<string>>()
  const invite = (who: string, ...args: readonly string[]) => {
    const made = invitations.get(who) ?? access('invite', ...args)
    invitations.set(who, made)
    return made.then(text => /ptl1\.\S+/.exec(text)?.[0] ?? '')
  }
  const store = starting.use(await openStore({ folder: data, as: 'tool' }))
  const password = await hashPassword(PASSWORD)
  for (const name of ['alice', 'bob'])
    await store.users.create(
      name,
      { document: { name, home: files }, enabled: true, groups: [], password },
      { by: 'stand' },
    )
  await access(
    ...['setup', '--server', `${SERVER}:${CONTROL_PORT}`, '--user', 'alice', '--name', 'ftp', '--yes'],
    ...['--controller', `${EDGE_OUTSIDE}:${CONTROLLER_PORT}`, '--edge', `${EDGE_OUTSIDE}:8443`, ...setup],
  )
  const kept = starting.move()
  const folders = new Map<string, string>()
  const start = async (
    where: Pick<AccessNetwork['user'], 'launcher'>,
    args: readonly string[],
    env: Readonly<Record<string, string>> = {},
  ) => {
    const what = args.join(' ')
    const state = folders.get(what) ?? join(path, `part-${folders.size + 1}`)
    folders.set(what, state)
    return kept.use(
      await startPart(where, [...args, '--data', state, '--log', 'json', '-v'], { cwd: path, env }),
    )
  }
  return {
    ...{ network, node, data, store, access },
    async startEdge(name, port, reachedAt = port) {
      const key = await invite(`edge ${name}`, 'edge')
      const at = ['--listen', `0.0.0.0:${port}`, '--address', `${EDGE_OUTSIDE}:${reachedAt}`]
      return start(network.dmz, ['edge', '--key', key, '--name', name, ...at])
    },
    async startConnector(name, where = 0, names) {
      const key = await invite(`connector ${name}`, 'connector', '--group', 'default')
      const place = network.connectors[where]
      const hosts = join(path, `hosts-${name}`)
      if (names !== undefined) await writeFile(hosts, names)
      const launcher = names === undefined ? place.launcher : [...place.launcher, ...withHosts(hosts)]
      return start({ launcher }, ['connector', '--key', key, '--name', name])
    },
    async startAgent({ flags = [], name = 'alice' } = {}) {
      const key = await invite('agent', 'agent')
      return start(network.user, ['agent', '--key', key, '--user', name, ...flags], {
        PORTOLAN_PASSWORD: PASSWORD,
      })
    },
    async startServer(kind, options = {}) {
      return kept.use(
        await startServer(kind, {
          ...{ host: SERVER, port: CONTROL_PORT, passive: PASSIVE, launcher: network.server.launcher },
          ...options,
        }),
      )
    },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  }
}

/** What starts a program that sees another hosts file; a namespace of the network is one of mounts, too. */
const withHosts = (file: string) => ['sh', '-c', 'mount --bind "$0" /etc/hosts && exec "$@"', file]
