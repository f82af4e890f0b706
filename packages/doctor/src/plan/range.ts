import {
  type Because,
  ChannelError,
  checkRanges,
  type Decision,
  decide,
  LOWEST_PORT,
  PortRange,
} from '@portolan/channels'
import type { PlanFacts } from './ask.ts'
import { PlanError } from './errors.ts'
import { count, type PortNeed } from './ports.ts'

/** Where the server's own settings begin. */
const USUAL_BASE = 61_000
const HIGHEST_PORT = 65_535

/** The passive ports of a plan. */
export interface ChosenRange {
  readonly range: Decision<PortRange>
  /** What is not as it should be, though it works. */
  readonly warnings: readonly Because[]
}

type RangeFacts = Pick<
  PlanFacts,
  'basePort' | 'listeners' | 'active' | 'ephemeral' | 'reserved' | 'clients' | 'perClient'
>

/**
 * Finds a place for the ports: never over 65535, never over a listener or the active ports, outside the kernel's
 * ephemeral range where that can be, else with a warning. Fewer than recommended, with a warning, when only so many fit.
 * @throws {PlanError} `PLAN_TOO_MANY_PORTS` with what fits; `PLAN_CONFLICT` when a base port that was given is taken
 */
export function chooseRange(need: PortNeed, facts: RangeFacts): ChosenRange {
  const { basePort } = facts
  const warnings: Because[] = []
  const wanted = need.recommended.value
  const most = basePort === undefined ? largestGap(facts) : roomAt(basePort, facts)
  if (need.minimum.value > most) throw tooMany(need.minimum.value, most, facts)
  const numberOfPorts = Math.min(wanted, most)
  if (numberOfPorts < wanted) {
    const text = `${wanted} ports are recommended and ${numberOfPorts} fit: at the busiest moments transfers will have to wait or be refused`
    warnings.push({ code: 'fewer-than-recommended', text })
  }
  const range = basePort === undefined ? place(numberOfPorts, facts) : given(basePort, numberOfPorts)
  warnings.push(...overlaps(range.value, facts).warnings)
  return { range, warnings }
}

function given(basePort: number, numberOfPorts: number): Decision<PortRange> {
  const range = PortRange.of({ basePort, numberOfPorts })
  return decide(range, 'base-port-given', `base port ${basePort} was asked for`)
}

/** Prefers the usual place, then what the kernel leaves alone, then any place. */
function place(numberOfPorts: number, facts: RangeFacts): Decision<PortRange> {
  const { ephemeral } = facts
  const bases = [USUAL_BASE, ephemeral.end + 1, ephemeral.base - numberOfPorts]
  for (const { base, end } of blocked(facts)) bases.push(end + 1, base - numberOfPorts)
  bases.push(LOWEST_PORT)
  const fitting = bases
    .filter(base => base >= LOWEST_PORT && base + numberOfPorts - 1 <= HIGHEST_PORT)
    .map(basePort => PortRange.of({ basePort, numberOfPorts }))
    .filter(range => overlaps(range, facts).errors.length === 0)
  const range = fitting.find(one => overlaps(one, facts).warnings.length === 0) ?? fitting[0]
  if (!range) throw tooMany(numberOfPorts, largestGap(facts), facts)
  const isFree = overlaps(range, facts).warnings.length === 0
  if (range.base === USUAL_BASE) {
    const why = isFree ? `, outside the kernel's ephemeral range ${ephemeral}` : ''
    return decide(range, 'base-port-usual', `${USUAL_BASE} is Portolan's usual base port${why}`)
  }
  return decide(range, 'base-port-moved', `${whyNotUsual(numberOfPorts, facts)}; ${range} is free`)
}

function whyNotUsual(numberOfPorts: number, facts: RangeFacts): string {
  const ports = `${count(numberOfPorts, 'port')} from ${USUAL_BASE} on`
  const end = USUAL_BASE + numberOfPorts - 1
  if (end > HIGHEST_PORT) return `${ports} would end at ${end}, above ${HIGHEST_PORT}`
  const usual = PortRange.of({ basePort: USUAL_BASE, numberOfPorts })
  const [taken] = overlaps(usual, facts).errors
  return taken
    ? `${ports} are taken (${taken.text})`
    : `${ports} lie in the kernel's ephemeral range ${facts.ephemeral}`
}

/** Ports that are spoken for. */
function blocked({ listeners, active }: RangeFacts): { base: number; end: number }[] {
  const ports = listeners.map(({ port }) => ({ base: port, end: port }))
  return active ? [...ports, { base: active.base, end: active.end }] : ports
}

/** The longest run of ports that nobody has spoken for. */
function largestGap(facts: RangeFacts): number {
  let from = LOWEST_PORT
  let largest = 0
  for (const { base, end } of blocked(facts).sort((a, b) => a.base - b.base)) {
    largest = Math.max(largest, base - from)
    from = Math.max(from, end + 1)
  }
  return Math.max(largest, HIGHEST_PORT - from + 1)
}

/** How many ports fit from a base port on. @throws {PlanError} when not even one does */
function roomAt(basePort: number, facts: RangeFacts): number {
  let first: PortRange
  try {
    first = PortRange.of({ basePort, numberOfPorts: 1 })
  } catch (error) {
    if (!(error instanceof ChannelError)) throw error
    throw new PlanError(
      'PLAN_VALUE',
      'basePort',
      `must be a whole number from ${LOWEST_PORT} to ${HIGHEST_PORT}`,
    )
  }
  const [taken] = overlaps(first, facts).errors
  if (taken) throw new PlanError('PLAN_CONFLICT', 'basePort', `is taken: ${taken.text}`)
  const next = blocked(facts)
    .filter(({ base }) => base > basePort)
    .map(({ base }) => base)
  return Math.min(HIGHEST_PORT + 1, ...next) - basePort
}

function overlaps(passive: PortRange, { listeners, active, ephemeral, reserved }: RangeFacts) {
  return checkRanges({
    passive,
    ...(active && { active }),
    listeners: listeners.map(({ host, port }) => ({ name: host, port })),
    ephemeral,
    reserved,
  })
}

function tooMany(needed: number, most: number, { basePort, clients, perClient }: RangeFacts): PlanError {
  const where = basePort === undefined ? '' : ` from base port ${basePort} on`
  const ways =
    basePort === undefined ? 'plan for fewer clients or transfers' : 'give a lower base port, or none'
  const text = `${clients} clients with ${perClient} transfers each need ${needed} ports at the least, and at most ${most} fit${where}: ${ways}`
  return new PlanError('PLAN_TOO_MANY_PORTS', undefined, text)
}
