import type { Document, RunRow, RunState, Store } from '@portolan/store'
import { nextTimes, type Transfer, transfer } from '@portolan/transfers'
import { printable } from './client/printable.ts'
import type { Io } from './io.ts'
import type { RunsFlags, TransferFlags } from './transfers-commands.ts'
import { openNodeStore } from './transfers-store.ts'
import { runJson, runLine, timeText } from './transfers-text.ts'
import { EXIT, UserError } from './user-error.ts'

/** Runs that `show` tells. */
const SHOWN_RUNS = 5
/** Most runs of one listing. */
const MOST_RUNS = 500

/** `portolan transfers list`. */
export async function listTransfers(flags: TransferFlags, io: Io): Promise<number> {
  await using store = await openNodeStore(flags, io)
  const rows = await store.initiated.definitions.all()
  if (rows.length === 0 && !flags.json) io.err('There are none yet: the web console makes them.')
  const width = Math.max(0, ...rows.map(({ name }) => name.length))
  for (const row of rows) {
    const definition = transfer.safeParse(row.document).data
    const next = definition && nextOf(definition)
    const { items } = await store.initiated.runs.list({ transfer: row.name, limit: 1 })
    const [last] = items
    if (flags.json) {
      io.out(
        JSON.stringify({
          name: row.name,
          ...definition,
          next: next ?? null,
          lastRun: last ? runJson(last) : null,
        }),
      )
    } else io.out(lineOf(row, definition, next, last, width))
  }
  return EXIT.ok
}

function lineOf(
  { name }: Document,
  definition: Transfer | undefined,
  next: number | undefined,
  last: RunRow | undefined,
  width: number,
): string {
  const parts = [
    printable(name).padEnd(width),
    definition ? whenText(definition) : 'cannot be read by this version',
    ...(definition?.enabled === false ? ['disabled'] : []),
    ...(next === undefined ? [] : [`next ${timeText(next)}`]),
    last ? `last ${last.state} ${timeText(last.endedAt ?? last.createdAt)}` : 'never ran',
  ]
  return parts.join('  ')
}

/** `portolan transfers show NAME`. */
export async function showTransfer(name: string, flags: TransferFlags, io: Io): Promise<number> {
  await using store = await openNodeStore(flags, io)
  const definition = await demandTransfer(store, name)
  const { items } = await store.initiated.runs.list({ transfer: name, limit: SHOWN_RUNS })
  const next = definition.enabled && definition.schedule ? nextTimes(definition.schedule, Date.now(), 5) : []
  if (flags.json) {
    io.out(JSON.stringify({ ...definition, next, lastRuns: items.map(runJson) }))
    return EXIT.ok
  }
  io.out(`${printable(name)}${definition.enabled ? '' : ' (disabled)'}`)
  if (definition.description !== undefined) io.out(`  ${printable(definition.description)}`)
  io.out(`  when   ${whenText(definition)}`)
  for (const at of next) io.out(`         ${timeText(at)}`)
  for (const [index, step] of definition.steps.entries())
    io.out(`  ${index === 0 ? 'steps ' : '      '} ${index + 1}. ${printable(stepText(step))}`)
  for (const [index, step] of definition.onFailure.entries())
    io.out(`  ${index === 0 ? 'failed' : '      '} ${index + 1}. ${printable(stepText(step))}`)
  for (const [index, row] of items.entries()) io.out(`  ${index === 0 ? 'runs  ' : '      '} ${runLine(row)}`)
  return EXIT.ok
}

/** `portolan transfers runs`. */
export async function listRuns(flags: RunsFlags, io: Io): Promise<number> {
  const limit = Number(flags.limit ?? 50)
  if (!Number.isInteger(limit) || limit < 1 || limit > MOST_RUNS)
    throw new UserError(`--limit ${flags.limit} is not allowed: use 1 to ${MOST_RUNS}`)
  await using store = await openNodeStore(flags, io)
  const state = flags.state === undefined ? undefined : stateOf(flags.state)
  const { items } = await store.initiated.runs.list({
    limit,
    ...(state !== undefined && { state }),
    ...(flags.transfer !== undefined && { transfer: flags.transfer }),
  })
  if (items.length === 0 && !flags.json) io.err('There is no such run.')
  const width = Math.max(0, ...items.map(row => row.transfer.length))
  for (const row of items) io.out(flags.json ? JSON.stringify(runJson(row)) : runLine(row, width))
  return EXIT.ok
}

function stateOf(text: string): RunState {
  const states: readonly RunState[] = ['waiting', 'running', 'retrying', 'succeeded', 'failed', 'cancelled']
  const found = states.find(state => state === text)
  if (found === undefined) throw new UserError(`--state ${text} is none: use one of ${states.join(', ')}`)
  return found
}

async function demandTransfer(store: Store, name: string): Promise<Transfer> {
  const row = await store.initiated.definitions.get(name)
  if (!row) throw await noTransfer(store, name)
  const parsed = transfer.safeParse(row.document)
  if (parsed.success) return parsed.data
  throw new UserError(`the transfer ${name} was stored by another version of portolan, and cannot be read`)
}

/** With the names that there are. */
export async function noTransfer(store: Store, name: string): Promise<UserError> {
  const { items, total } = await store.initiated.definitions.list({ offset: 0, limit: 20 })
  const names = items.map(one => one.name).join(', ')
  const known =
    total === 0 ? 'there are none yet' : `there are: ${names}${total > items.length ? ', ...' : ''}`
  return new UserError(`there is no transfer ${JSON.stringify(name)}; ${known}`)
}

function nextOf({ enabled, schedule }: Transfer): number | undefined {
  return enabled && schedule ? nextTimes(schedule, Date.now(), 1)[0] : undefined
}

function whenText({ schedule, trigger }: Transfer): string {
  const times = schedule ? `${schedule.cron} (${schedule.timeZone})` : undefined
  const on = triggerText(trigger)
  return [times, on].filter(Boolean).join('; ') || 'when asked for'
}

function triggerText(trigger: Transfer['trigger']): string | undefined {
  switch (trigger.on) {
    case 'arrival':
      return `${trigger.pattern} arrives in ${placeText(trigger.place)}`
    case 'watch':
      return `${trigger.pattern} stands in ${placeText(trigger.place)}`
    case 'run-ended':
      return `${trigger.transfer} has ended${trigger.state === 'any' ? '' : `: ${trigger.state}`}`
    case 'data-failed':
      return 'a data connection failed'
    case 'request':
      return undefined
  }
}

function stepText(step: Transfer['steps'][number]): string {
  switch (step.do) {
    case 'push':
      return `push ${step.from ? `${step.pattern} of ${placeText(step.from)}` : 'the file'} to ${step.site}:${step.to}`
    case 'pull':
      return `pull ${step.pattern} of ${step.site}:${step.from} to ${placeText(step.to)}`
    case 'rename':
      return `rename to ${step.to}`
    case 'compress':
      return `compress by ${step.format}`
    case 'checksum-file':
      return `write a checksum file (${step.algorithm})`
    case 'webhook':
      return `call ${step.url}`
    case 'mail':
      return `mail to ${step.to.join(', ')}`
    case 'program':
      return `run the program ${step.program}`
    case 'delete':
      return 'delete'
  }
}

const placeText = (place: { user: string; path: string } | { folder: string }) =>
  'user' in place ? `${place.user}:${place.path}` : place.folder
