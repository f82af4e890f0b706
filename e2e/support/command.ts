import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { type ProgramResult, type RunOptions, runProgram } from './programs.ts'
import { within } from './within.ts'

const COMMAND = fileURLToPath(new URL('../../packages/cli/bin/portolan.mjs', import.meta.url))
const START_MS = 20_000
const STOP_MS = 15_000

/** Runs `portolan` to its end. */
export function runPortolan(args: readonly string[], options: RunOptions = {}): Promise<ProgramResult> {
  return runProgram(process.execPath, [COMMAND, ...args], options)
}

/** A `portolan serve` that is looked at from outside: what it prints, and how it ends. */
export interface Serving extends AsyncDisposable {
  /** Lines of standard output up to the last `ready` one. */
  readonly lines: readonly string[]
  /** Of the controller. */
  readonly pid: number
  /** Ports of the `ready` lines. */
  readonly ports: readonly number[]
  /** What it has written to standard error so far. */
  stderr(): string
  /** Sends a signal and waits for the end. */
  stop(signal?: NodeJS.Signals): Promise<ProgramResult>
}

/**
 * Starts `portolan serve` with these arguments.
 * @param options.listeners - how many `ready` lines to wait for; default 1
 * @param options.descriptors - how many files and sockets each of its processes may have open; default: as many as here
 * @throws {Error} with what it said when it ends before
 */
export async function servePortolan(
  args: readonly string[],
  { cwd, listeners = 1, descriptors }: { cwd: string; listeners?: number; descriptors?: number },
): Promise<Serving> {
  const limit = descriptors === undefined ? '' : `ulimit -n ${descriptors}; `
  const child = spawn('sh', ['-c', `${limit}exec "$@"`, 'sh', process.execPath, COMMAND, 'serve', ...args], {
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const kill = () => void child.kill('SIGKILL')
  process.once('exit', kill)
  const exited = once(child, 'close').finally(() => process.off('exit', kill))
  let stdout = ''
  let stderr = ''
  const ready = Promise.withResolvers<void>()
  const isReady = /^ready .*\n/gm
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
    if ((stdout.match(isReady) ?? []).length >= listeners) ready.resolve()
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  void exited.then(() =>
    ready.reject(new Error(`portolan serve ended with ${child.exitCode}: ${stdout}${stderr}`)),
  )
  const stop = async (signal: NodeJS.Signals = 'SIGTERM') => {
    child.kill(signal)
    const timer = setTimeout(kill, STOP_MS)
    await exited
    clearTimeout(timer)
    return { code: child.exitCode, stdout, stderr }
  }
  try {
    await within(ready.promise, START_MS, 'a ready line')
  } catch (error) {
    kill()
    throw error
  }
  const lines = stdout.split('\n').slice(0, -1)
  return {
    lines,
    pid: child.pid ?? 0,
    ports: lines.flatMap(line => /^ready .*:(\d+)$/.exec(line)?.[1] ?? []).map(Number),
    stderr: () => stderr,
    stop,
    [Symbol.asyncDispose]: async () => void (await stop()),
  }
}
