import { type ChildProcess, spawn } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { ServerLog } from './log.ts'
import { type FreePorts, freePorts } from './ports.ts'
import { makeScratch, type Scratch } from './scratch.ts'

const COMMAND = fileURLToPath(new URL('../../packages/cli/bin/portolan.mjs', import.meta.url))
/** A start takes some 400 ms; this is for a machine that does much else. */
const START_MS = 20_000
/** A stop with nothing running takes some 100 ms. */
const STOP_MS = 15_000

/** A user of `--user`. */
export interface PortolanUser {
  readonly name: string
  readonly password: string
  readonly readOnly?: boolean
}

/** The one user when none is named. */
export const ALICE: PortolanUser = { name: 'alice', password: 'open sesame' }

export interface PortolanOptions {
  /** `--listen`; default one at `127.0.0.1:0`. Port 0 is any free one. `[]` leaves it to `settings`. */
  readonly listen?: readonly string[]
  /** `--implicit-tls`; default none. */
  readonly implicitTls?: readonly string[]
  /** Default {@link ALICE}. `[]` leaves it to `settings`. */
  readonly users?: readonly PortolanUser[]
  /** The `/` of all users; default a new one that goes with the server. */
  readonly folder?: string
  /** What stands in the settings file beside the log's level, as objects and lists. */
  readonly settings?: Readonly<Record<string, unknown>>
  /** How many passive ports, found free outside the kernel's ephemeral range; default 64. */
  readonly passivePorts?: number
  /** Further flags of `portolan serve`, such as `['--tls-self-signed']`. */
  readonly flags?: readonly string[]
}

/** Where a server accepts, as its `ready` line says. */
export interface ReadyListener {
  readonly host: string
  readonly port: number
  readonly implicitTls: boolean
}

/** How a server's process ended. */
interface ServerExit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/** A running `portolan serve` in a process of its own, with a debug log in JSON. */
export interface Portolan extends AsyncDisposable {
  readonly pid: number
  /** The `/` of the users, on disk. */
  readonly folder: string
  readonly listeners: readonly ReadyListener[]
  readonly passive: FreePorts
  readonly log: ServerLog
  /** Resolves when the process is gone and its log is read. */
  readonly exited: Promise<ServerExit>
  /** The listener of an address family. @throws {Error} when there is none */
  listener(which?: { family?: 4 | 6; implicitTls?: boolean }): ReadyListener
  signal(signal: NodeJS.Signals): void
  /** SIGTERM, and SIGKILL when it has not ended within 15 seconds. */
  stop(): Promise<ServerExit>
}

/** Starts a server and waits until it accepts on all listeners. @throws {Error} with what it said when it does not */
export async function startPortolan(options: PortolanOptions = {}): Promise<Portolan> {
  await using starting = new AsyncDisposableStack()
  const scratch = starting.use(await makeScratch())
  const folder = options.folder ?? join(scratch.path, 'files')
  if (options.folder === undefined) await mkdir(folder)
  const passive = await freePorts(options.passivePorts ?? 64)
  const args = await serveArguments(options, { scratch, folder, passive })

  const child = spawn(process.execPath, [COMMAND, 'serve', ...args], {
    cwd: scratch.path,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const running = starting.use(superviseProcess(child))
  const listeners = await readyListeners(child, running, countListeners(options))
  const kept = starting.move()
  return {
    pid: running.pid,
    folder,
    listeners,
    passive,
    log: running.log,
    exited: running.exited,
    listener: ({ family = 4, implicitTls = false } = {}) => {
      const found = listeners.find(
        one => one.implicitTls === implicitTls && one.host.includes(':') === (family === 6),
      )
      if (!found) throw new Error(`the server has no listener for IPv${family}, implicit TLS ${implicitTls}`)
      return found
    },
    signal: signal => void child.kill(signal),
    stop: running.stop,
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  }
}

async function serveArguments(
  { listen, implicitTls = [], users = [ALICE], settings = {}, flags = [] }: PortolanOptions,
  { scratch, folder, passive }: { scratch: Scratch; folder: string; passive: FreePorts },
): Promise<string[]> {
  const file = join(scratch.path, 'portolan.yaml')
  // JSON is YAML.
  await writeFile(file, JSON.stringify({ log: { format: 'json', level: 'debug' }, ...settings }))
  return [
    // Without users of flags there is no folder to name: the file says it all.
    ...(users.length > 0 ? [folder] : []),
    ...['--config', file],
    ...(listen ?? ['127.0.0.1:0']).flatMap(at => ['--listen', at]),
    ...implicitTls.flatMap(at => ['--implicit-tls', at]),
    ...users.flatMap(({ name, password, readOnly }) => [
      '--user',
      `${name}:${password}${readOnly ? ':ro' : ''}`,
    ]),
    ...['--passive-ports', `${passive.basePort}:${passive.numberOfPorts}`],
    ...flags,
  ]
}

function countListeners({ listen, implicitTls = [], settings }: PortolanOptions): number {
  const flags = (listen?.length ?? 1) + implicitTls.length
  if (flags > 0) return flags
  return Array.isArray(settings?.listeners) ? settings.listeners.length : 1
}

interface Supervised extends AsyncDisposable {
  readonly pid: number
  readonly log: ServerLog
  readonly exited: Promise<ServerExit>
  stop(): Promise<ServerExit>
}

function superviseProcess(child: ChildProcess): Supervised {
  const { pid, stderr } = child
  if (pid === undefined || !stderr) throw new Error(`${process.execPath} cannot be started`)
  const log = new ServerLog(stderr)
  // A test run that is interrupted leaves no server behind.
  const kill = () => void child.kill('SIGKILL')
  process.once('exit', kill)
  const gone = new Promise<ServerExit>(resolve => {
    child.once('exit', (code, signal) => resolve({ code, signal }))
  })
  const exited = gone.then(async exit => {
    process.off('exit', kill)
    await log.ended
    return exit
  })
  const stop = async () => {
    child.kill('SIGTERM')
    const timer = setTimeout(kill, STOP_MS)
    const exit = await exited
    clearTimeout(timer)
    return exit
  }
  return {
    pid,
    log,
    exited,
    stop,
    [Symbol.asyncDispose]: async () => void (await stop()),
  }
}

/** Reads `ready` lines until there is one for each listener. */
async function readyListeners(
  child: ChildProcess,
  { log, exited }: Supervised,
  count: number,
): Promise<readonly ReadyListener[]> {
  if (!child.stdout) throw new Error('the server has no standard output')
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const listeners: ReadyListener[] = []
  createInterface({ input: child.stdout }).on('line', line => {
    const [, scheme, host, port] = /^ready (ftps?):\/\/\[?([^\]]+?)\]?:(\d+)$/.exec(line) ?? []
    if (host === undefined) return
    listeners.push({
      host,
      port: Number(port),
      implicitTls: scheme === 'ftps',
    })
    if (listeners.length >= count) resolve()
  })
  const fail = (text: string) => {
    reject(new Error(`${text}; ${listeners.length} of ${count} listeners were ready\n${log.tail()}`))
  }
  const timer = setTimeout(() => fail(`the server did not start within ${START_MS} ms`), START_MS)
  void exited.then(({ code, signal }) => fail(`the server ended with ${code ?? signal}`))
  try {
    await promise
  } finally {
    clearTimeout(timer)
  }
  return listeners
}
