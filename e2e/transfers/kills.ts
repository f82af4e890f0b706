import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const PROGRAM = fileURLToPath(import.meta.resolve('./engine-program.ts'))

/** What an engine in a process of its own is started with. */
export interface EnginePlan {
  readonly data: string
  readonly folder: string
  readonly node: string
  readonly leaseMs: number
  readonly database?: string
}

/** An engine that can be killed. */
export interface EngineProcess extends AsyncDisposable {
  /** SIGKILL; resolves when the process is gone. */
  kill(): Promise<void>
  /** What it wrote to standard error. */
  errors(): string
}

/** Starts an engine in a process of its own. @throws {Error} with what it said, when it ends instead */
export async function startEngineProcess(plan: EnginePlan): Promise<EngineProcess> {
  const { data, folder, node, leaseMs, database } = plan
  const args = [PROGRAM, data, folder, node, String(leaseMs), ...(database === undefined ? [] : [database])]
  const child: ChildProcess = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  let errors = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    errors = (errors + text).slice(-4_000)
  })
  const ended = once(child, 'exit')
  const ready = child.stdout ? once(child.stdout, 'data') : ended
  const first = await Promise.race([ready.then(() => 'ready' as const), ended.then(() => 'ended' as const)])
  if (first === 'ended') throw new Error(`the engine has ended: ${errors}`)
  const kill = async () => {
    child.kill('SIGKILL')
    await ended
  }
  return { kill, errors: () => errors, [Symbol.asyncDispose]: kill }
}
