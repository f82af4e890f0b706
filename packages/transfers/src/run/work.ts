import type { JsonValue, RunRow } from '@portolan/store'
import type { Step } from '../model/index.ts'
import type { StepContext, StepTools } from '../steps/context.ts'
import { runStep } from '../steps/index.ts'
import { diskPath, localFileAt } from '../steps/place.ts'
import { tidyStep } from '../steps/tidy.ts'
import { failureOf } from './failure.ts'
import { type HeldRun, RunStopped } from './held-run.ts'
import { type Life, type LifeEvent, nextLife, type RetryRule } from './machine.ts'
import type { LocalFile } from './progress.ts'

/** What the work on runs needs beside what their steps need. */
export interface WorkTools extends StepTools {
  /** How a run of these sites is tried again when its transfer does not say. */
  retryOf(sites: readonly string[]): Promise<RetryRule>
  /** Tells those who want to know how it ended. Must not throw. */
  alert(run: HeldRun, life: Extract<Life, { endedAt: number }>): Promise<void>
  /** From 0 to 1. */
  random(): number
}

/**
 * Works on a run from where it was left until it is over, is to be tried later, or is stopped.
 * @returns how it is left; undefined when this node has it no more
 */
export async function workOn(run: HeldRun, tools: WorkTools): Promise<RunRow | undefined> {
  try {
    return await live(run, tools)
  } catch {
    // Whatever is not written is done again by whoever has the run next.
    return undefined
  } finally {
    run.close()
  }
}

async function live(run: HeldRun, tools: WorkTools): Promise<RunRow> {
  const retry = run.definition.retry ?? (await tools.retryOf(run.row.sites))
  const step = (life: Life, event: LifeEvent) =>
    nextLife(life, event, { retry, now: tools.now(), chance: tools.random() })
  let life = begin(run, step)
  if (life.phase === 'running') {
    const event = await attempt(run, tools)
    noteEnd(run, event)
    life = step(life, event)
    if (event.type === 'failed') run.progress = { ...run.progress, finished: life.attempt }
  }
  if (life.phase === 'ending') {
    const { end, error } = life
    run.goOnTidying()
    run.progress = { ...run.progress, ending: { tidied: false, ...run.progress.ending, end, ...error } }
    run.setLife(life)
    await run.save()
    const finished = await endings(run, tools)
    if (!finished)
      return giveBack(run, { phase: 'waiting', attempt: run.progress.finished, dueAt: tools.now() })
    life = step(life, { type: 'tidied' })
  }
  if (life.phase === 'waiting') return giveBack(run, life)
  if ('endedAt' in life) await tools.alert(run, life)
  run.setLife(life)
  await run.save()
  return run.row
}

function begin(run: HeldRun, step: (life: Life, event: LifeEvent) => Life): Life {
  const { finished, ending } = run.progress
  if (ending) {
    const { end, code, text } = ending
    return { phase: 'ending', attempt: finished, end, error: { code, text } }
  }
  const life = step({ phase: 'waiting', attempt: finished, dueAt: 0 }, { type: 'begun' })
  const again = run.row.attempt === life.attempt
  run.note(
    again ? 'taken-up' : 'started',
    again ? 'The run is taken up where it was left.' : `Attempt ${life.attempt} begins.`,
    {
      attempt: life.attempt,
    },
  )
  run.setLife(life)
  return life
}

async function giveBack(run: HeldRun, life: Life): Promise<RunRow> {
  run.note(
    'given-back',
    'This node stops: the run goes on with another node, or with the next start.',
    {},
    true,
  )
  run.setLife(life)
  await run.save()
  return run.row
}

/** @throws {RunStopped} when this node has the run no more */
async function attempt(run: HeldRun, tools: WorkTools): Promise<LifeEvent> {
  try {
    run.mayGoOn()
    await runSteps(run, tools, run.definition.steps, 's')
    return { type: 'done' }
  } catch (error) {
    const event = eventOf(run, error)
    if (event) return event
    throw error
  }
}

/** What an error means; undefined when there is nothing more to do. */
function eventOf(run: HeldRun, error: unknown): LifeEvent | undefined {
  // What was stopped fails in many ways.
  const stopped = run.stopped ?? (error instanceof RunStopped ? error.reason : undefined)
  if (stopped === 'lost') return undefined
  if (stopped) return { type: stopped }
  return { type: 'failed', failure: failureOf(error) }
}

function noteEnd(run: HeldRun, event: LifeEvent): void {
  if (event.type === 'failed') {
    const { code, text, transient } = event.failure
    run.note('error', text, { code, transient }, true)
  }
}

async function runSteps(
  run: HeldRun,
  tools: WorkTools,
  steps: readonly Step[],
  kind: 's' | 'f',
): Promise<void> {
  for (let index = run.progress.step; index < steps.length; index++) {
    const step = steps[index]
    if (!step) return
    run.mayGoOn()
    const files = await runStep(step, await contextOf(run, tools, index, kind))
    run.progress = { ...run.progress, step: index + 1, listed: false, files: [...files], note: {} }
    // The last one is written with the end of the run.
    if (index + 1 < steps.length) await run.save()
  }
}

async function contextOf(
  run: HeldRun,
  tools: WorkTools,
  index: number,
  kind: 's' | 'f',
): Promise<StepContext> {
  const files = run.progress.files ?? (await filesOfCause(run, tools))
  return { run, tools, index, prefix: `${kind}${index}:`, files }
}

/** The file that the run was made for. */
async function filesOfCause(run: HeldRun, tools: WorkTools): Promise<readonly LocalFile[]> {
  const { 'file.path': path, 'file.user': user } = run.row.cause.properties
  if (typeof path !== 'string' || path === '') return []
  const place = typeof user === 'string' && user !== '' ? { user, path } : { folder: path }
  return [localFileAt(await diskPath(tools, place, 'read'), place)]
}

/** Tidies up, and does what is to be done after a failure. False when the node stops in between. */
async function endings(run: HeldRun, tools: WorkTools): Promise<boolean> {
  const { ending } = run.progress
  if (!ending) return true
  if (!ending.tidied) {
    const step = run.definition.steps[run.progress.step]
    try {
      if (step) await tidyStep(step, await contextOf(run, tools, run.progress.step, 's'), ending.end)
    } catch (error) {
      if (!goesOn(run, error, 'tidy')) return false
    }
    run.progress = { ...run.progress, step: 0, listed: false, ending: { ...ending, tidied: true } }
    await run.save()
  }
  const { onFailure } = run.definition
  for (let index = run.progress.step; ending.end === 'failed' && index < onFailure.length; index++) {
    try {
      await runSteps(run, tools, onFailure.slice(0, index + 1), 'f')
    } catch (error) {
      if (!goesOn(run, error, 'on-failure')) return false
      run.progress = { ...run.progress, step: index + 1, listed: false, note: {} }
      await run.save()
    }
  }
  return true
}

/** Whether what comes next is done all the same. @throws what says that this node has the run no more */
function goesOn(run: HeldRun, error: unknown, kind: string): boolean {
  const event = eventOf(run, error)
  if (!event) throw error
  if (event.type === 'given-back') return false
  const detail: JsonValue = event.type === 'failed' ? { code: event.failure.code } : {}
  run.note(
    'error',
    event.type === 'failed' ? event.failure.text : 'It was stopped.',
    { during: kind, ...detail },
    true,
  )
  return true
}
