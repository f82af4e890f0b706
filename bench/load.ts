import { existsSync } from 'node:fs'
import { mkdir, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { BenchError, textOf } from './errors.ts'
import { Program, run } from './processes.ts'

/** The compiled programs of bench/load. */
export interface LoadPrograms {
  readonly load: string
  readonly ceiling: string
  /** Runs a client and says what it cost. */
  readonly timed: string
  /** The delayed link. */
  readonly delay: string
  /** Streams through gateways. */
  readonly stream: string
  /** A way for streams that takes its time. */
  readonly relay: string
}

/** Sources that are a program of their own each, beside the generator's. */
const ALONE = ['ceiling', 'timed', 'delay', 'stream', 'relay'] as const

/** What one run of the generator says. */
export interface LoadResult {
  readonly seconds: number
  readonly bytes: number
  /** Line ends in what was listed. */
  readonly lines: number
  /** Processor time of the generator in the same seconds; near `seconds` times cores it is the bottleneck. */
  readonly cpuSeconds: number
  readonly sha256: string
  readonly probes: number
  readonly probeLongestMs: number
}

/** What the generator is told. */
export interface LoadTask {
  readonly port: number
  readonly tls?: boolean
  readonly command?: 'RETR' | 'STOR' | 'LIST' | 'MLSD'
  readonly path?: string
  /** The local file that is uploaded. */
  readonly source?: string
  readonly clients?: number
  readonly count?: number
  readonly sha256?: boolean
  readonly probe?: boolean
}

/** Seconds that one run may take before the generator gives up. */
const LIMIT_SECONDS = 180

const COMPILER = ['-std=gnu17', '-O2', '-Wall', '-Wextra']
const LIBRARIES = ['-lssl', '-lcrypto', '-lpthread']

/**
 * Compiles the generator with the machine's C compiler where its sources are newer than what is in `cache`.
 *
 * @throws {BenchError} that names the Debian packages to install
 */
export async function buildLoad(cache: string): Promise<LoadPrograms> {
  const folder = join(import.meta.dirname, 'load')
  const alone: readonly string[] = ALONE.map(name => `${name}.c`)
  const names = (await readdir(folder)).filter(name => name.endsWith('.c') && !alone.includes(name))
  const programs = {
    load: join(cache, 'load'),
    ceiling: join(cache, 'ceiling'),
    timed: join(cache, 'timed'),
    delay: join(cache, 'delay'),
    stream: join(cache, 'stream'),
    relay: join(cache, 'relay'),
  }
  await mkdir(cache, { recursive: true })
  const newest = await newestOf((await readdir(folder)).map(name => join(folder, name)))
  const compile = async (output: string, sources: readonly string[]) => {
    if (existsSync(output) && (await stat(output)).mtimeMs > newest) return
    await run('gcc', [...COMPILER, '-o', output, ...sources.map(name => join(folder, name)), ...LIBRARIES])
  }
  try {
    await compile(programs.load, names)
    for (const name of ALONE) await compile(programs[name], [`${name}.c`])
  } catch (error) {
    throw new BenchError(
      `the load generator could not be compiled; it needs "apt-get install gcc libc6-dev libssl-dev" (${textOf(error)})`,
    )
  }
  return programs
}

async function newestOf(paths: readonly string[]): Promise<number> {
  const times = await Promise.all(paths.map(async path => (await stat(path)).mtimeMs))
  return Math.max(...times)
}

/** Runs the generator in its own process. */
export class Load {
  readonly #programs: LoadPrograms

  constructor(programs: LoadPrograms) {
    this.#programs = programs
  }

  /** @throws {BenchError} with the generator's sentence when a server answered wrongly, stalled or broke off */
  async transfer(task: LoadTask): Promise<LoadResult> {
    return this.#run('transfer', task)
  }

  /** As many logins as `clients`; see LOGINS_UNDER_WAY in bench/load/ftp.h. */
  async login(task: LoadTask): Promise<LoadResult> {
    return this.#run('login', task)
  }

  async #run(work: string, task: LoadTask): Promise<LoadResult> {
    await using program = await Program.start(this.#programs.load, [work, ...flags(task)])
    const line = await program.line()
    if ((await program.exit()) !== 0 || line === undefined) {
      throw new BenchError(program.errors || 'the generator ended without a word')
    }
    const result: LoadResult = JSON.parse(line)
    return result
  }

  /** Holds `clients` idle sessions while `meanwhile` runs. */
  async idle<T>(task: LoadTask, meanwhile: () => Promise<T>): Promise<T> {
    await using program = await Program.start(this.#programs.load, ['idle', ...flags(task)], { input: true })
    const line = await program.line()
    if (line !== 'ready') {
      await program.exit()
      throw new BenchError(program.errors || 'the generator ended before its sessions were open')
    }
    const result = await meanwhile()
    program.endInput()
    program.drain()
    await program.exit()
    return result
  }
}

function flags(task: LoadTask): string[] {
  const list = ['--limit', String(LIMIT_SECONDS)]
  for (const [name, value] of Object.entries(task)) {
    if (value === true) list.push(`--${name}`)
    else if (value !== false) list.push(`--${name}`, String(value))
  }
  return list
}
