import type { Call, ClientKind } from './clients/client.ts'
import { BenchError } from './errors.ts'
import { type Memory, peakOf } from './memory.ts'
import { Program } from './processes.ts'

/** What one run of a client cost. */
export interface Cost {
  /** From the start of its process to its end. */
  readonly seconds: number
  readonly userSeconds: number
  readonly systemSeconds: number
  /** Largest resident set, in bytes; the kernel's own figure. */
  readonly maxRss: number
}

/** How a client is run. */
interface RunOptions {
  /** Its HOME and working folder. */
  readonly home: string
  /** The program and arguments that start it, such as `ip netns exec NAME`. */
  readonly launcher: readonly string[]
}

/** How long one transfer may take, in milliseconds. The slowest is 1,000 files over the delayed link. */
const LIMIT_MS = 600_000

/** Runs clients, below bench/load/timed.c where time is what counts. */
export class Stopwatch {
  readonly #timed: string

  /** @param timed - the compiled bench/load/timed.c */
  constructor(timed: string) {
    this.#timed = timed
  }

  /** @throws {BenchError} when the client fails or takes too long */
  async time(kind: ClientKind, call: Call, options: RunOptions): Promise<Cost> {
    await using program = await start(call, options, [this.#timed])
    using limit = limitOf(program)
    const line = await program.line()
    check(kind, program, await program.exit(), limit.passed)
    const cost: Cost = JSON.parse(line ?? '')
    return cost
  }

  /**
   * The highest PSS while a client works, sampled.
   *
   * @throws {BenchError} when the client fails or takes too long
   */
  async memory(kind: ClientKind, call: Call, options: RunOptions): Promise<Memory> {
    await using program = await start(call, options, [])
    using limit = limitOf(program)
    program.drain()
    const exit = program.exit()
    const peak = await peakOf(program.pid, exit)
    check(kind, program, await exit, limit.passed)
    return peak
  }
}

async function start(call: Call, options: RunOptions, wrapper: readonly string[]): Promise<Program> {
  const [first = call.command, ...rest] = [...options.launcher, ...wrapper, call.command, ...call.args]
  return Program.start(first, rest, { cwd: options.home, env: { HOME: options.home, ...call.env } })
}

function limitOf(program: Program): Disposable & { readonly passed: boolean } {
  let passed = false
  const timer = setTimeout(() => {
    passed = true
    program.kill()
  }, LIMIT_MS)
  return {
    get passed() {
      return passed
    },
    [Symbol.dispose]: () => clearTimeout(timer),
  }
}

function check(kind: ClientKind, program: Program, code: number, tooLate: boolean): void {
  if (tooLate) throw new BenchError(`${kind.label} was not done after ${LIMIT_MS / 1000} s`)
  if (code !== 0)
    throw new BenchError(`${kind.label} ended with code ${code}: ${program.errors || 'no message'}`)
}
