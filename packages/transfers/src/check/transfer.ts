import { parsePath } from '@portolan/settings'
import { TransferError } from '../errors.ts'
import { type Site, type Transfer, transfer as transferSchema, type Zone } from '../model/index.ts'
import { checkSchedule } from '../schedule/check-schedule.ts'
import { sitesOf } from '../triggers/new-run.ts'
import { checkConditions } from './conditions.ts'
import { checkLoops } from './loops.ts'
import { unknownName } from './names.ts'
import { patternProblem } from './pattern.ts'
import { type Checked, Findings } from './problem.ts'
import { readShape } from './shape.ts'
import { checkPlace, checkSteps } from './steps.ts'
import { Templates } from './templates.ts'
import { activeProblem, zoneOf } from './zone-of.ts'

/** What a transfer is judged against. `transfers` may hold the same one as it was before. */
export interface TransferContext {
  readonly sites: readonly Site[]
  readonly zones: readonly Zone[]
  readonly transfers: readonly Transfer[]
  /** Names of the programs that steps may run. */
  readonly programs: readonly string[]
  /** Users that there are, at least those that are named. Absent: users are not looked at. */
  readonly users?: readonly string[]
}

/** Judges a transfer: what cannot work is refused, what is doubtful is told. */
export function checkTransfer(input: unknown, context: TransferContext): Checked<Transfer> {
  const read = readShape(transferSchema, input)
  if ('problems' in read) return read
  const transfer = read.value
  const findings = new Findings()
  checkTimes(transfer, findings)
  checkTrigger(transfer, context, findings)
  checkConditions(transfer, findings)
  checkSteps(transfer, {
    sites: context.sites.map(({ name }) => name),
    programs: context.programs,
    ...(context.users && { users: context.users }),
    templates: new Templates(transfer, findings),
    findings,
  })
  checkLoops(transfer, findings)
  checkItsSites(transfer, context, findings)
  return findings.of(transfer)
}

function checkTimes({ schedule }: Transfer, findings: Findings): void {
  if (schedule === undefined) return
  const checked = checkSchedule(schedule)
  if (!('problems' in checked)) return
  for (const { path, message } of checked.problems) findings.refuse(['schedule', ...parsePath(path)], message)
}

function checkTrigger(
  { name, trigger }: Transfer,
  { transfers, users }: TransferContext,
  findings: Findings,
): void {
  if ('place' in trigger) {
    checkPlace(trigger.place, ['trigger', 'place'], { findings, ...(users && { users }) })
    const problem = patternProblem(trigger.pattern)
    if (problem !== undefined) findings.refuse(['trigger', 'pattern'], problem)
  }
  if (trigger.on !== 'run-ended') return
  const at = ['trigger', 'transfer']
  if (trigger.transfer === name) {
    findings.refuse(at, 'is this transfer itself: each run would begin the next one')
    return
  }
  const others = transfers.filter(other => other.name !== name)
  const unknown = unknownName(
    'transfer',
    trigger.transfer,
    others.map(other => other.name),
  )
  if (unknown !== undefined) findings.refuse(at, unknown)
  const circle = circleFrom(name, trigger.transfer, others)
  if (circle)
    findings.refuse(at, `closes a circle, in which each run would begin the next one: ${circle.join(', ')}`)
}

/** The transfers of a circle, each of which begins when the next one ends; undefined when there is none. */
function circleFrom(name: string, first: string, others: readonly Transfer[]): string[] | undefined {
  const circle = [name]
  for (let next: string | undefined = first; next !== undefined; ) {
    if (circle.includes(next)) return next === name ? [...circle, name] : undefined
    circle.push(next)
    const trigger = others.find(other => other.name === next)?.trigger
    next = trigger?.on === 'run-ended' ? trigger.transfer : undefined
  }
  return undefined
}

/** What keeps its sites from working now, and may be changed later: told, not refused. */
function checkItsSites(transfer: Transfer, { sites, zones }: TransferContext, findings: Findings): void {
  for (const name of sitesOf(transfer)) {
    const site = sites.find(one => one.name === name)
    if (!site) continue
    if (!site.enabled)
      findings.warn(['steps'], `use the site ${name}, which is disabled: runs fail until it is enabled`)
    const problem = wayProblem(site, zones)
    if (problem !== undefined) findings.warn(['steps'], problem)
  }
}

function wayProblem(site: Site, zones: readonly Zone[]): string | undefined {
  try {
    return activeProblem(site, zoneOf(site, zones))?.message
  } catch (error) {
    if (error instanceof TransferError) return error.message
    throw error
  }
}
