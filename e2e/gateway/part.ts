import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Namespace } from '../lab/network/namespaces.ts'
import { until, within } from '../support/within.ts'

const COMMAND = fileURLToPath(new URL('../../packages/cli/bin/portolan.mjs', import.meta.url))
const START_MS = 30_000
const STOP_MS = 15_000

/** A line of a part's log. */
export type LogLine = Readonly<Record<string, unknown>>

/** A `portolan` that runs on: a node, an edge, a connector, an agent. */
export interface Part extends AsyncDisposable {
  readonly pid: number
  /** What it printed that is no line of its log. */
  output(): string
  log(): readonly LogLine[]
  /** The last lines of its log, for a message. */
  tail(): string
  /** Waits for a line of the log. */
  said(fits: (line: LogLine) => boolean, what: string): Promise<LogLine>
  /** Resolves when it has ended. */
  readonly ended: Promise<void>
  stop(signal?: NodeJS.Signals): Promise<void>
}

/**
 * Starts `portolan` in a namespace and waits for its `ready` line.
 * @throws {Error} with what it said when it ends before
 */
export async function startPart(
  namespace: Pick<Namespace, 'launcher'>,
  args: readonly string[],
  { env = {}, cwd }: { env?: Readonly<Record<string, string>>; cwd: string },
): Promise<Part> {
  const [program = '', ...rest] = [...namespace.launcher, process.execPath, COMMAND, ...args]
  const child = spawn(program, rest, {
    cwd,
    env: { PATH: process.env.PATH ?? '', HOME: cwd, LANG: 'C.UTF-8', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const kill = () => void child.kill('SIGKILL')
  process.once('exit', kill)
  const ended = once(child, 'close').then(() => void process.off('exit', kill))
  const log: LogLine[] = []
  let output = ''
  const ready = Promise.withResolvers<void>()
  for (const stream of [child.stdout, child.stderr]) {
    let rest = ''
    stream.setEncoding('utf8').on('data', (text: string) => {
      const lines = (rest + text).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) {
        if (line.startsWith('{')) log.push(JSON.parse(line))
        else output += `${line}\n`
        if (/^ready /.test(line)) ready.resolve()
      }
    })
  }
  const tell = () => `${output}${log.map(line => JSON.stringify(line)).join('\n')}`
  const early = ended.then(() => {
    throw new Error(`portolan ${args[0]} ended with ${child.exitCode}:\n${tell()}`)
  })
  early.catch(() => {})
  try {
    await within(Promise.race([ready.promise, early]), START_MS, `a ready line of portolan ${args[0]}`)
  } catch (error) {
    kill()
    throw error
  }
  const stop = async (signal: NodeJS.Signals = 'SIGTERM') => {
    child.kill(signal)
    const timer = setTimeout(kill, STOP_MS)
    await ended
    clearTimeout(timer)
  }
  return {
    pid: child.pid ?? 0,
    output: () => output,
    log: () => log,
    tail: () =>
      log
        .slice(-12)
        .map(line => JSON.stringify(line))
        .join('\n'),
    async said(fits, what) {
      await until(async () => log.some(fits) || `${what} in\n${tell()}`)
      const found = log.find(fits)
      if (!found) throw new Error(what)
      return found
    },
    ended,
    stop,
    [Symbol.asyncDispose]: () => stop(),
  }
}
