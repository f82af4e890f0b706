import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { BenchError } from './errors.ts'
import type { Place } from './fleet.ts'
import { Program, run } from './processes.ts'

/** What the link adds each way, in milliseconds. */
export const DELAY_MS = 20
/** The interface's name at both ends. */
const INTERFACE = 'far0'
/** The two ends. Each has a network namespace of its own, so no other network is touched. */
const SERVER = '10.203.0.1'
const CLIENT = '10.203.0.2'
/** Where `ip netns` keeps its names. */
const NAMES = '/run/netns'
const PREFIX = 'portolan-bench-'
/** Packets that an interface holds: more than two seconds of what the works send. */
const QUEUE = 10_000
/** How much longer than two delays a connect may take, in milliseconds: above it the machine is too busy to measure. */
const SLACK_MS = 15
/** How long bench/load/delay.c may take until both interfaces are there, in milliseconds. */
const READY_MS = 5_000

/** Two network namespaces and a link between them that delays every packet. */
export interface Link extends AsyncDisposable {
  /** Where servers run and how they are asked for their greeting. */
  readonly place: Place
  /** Starts a program at the clients' end. */
  readonly client: readonly string[]
  /** A connect over it, in milliseconds. */
  readonly connectMs: number
}

/** Why there can be no link here; undefined when there can. */
export function linkMissing(): string | undefined {
  if (process.getuid?.() !== 0) return 'needs root to make network namespaces: run as root'
  if (!existsSync('/dev/net/tun')) return 'needs /dev/net/tun: "modprobe tun"'
  return spawnSync('ip', ['-V']).status === 0 ? undefined : 'needs "ip": apt-get install iproute2'
}

/**
 * Makes the link. It goes at the end of this process at the latest; what a killed run left goes first.
 *
 * @param delay - the compiled bench/load/delay.c
 * @throws {BenchError} when it cannot be made, or is slower than it should be
 */
export async function openLink(delay: string): Promise<Link> {
  await sweepOld()
  const names = { server: `${PREFIX}${process.pid}-server`, client: `${PREFIX}${process.pid}-client` }
  const remove = () => {
    for (const name of Object.values(names)) spawnSync('ip', ['netns', 'del', name])
  }
  process.once('exit', remove)
  let program: Program | undefined
  const close = async () => {
    await program?.stop()
    process.removeListener('exit', remove)
    remove()
  }
  try {
    for (const name of Object.values(names)) await run('ip', ['netns', 'add', name])
    program = await startDelay(delay, names)
    await setUp(names.server, SERVER)
    await setUp(names.client, CLIENT)
    const client = ['ip', 'netns', 'exec', names.client]
    return {
      place: {
        name: 'far',
        host: SERVER,
        launcher: ['ip', 'netns', 'exec', names.server],
        greets: async port => (await probe(client, port)).greeted,
      },
      client,
      connectMs: await measuredConnect(client),
      [Symbol.asyncDispose]: close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

async function startDelay(delay: string, names: { server: string; client: string }): Promise<Program> {
  const ends = [`${NAMES}/${names.server}`, INTERFACE, `${NAMES}/${names.client}`, INTERFACE]
  const program = await Program.start(delay, [...ends, String(DELAY_MS * 1000)])
  const timer = setTimeout(() => program.kill(), READY_MS)
  try {
    if ((await program.line()) === 'ready') return program
    throw new BenchError(`the delayed link could not be made: ${program.errors || 'no message'}`)
  } catch (error) {
    await program.stop()
    throw error
  } finally {
    clearTimeout(timer)
  }
}

async function setUp(name: string, address: string): Promise<void> {
  const ip = (...args: string[]) => run('ip', ['-n', name, ...args])
  await ip('link', 'set', 'lo', 'up')
  await ip('addr', 'add', `${address}/30`, 'dev', INTERFACE)
  // An MTU of Ethernet: the first ten segments of a connection hold one small file, as they do on a real network.
  await ip('link', 'set', INTERFACE, 'mtu', '1500', 'txqueuelen', String(QUEUE), 'up')
}

/** What link-probe.ts says. */
interface Probed {
  readonly greeted: boolean
  readonly ms: number
}

async function probe(launcher: readonly string[], port: number): Promise<Probed> {
  const script = fileURLToPath(new URL('./link-probe.ts', import.meta.url))
  const [first = '', ...rest] = [...launcher, process.execPath, script, SERVER, String(port)]
  const probed: Probed = JSON.parse(await run(first, rest))
  return probed
}

/** The shortest of a few connects to a port where nobody listens: a refusal takes one round trip. */
async function measuredConnect(launcher: readonly string[]): Promise<number> {
  const { ms } = await probe(launcher, 9)
  if (ms >= 2 * DELAY_MS && ms <= 2 * DELAY_MS + SLACK_MS) return ms
  throw new BenchError(`a connect over the delayed link takes ${ms.toFixed(1)} ms instead of ${2 * DELAY_MS}`)
}

/** Removes namespaces of runs whose process is gone. */
async function sweepOld(): Promise<void> {
  const names = existsSync(NAMES) ? await readdir(NAMES) : []
  for (const name of names) {
    const pid = ownerOf(name)
    if (pid !== undefined && !isAlive(pid)) await run('ip', ['netns', 'del', name])
  }
}

/** The process that made a namespace of a benchmark; undefined for anybody else's. */
export function ownerOf(name: string): number | undefined {
  const match = /^portolan-bench-(\d+)-(?:server|client)$/.exec(name)
  return match?.[1] === undefined ? undefined : Number(match[1])
}

function isAlive(pid: number): boolean {
  return existsSync(`/proc/${pid}`)
}
