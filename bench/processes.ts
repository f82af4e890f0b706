import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { BenchError } from './errors.ts'

/** How long a process may take to end after SIGTERM before it gets SIGKILL, in milliseconds. */
const TERM_MS = 3_000
/** How much of a process's error output is kept for a message, in characters. */
const KEPT_ERRORS = 4_000

/** How long a program that is waited for may take, in milliseconds. The slowest is apt-get. */
const RUN_MS = 120_000

/** Every process group this run has started and not yet ended. */
const alive = new Set<Program>()

/** How a program is started. */
export interface ProgramOptions {
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
  /**
   * Whether something will be written to its standard input; otherwise it is empty. Servers get the empty one: Node's
   * pipe is a socket, and Pure-FTPd takes a socket there for a client that inetd hands over.
   */
  readonly input?: boolean
}

/**
 * A program started by this run, in a process group of its own: stopping it ends its children too, by the number of
 * that group and never by a name.
 */
export class Program implements AsyncDisposable {
  readonly pid: number
  readonly #stdin: Writable | null
  readonly #lines: AsyncIterableIterator<string>
  /** The program itself has ended; its children may still hold its output open. */
  readonly #gone: Promise<unknown>
  readonly #exited: Promise<number>
  #errors = ''
  #ended = false

  private constructor(child: ChildProcess, pid: number, output: Readable, errors: Readable) {
    this.pid = pid
    this.#stdin = child.stdin
    this.#lines = createInterface({ input: output })[Symbol.asyncIterator]()
    this.#gone = once(child, 'exit')
    this.#exited = once(child, 'close').then(([code]) => {
      this.#ended = true
      return typeof code === 'number' ? code : 1
    })
    errors.setEncoding('utf8')
    errors.on('data', (text: string) => {
      this.#errors = (this.#errors + text).slice(-KEPT_ERRORS)
    })
    // A program that ends while it is written to is seen by its exit code.
    child.stdin?.on('error', () => {})
    alive.add(this)
  }

  /** @throws {BenchError} when the program cannot be started at all. */
  static async start(
    command: string,
    args: readonly string[],
    options: ProgramOptions = {},
  ): Promise<Program> {
    const child = spawn(command, args, {
      detached: true,
      stdio: [options.input === true ? 'pipe' : 'ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...options.env },
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    })
    const failed = once(child, 'error').then(([error]) => error)
    const started = once(child, 'spawn').then(() => undefined)
    const error: unknown = await Promise.race([failed, started])
    const { pid, stdout, stderr } = child
    if (error !== undefined || pid === undefined || stdout === null || stderr === null) {
      throw new BenchError(`cannot start ${command}: ${String(error)}`)
    }
    return new Program(child, pid, stdout, stderr)
  }

  /** What it wrote to standard error last, for a message. */
  get errors(): string {
    return this.#errors.trim()
  }

  get ended(): boolean {
    return this.#ended
  }

  /** Ends its standard input. */
  endInput(): void {
    this.#stdin?.end()
  }

  /** The next line of standard output; undefined at its end. */
  async line(): Promise<string | undefined> {
    const next = await this.#lines.next()
    return next.done === true ? undefined : next.value
  }

  /** The exit code; 1 when a signal ended it. */
  exit(): Promise<number> {
    return this.#exited
  }

  /** Reads the rest of the output so that nothing waits in a full pipe. */
  drain(): void {
    void (async () => {
      while ((await this.line()) !== undefined);
    })()
  }

  /** SIGTERM to the group, SIGKILL to what is left of it after a bounded time. */
  async stop(): Promise<void> {
    if (!this.#ended) {
      this.#signal('SIGTERM')
      await Promise.race([this.#gone, sleep(TERM_MS, undefined, { ref: false })])
    }
    // Session children of a forking server may outlive their parent.
    this.#signal('SIGKILL')
    await this.#exited
    alive.delete(this)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
  }

  /** Ends the group at once, for the exit of this process. */
  kill(): void {
    this.#signal('SIGKILL')
    alive.delete(this)
  }

  #signal(signal: NodeJS.Signals): void {
    try {
      process.kill(-this.pid, signal)
    } catch {
      // The group is gone already.
    }
  }
}

/** Runs a program to its end and gives its standard output. @throws {BenchError} with its error output. */
export async function run(
  command: string,
  args: readonly string[],
  options: ProgramOptions = {},
): Promise<string> {
  await using program = await Program.start(command, args, options)
  using _ = within(RUN_MS, () => program.kill())
  const lines: string[] = []
  for (let line = await program.line(); line !== undefined; line = await program.line()) lines.push(line)
  const code = await program.exit()
  if (code !== 0)
    throw new BenchError(`${command} ended with code ${code}: ${program.errors || lines.join(' ')}`)
  return lines.join('\n')
}

/** Does `then` after a time unless it is disposed of before. */
function within(ms: number, then: () => void): Disposable {
  const timer = setTimeout(then, ms)
  return { [Symbol.dispose]: () => clearTimeout(timer) }
}

/** Ends everything that still runs; for the exit of this process. */
export function killAll(): void {
  for (const program of alive) program.kill()
}
