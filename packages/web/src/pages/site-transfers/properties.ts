import type { Trigger } from '@portolan/console/contract'

/** A property that conditions may ask for. */
export interface Property {
  readonly name: string
  readonly kind: 'text' | 'number' | 'size' | 'day' | 'clock' | 'date'
  /** The triggers whose runs have it; absent: every run. */
  readonly on?: readonly Trigger['on'][]
}

const FILE: readonly Trigger['on'][] = ['arrival', 'watch']
const ENDED: readonly Trigger['on'][] = ['run-ended']
const DATA: readonly Trigger['on'][] = ['data-failed']

/** What the server knows, in its order; a test holds them together. */
export const PROPERTIES: readonly Property[] = [
  { name: 'file.name', kind: 'text', on: FILE },
  { name: 'file.path', kind: 'text', on: FILE },
  { name: 'file.folder', kind: 'text', on: FILE },
  { name: 'file.extension', kind: 'text', on: FILE },
  { name: 'file.size', kind: 'size', on: FILE },
  { name: 'file.user', kind: 'text', on: FILE },
  { name: 'file.uploader', kind: 'text', on: ['arrival'] },
  { name: 'run.id', kind: 'text', on: ENDED },
  { name: 'run.transfer', kind: 'text', on: ENDED },
  { name: 'run.state', kind: 'text', on: ENDED },
  { name: 'run.files', kind: 'number', on: ENDED },
  { name: 'run.bytes', kind: 'size', on: ENDED },
  { name: 'run.error', kind: 'text', on: ENDED },
  { name: 'data.user', kind: 'text', on: DATA },
  { name: 'data.address', kind: 'text', on: DATA },
  { name: 'data.code', kind: 'text', on: DATA },
  { name: 'data.text', kind: 'text', on: DATA },
  { name: 'data.count', kind: 'number', on: DATA },
  { name: 'time.hour', kind: 'number' },
  { name: 'time.minute', kind: 'number' },
  { name: 'time.clock', kind: 'clock' },
  { name: 'time.weekday', kind: 'day' },
  { name: 'time.date', kind: 'date' },
  { name: 'time.day', kind: 'number' },
  { name: 'time.month', kind: 'number' },
  { name: 'transfer.name', kind: 'text' },
  { name: 'site.name', kind: 'text' },
]

/** The names to choose from for a trigger. A schedule begins runs, too, and those have what every run has. */
export const propertiesFor = (on: Trigger['on'], scheduled: boolean): readonly string[] =>
  PROPERTIES.filter(known => known.on === undefined || (!scheduled && known.on.includes(on))).map(
    ({ name }) => name,
  )

const SINGLE: Readonly<Record<Property['kind'], string>> = {
  text: 'orders.csv',
  number: '8',
  size: '10MB',
  day: 'mon',
  clock: '08:30',
  date: '2026-12-24',
}
const RANGES: Readonly<Record<Property['kind'], string>> = {
  text: 'red, green',
  number: '8-17',
  size: '1MB-10MB',
  day: 'mon-fri',
  clock: '22:00-06:00',
  date: '2026-12-24-2026-12-26',
}

/** What may stand in the field of the value, for example. */
export function valueHint(property: string, is: string): string {
  const kind = PROPERTIES.find(({ name }) => name === property)?.kind ?? 'text'
  if (is === 'matches') return '*.csv'
  return is === 'within' ? RANGES[kind] : SINGLE[kind]
}
