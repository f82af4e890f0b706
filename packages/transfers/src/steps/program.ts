import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Step } from '../model/index.ts'
import { expandPlaceholders } from '../placeholders.ts'
import { RunError } from '../run/failure.ts'
import type { LocalFile } from '../run/progress.ts'
import { propertiesOf, type StepContext } from './context.ts'

/** Milliseconds that a program may run. */
const LONGEST_MS = 600_000
/** Bytes of what it writes that are kept for the timeline. */
const MOST_OUTPUT = 4_096
/** Milliseconds that output may come after the end. */
const DRAIN_MS = 500
/** sysexits.h: try again later. */
const TRY_LATER = 75

/** Runs a program of the allow list: once for each file that the steps before have left, or once without any. */
export async function program(
  step: Extract<Step, { do: 'program' }>,
  context: StepContext,
): Promise<readonly LocalFile[]> {
  const { tools, files } = context
  const allowed = tools.options.programs()
  const path = Object.hasOwn(allowed, step.program) ? allowed[step.program] : undefined
  if (path === undefined)
    throw new RunError(
      'RUN_PROGRAM',
      `The program ${step.program} is not one that the settings of the transfers allow.`,
    )
  if (files.length === 0) await runOne(step, path, undefined, context)
  for (const file of files) await runOne(step, path, file, context)
  return files
}

async function runOne(
  step: Extract<Step, { do: 'program' }>,
  path: string,
  file: LocalFile | undefined,
  context: StepContext,
): Promise<void> {
  const { run } = context
  const properties = propertiesOf(context, file?.seen?.path ?? file?.path)
  const args = step.arguments.map(argument => expandPlaceholders(argument, properties))
  run.mayGoOn()
  const { code, signal, output, late } = await execute(path, args, environmentOf(context, file), run.signal)
  run.mayGoOn()
  const detail = { program: step.program, code, output }
  if (code === 0) {
    run.note('step', `The program ${step.program} has ended well.`, detail)
    return
  }
  const how = late
    ? `was ended after ${LONGEST_MS / 60_000} minutes`
    : signal === null
      ? `ended with code ${code}`
      : `was ended by ${signal}`
  run.note('step', `The program ${step.program} ${how}.`, detail, true)
  const said = output.trim() === '' ? '' : `: ${output.trim().slice(-300)}`
  throw new RunError('RUN_PROGRAM', `The program ${step.program} ${how}${said}.`, {
    transient: late || code === TRY_LATER,
  })
}

/** Nothing of the node's own environment, which may hold secrets. */
function environmentOf({ run }: StepContext, file: LocalFile | undefined): Readonly<Record<string, string>> {
  return {
    PATH: '/usr/local/bin:/usr/bin:/bin',
    LANG: 'C.UTF-8',
    PORTOLAN_RUN: run.id,
    PORTOLAN_TRANSFER: run.row.transfer,
    PORTOLAN_ATTEMPT: String(run.row.attempt),
    ...(file && { PORTOLAN_FILE: file.path }),
    ...(run.progress.ending && { PORTOLAN_ERROR: run.progress.ending.code }),
  }
}

interface Executed {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly output: string
  /** It was ended because it took too long. */
  readonly late: boolean
}

async function execute(
  path: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<Executed> {
  // A group of its own, so that what it starts ends with it.
  const child = spawn(path, args, {
    shell: false,
    cwd: '/',
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const bound = AbortSignal.timeout(LONGEST_MS)
  const stop = AbortSignal.any([signal, bound])
  const kill = () => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
    } catch {
      // It has ended by itself.
    }
  }
  stop.addEventListener('abort', kill, { once: true })
  const output = [keepEnd(child.stdout), keepEnd(child.stderr)]
  try {
    const closed = once(child, 'close').catch(() => {})
    await once(child, 'exit')
    // The rest of its output; what it has left behind may keep the pipes for ever.
    await Promise.race([closed, sleep(DRAIN_MS, undefined, { ref: false })])
    const { exitCode: code, signalCode: ended } = child
    return { code, signal: ended, output: output.map(text => text()).join(''), late: bound.aborted }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new RunError('RUN_PROGRAM', `The program ${path} cannot be started: ${why}.`, { cause: error })
  } finally {
    stop.removeEventListener('abort', kill)
    // What it has started and left behind would keep the pipes.
    child.stdout.destroy()
    child.stderr.destroy()
  }
}

/** Reads all and keeps the end. */
function keepEnd(stream: Readable): () => string {
  let kept = Buffer.alloc(0)
  stream.on('data', (piece: Buffer) => {
    kept = Buffer.concat([kept, piece]).subarray(-MOST_OUTPUT)
  })
  return () => kept.toString()
}
