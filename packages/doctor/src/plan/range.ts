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
/** Below it most services have their registered ports. */
const BUSY_BELOW = 10_000

/** The passive ports of a plan. */
export interface ChosenRange {
  readonly range: Decision<PortRange>
  /** What is not as it should be, though it works. */
  readonly warnings: readonly Because[]
}

type RangeFacts = Omit<PlanFacts, 'transferSeconds' | 'workers' | 'nat' | 'server' | 'balancer'>

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
  if (basePort === undefined && range.value.base < BUSY_BELOW) {
    const text = `${range.value} holds ports where other services listen (3306, 5432, 8080 and so on): see that none of yours does, with ss -ltn`
    warnings.push({ code: 'range-among-services', text })
  }
  warnings.push(...check(range.value, facts).warnings)
  return { range, warnings }
}

function given(basePort: number, numberOfPorts: number): Decision<PortRange> {
  const range = PortRange.of({ basePort, numberOfPorts })
  return decide(range, 'base-port-given', `base port ${basePort} was asked for`)
}

/** Prefers the usual place and what is right above it, then what the kernel leaves alone, then any place. */
function place(numberOfPorts: number, facts: RangeFacts): Decision<PortRange> {
  const { ephemeral } = facts
  const after = blocked(facts)
    .map(({ end }) => end + 1)
    .sort((a, b) => a - b)
  const bases = [
    USUAL_BASE,
    ...after.filter(base => base > USUAL_BASE),
    ephemeral.end + 1,
    ephemeral.base - numberOfPorts,
    ...after,
    LOWEST_PORT,
  ]
  const fitting = bases
    .filter(base => base >= LOWEST_PORT && base + numberOfPorts - 1 <= HIGHEST_PORT)
    .map(basePort => PortRange.of({ basePort, numberOfPorts }))
    .filter(range => takenBy(range, facts) === undefined)
  const range = fitting.find(one => !isEphemeral(one, facts)) ?? fitting[0]
  if (!range) throw tooMany(numberOfPorts, largestGap(facts), facts)
  if (range.base === USUAL_BASE) {
    const why = isEphemeral(range, facts) ? '' : `, outside the kernel's ephemeral range ${ephemeral}`
    return decide(range, 'base-port-usual', `${USUAL_BASE} is Portolan's usual base port${why}`)
  }
  return decide(range, 'base-port-moved', `${whyNotUsual(numberOfPorts, facts)}; ${range} is free`)
}

function whyNotUsual(numberOfPorts: number, facts: RangeFacts): string {
  const ports = `${count(numberOfPorts, 'port')} from ${USUAL_BASE} on`
  const end = USUAL_BASE + numberOfPorts - 1
  if (end > HIGHEST_PORT) return `${ports} would end at ${end}, above ${HIGHEST_PORT}`
  const usual = PortRange.of({ basePort: USUAL_BASE, numberOfPorts })
  const taken = takenBy(usual, facts)
  return taken
    ? `${ports} are not free (${taken})`
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
  const taken = takenBy(first, facts)
  if (taken) throw new PlanError('PLAN_CONFLICT', 'basePort', `is taken: ${taken}`)
  const next = blocked(facts)
    .filter(({ base }) => base > basePort)
    .map(({ base }) => base)
  return Math.min(HIGHEST_PORT + 1, ...next) - basePort
}

/** What has one of the ports already, in words. */
function takenBy(range: PortRange, facts: RangeFacts): string | undefined {
  return check(range, facts).errors[0]?.text
}

/** Whether the kernel may give one of the ports to an outgoing connection. */
function isEphemeral(range: PortRange, facts: RangeFacts): boolean {
  return check(range, { ...facts, active: undefined }).warnings.length > 0
}

function check(passive: PortRange, { listeners, active, ephemeral, reserved }: RangeFacts) {
  return checkRanges({
    passive,
    ...(active && { active }),
    listeners: listeners.map(({ host, port }) => ({ name: host, port })),
    ephemeral,
    reserved,
  })
}

function tooMany(needed: number, most: number, facts: RangeFacts): PlanError {
  const { basePort, clients, perClient, sameAddress, exclusive } = facts
  const from = basePort === undefined ? '' : ` from base port ${basePort} on`
  const who = exclusive ? count(clients, 'client') : `${count(sameAddress, 'client')} behind one address`
  const enough = Math.floor(most / perClient)
  const ways = [
    ...(enough > 0 ? [`that is enough for ${enough}`] : []),
    ...(basePort === undefined ? [] : ['a lower base port leaves more']),
    ...(exclusive ? ['a server that shares its ports (without --exclusive) needs far fewer'] : []),
  ]
  const text = `${who} with ${count(perClient, 'transfer')} each need ${needed} ports at the least, and at most ${most} fit${from}: ${ways.join('; ')}`
  return new PlanError('PLAN_TOO_MANY_PORTS', undefined, text)
}
