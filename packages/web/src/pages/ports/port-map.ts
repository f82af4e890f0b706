import type { Port, PortsView } from '@portolan/console/contract'

export type PortState = Port['state']

/** The states, in the order in which a group of ports shows the most telling one. */
export const PORT_STATES = [
  'failed',
  'in-use',
  'reserved',
  'resting',
  'free',
] as const satisfies readonly PortState[]

/** What stands for a state where there is no room for a word, so that colour alone never says it. */
export const STATE_LETTER: Readonly<Record<PortState, string>> = {
  failed: '✕',
  'in-use': 'U',
  reserved: 'R',
  resting: '·',
  free: '',
}

export const STATE_WORD: Readonly<Record<PortState, string>> = {
  failed: 'refused by the system',
  'in-use': 'in use',
  reserved: 'reserved',
  resting: 'resting',
  free: 'free',
}

/** A range with what is known of its ports. Ports that nothing is told of are free. */
export interface PortMap {
  readonly basePort: number
  readonly numberOfPorts: number
  readonly told: ReadonlyMap<number, Port>
}

/** The map of a range; undefined where there is no range, as with active ports that the system chooses. */
export function portMap(range: PortsView['passive'] | PortsView['active']): PortMap | undefined {
  if (range?.basePort === undefined || range.numberOfPorts === undefined) return undefined
  return {
    basePort: range.basePort,
    numberOfPorts: range.numberOfPorts,
    told: new Map(range.ports.map(port => [port.port, port])),
  }
}

export type PortCounts = Readonly<Record<PortState, number>>

/** How many ports from `first` on, `count` of them, are in which state. */
export function countPorts(map: PortMap, first = map.basePort, count = map.numberOfPorts): PortCounts {
  const counts = { failed: 0, 'in-use': 0, reserved: 0, resting: 0, free: 0 }
  for (const [port, { state }] of map.told) {
    if (port >= first && port < first + count) counts[state] += 1
  }
  counts.free = count - counts.failed - counts['in-use'] - counts.reserved - counts.resting
  return counts
}

/** A stretch of a range that is shown at once. */
export interface Stretch {
  readonly first: number
  readonly count: number
}

/** Ports of one picture: enough for the usual range, few enough to draw each as an element. */
const STRETCH = 1024

/** The range cut into stretches, the last of which may be shorter. */
export function stretches({ basePort, numberOfPorts }: PortMap): Stretch[] {
  return Array.from({ length: Math.ceil(numberOfPorts / STRETCH) }, (_, index) => ({
    first: basePort + index * STRETCH,
    count: Math.min(STRETCH, numberOfPorts - index * STRETCH),
  }))
}

const COLUMNS = [100, 64, 50, 40, 32, 25, 20, 16, 10, 8]

/** How many ports stand in a row: the largest number that people can count with and that has room. */
export function columnsFor(width: number, cell: number): number {
  return COLUMNS.find(columns => columns * cell <= width) ?? 8
}

const STATE_CODES: Readonly<Record<PortState, string>> = {
  free: 'f',
  reserved: 'r',
  'in-use': 'u',
  resting: 't',
  failed: 'x',
}
const CODE_STATES = new Map(Object.entries(STATE_CODES).map(([state, code]) => [code, state]))

/** A row of the picture; `states` has a letter for each port, so that rows that are alike compare as texts. */
export interface MapRow {
  readonly first: number
  readonly states: string
}

/** The rows of a stretch. */
export function rowsOf(map: PortMap, { first, count }: Stretch, columns: number): MapRow[] {
  return Array.from({ length: Math.ceil(count / columns) }, (_, index) => {
    const start = first + index * columns
    const length = Math.min(columns, first + count - start)
    const states = Array.from({ length }, (_, offset) => STATE_CODES[stateOf(map, start + offset)])
    return { first: start, states: states.join('') }
  })
}

/** The state that a letter of {@link MapRow} stands for. */
export function stateOfCode(code: string): PortState {
  const state = CODE_STATES.get(code)
  return PORT_STATES.find(known => known === state) ?? 'free'
}

export function stateOf(map: PortMap, port: number): PortState {
  return map.told.get(port)?.state ?? 'free'
}

/** The port that a key leads to in a picture of so many columns; undefined for other keys. Never leaves the stretch. */
export function portAfterKey(key: string, port: number, columns: number, { first, count }: Stretch) {
  const last = first + count - 1
  const column = (port - first) % columns
  const target = {
    ArrowLeft: port - 1,
    ArrowRight: port + 1,
    ArrowUp: port - columns,
    ArrowDown: port + columns,
    PageUp: Math.max(port - 5 * columns, first + column),
    PageDown: port + 5 * columns > last ? lastBelow(last, first, column, columns) : port + 5 * columns,
    Home: port - column,
    End: Math.min(port - column + columns - 1, last),
  }[key]
  if (target === undefined) return undefined
  return target < first || target > last ? port : target
}

/** The lowest row's port in a column. */
function lastBelow(last: number, first: number, column: number, columns: number): number {
  const row = Math.floor((last - first) / columns)
  const port = first + row * columns + column
  return port > last ? port - columns : port
}

/** The ports that are not simply free, by number. */
export function busyPorts(ports: readonly Port[]): Port[] {
  return ports
    .filter(({ state, waitingFor, sessions }) => state !== 'free' || waitingFor.length + sessions.length > 0)
    .sort((a, b) => a.port - b.port)
}

/** One port in words. */
export function describePort(port: number, told: Port | undefined): string {
  const state = told?.state ?? 'free'
  const parts = [`${port}: ${STATE_WORD[state]}`]
  if (told && told.waitingFor.length > 0) parts.push(`waits for ${told.waitingFor.join(', ')}`)
  if (told && told.sessions.length > 0) {
    parts.push(`${told.sessions.length === 1 ? 'session' : 'sessions'} ${told.sessions.join(', ')}`)
  }
  if (told?.text) parts.push(told.text)
  return parts.join('; ')
}
