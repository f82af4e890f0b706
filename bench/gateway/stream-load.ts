import { BenchError } from '../errors.ts'
import { Program } from '../processes.ts'

/** Seconds that one run may take before the program gives up. */
const LIMIT_SECONDS = 180

/** How the server behind a way is reached. */
export interface Reached {
  readonly port: number
  /** The port is a SOCKS5 proxy's, and this is the server's. */
  readonly socks?: number
}

export interface StreamTask {
  readonly streams?: number
  /** Of each stream. */
  readonly bytes?: number
  readonly count?: number
}

/** What bench/load/stream.c says. Of moving bytes it says `bytes`, of opening and of small pieces the times. */
export type StreamResult = Readonly<
  Record<'seconds' | 'bytes' | 'count' | 'p50Ms' | 'p95Ms' | 'p99Ms', number>
>

/** Runs a work of bench/load/stream.c. @throws {BenchError} with its words when a byte is missing or a stream breaks */
export async function runStreams(
  program: string,
  work: 'down' | 'up' | 'open' | 'small',
  reached: Reached,
  task: StreamTask,
): Promise<StreamResult> {
  await using load = await Program.start(program, [work, ...flags({ ...reached, ...task })])
  const line = await load.line()
  if ((await load.exit()) !== 0 || line === undefined)
    throw new BenchError(load.errors || 'the load ended without a word')
  const nothing = { seconds: 0, bytes: 0, count: 0, p50Ms: 0, p95Ms: 0, p99Ms: 0 }
  const result: Partial<StreamResult> = JSON.parse(line)
  return { ...nothing, ...result }
}

/** Holds idle streams while `meanwhile` runs. */
export async function holdStreams<T>(
  program: string,
  reached: Reached,
  streams: number,
  meanwhile: () => Promise<T>,
): Promise<T> {
  await using load = await Program.start(program, ['idle', ...flags({ ...reached, streams })], {
    input: true,
  })
  const line = await load.line()
  if (line !== 'ready') {
    await load.exit()
    throw new BenchError(load.errors || 'the load ended before its streams were open')
  }
  const result = await meanwhile()
  load.endInput()
  load.drain()
  await load.exit()
  return result
}

/** A server of bench/load/stream.c, or a way of bench/load/relay.c, that listens until it is stopped. @throws {BenchError} */
export async function startListening(
  program: string,
  args: readonly string[],
): Promise<{ readonly port: number; readonly program: Program }> {
  const started = await Program.start(program, args)
  const port = Number(await started.line())
  if (!Number.isInteger(port) || port <= 0) {
    await started.stop()
    throw new BenchError(`${program} did not start: ${started.errors}`)
  }
  return { port, program: started }
}

function flags(task: Readonly<Record<string, number>>): string[] {
  const limit = { limit: LIMIT_SECONDS, ...task }
  return Object.entries(limit).flatMap(([name, value]) => [`--${name}`, String(value)])
}
