import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { Program } from '../../../bench/processes.ts'
import {
  findProgram,
  mustSucceed,
  type ProgramResult,
  type RunOptions,
  runProgram,
} from '../../support/programs.ts'
import { atExit } from '../cleanup.ts'

const COMMAND = fileURLToPath(new URL('../../../packages/cli/bin/portolan.mjs', import.meta.url))
/** Names of namespaces are the machine's: they hold the number of the process that made them. */
const PREFIX = 'portolan-lab-'

let made = 0

/** A network namespace: interfaces, routes and firewall of its own. */
export interface Namespace extends AsyncDisposable {
  readonly name: string
  /** What starts a program in it; for `launcher` of a server. */
  readonly launcher: readonly string[]
  /** Runs a program in it to its end. @throws {ProgramError} */
  run(program: string, args: readonly string[], options?: RunOptions): Promise<ProgramResult>
  /** Runs the `portolan` command in it to its end. @throws {ProgramError} */
  portolan(args: readonly string[], options?: RunOptions): Promise<ProgramResult>
  /** Starts a program in it, which ends with the namespace. */
  start(program: string, args: readonly string[]): Promise<Program>
  /** Commands for `ip` in it, one in each line. @throws {ProgramError} */
  ip(...commands: readonly string[]): Promise<void>
  /** A ruleset for `nft`. @throws {ProgramError} */
  nft(ruleset: string): Promise<void>
  /** Has it pass packets from one interface to another. */
  forward(): Promise<void>
}

/** Why no namespaces can be made here, for `skip` of a test; with CI=true always `false`, so that the test fails instead. */
export function skipNetwork(): string | false {
  if (process.env.CI === 'true') return false
  if (process.getuid?.() !== 0) return 'network namespaces need root'
  const missing = ['ip', 'nft', 'curl'].find(name => findProgram(name) === undefined)
  return missing !== undefined && `${missing} is not installed`
}

/** Makes a namespace. It goes, with all programs in it, when it is disposed of or this process ends. */
export async function makeNamespace(role: string): Promise<Namespace> {
  if (made === 0) await sweep()
  made += 1
  const name = `${PREFIX}${process.pid}-${made}-${role}`
  const removal = atExit(() => void removeNow(name))
  await ip(['netns', 'add', name])
  await ip(['-n', name, 'link', 'set', 'lo', 'up'])
  const launcher = ['ip', 'netns', 'exec', name]
  const run = (program: string, args: readonly string[], options?: RunOptions) =>
    runProgram('ip', ['netns', 'exec', name, program, ...args], options)
  return {
    name,
    launcher,
    run,
    portolan: (args, options) => run(process.execPath, [COMMAND, ...args], options),
    start: (program, args) => Program.start('ip', ['netns', 'exec', name, program, ...args]),
    async ip(...commands) {
      await ip(['-n', name, '-batch', '-'], commands.map(command => `${command}\n`).join(''))
    },
    async nft(ruleset) {
      mustSucceed('nft', await run('nft', ['-f', '-'], { input: ruleset }))
    },
    async forward() {
      const set = await run('sh', ['-c', 'echo 1 > /proc/sys/net/ipv4/ip_forward'])
      mustSucceed('sh', set)
    },
    async [Symbol.asyncDispose]() {
      removal[Symbol.dispose]()
      await remove(name)
    },
  }
}

/**
 * Joins two namespaces by a cable.
 * @param ends - of each: the namespace, the name of its interface (15 characters at most), its address with prefix length
 */
export async function joinNamespaces(...ends: readonly [CableEnd, CableEnd]): Promise<void> {
  const [one, other] = ends
  await one.namespace.ip(
    `link add ${one.interface} type veth peer name ${other.interface} netns ${other.namespace.name}`,
  )
  for (const { namespace, interface: name, address } of ends) {
    await namespace.ip(`address add ${address} dev ${name}`, `link set ${name} up`)
  }
}

/** One end of a cable. */
export interface CableEnd {
  readonly namespace: Namespace
  readonly interface: string
  readonly address: string
}

async function ip(args: readonly string[], input = ''): Promise<string> {
  return mustSucceed('ip', await runProgram('ip', args, { input })).stdout
}

async function remove(name: string): Promise<void> {
  endPrograms(await ip(['netns', 'pids', name]))
  await ip(['netns', 'delete', name])
}

function removeNow(name: string): void {
  const program = findProgram('ip')
  if (program === undefined) return
  try {
    endPrograms(execFileSync(program, ['netns', 'pids', name], { encoding: 'utf8', stdio: 'pipe' }))
    execFileSync(program, ['netns', 'delete', name], { stdio: 'pipe' })
  } catch {
    // It was not made yet, or is gone already.
  }
}

function endPrograms(list: string): void {
  for (const pid of list.split('\n').filter(line => /^\d+$/.test(line))) {
    try {
      process.kill(Number(pid), 'SIGKILL')
    } catch {
      // It has ended meanwhile.
    }
  }
}

/** Removes what processes have left that were killed. */
async function sweep(): Promise<void> {
  for (const line of (await ip(['netns', 'list'])).split('\n')) {
    const [, name = '', pid = ''] = /^(portolan-lab-(\d+)-\S+)/.exec(line) ?? []
    if (name !== '' && !isAlive(Number(pid))) removeNow(name)
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
