import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { StoreOptions } from '@portolan/store'
import type { EngineTiming } from '@portolan/transfers'
import { within } from '../support/within.ts'

const PROGRAM = fileURLToPath(new URL('./engine-node-program.ts', import.meta.url))
const START_MS = 20_000
const STOP_MS = 15_000

/** What an engine in a process of its own needs. */
export interface EngineProcessOptions {
  readonly place: StoreOptions
  /** The name for leases. */
  readonly node: string
  /** Where `{ folder: '/out' }` is. */
  readonly folder: string
  readonly activePorts?: { readonly basePort: number; readonly numberOfPorts: number }
  readonly timing?: Partial<EngineTiming>
  readonly concurrency?: number
}

/** A running engine. */
export interface EngineProcess extends AsyncDisposable {
  /** What it wrote to standard error: its warnings. */
  stderr(): string
  /** Sends a signal and waits for the end. */
  stop(signal?: NodeJS.Signals): Promise<void>
}

/**
 * Starts an engine and waits until it works.
 * @param launcher - what starts it, such as `ip netns exec NAME`; default nothing
 * @throws {Error} with what it said when it ends before
 */
export async function startEngine(
  options: EngineProcessOptions,
  launcher: readonly string[] = [],
): Promise<EngineProcess> {
  const [program = '', ...args] = [...launcher, process.execPath, PROGRAM, JSON.stringify(options)]
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  const kill = () => void child.kill('SIGKILL')
  process.once('exit', kill)
  const exited = once(child, 'close').finally(() => process.off('exit', kill))
  let stderr = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-8_000)
  })
  const stop = async (signal: NodeJS.Signals = 'SIGTERM') => {
    child.kill(signal)
    const timer = setTimeout(kill, STOP_MS)
    await exited
    clearTimeout(timer)
  }
  const ended = exited.then(() => {
    throw new Error(`the engine ended with ${child.exitCode}: ${stderr}`)
  })
  try {
    await within(Promise.race([once(child.stdout, 'data'), ended]), START_MS, 'an engine that is ready')
  } catch (error) {
    kill()
    throw error
  }
  ended.catch(() => {})
  return { stderr: () => stderr, stop, [Symbol.asyncDispose]: () => stop() }
}
