import type { Transfer } from '../model/index.ts'

/** A property that conditions and placeholders may name. */
export interface KnownProperty {
  readonly name: string
  readonly description: string
  readonly kind: 'text' | 'number' | 'size' | 'day' | 'clock' | 'date'
  /** The triggers whose runs have it; absent: every run. */
  readonly on?: readonly Transfer['trigger']['on'][]
}

const FILE = ['arrival', 'watch'] as const
const ENDED = ['run-ended'] as const
const DATA = ['data-failed'] as const

/** All properties, in the order in which a form shows them. A run by request has those that were given with it, too. */
export const KNOWN_PROPERTIES: readonly KnownProperty[] = [
  { name: 'file.name', kind: 'text', on: FILE, description: 'The name of the file, without its folder.' },
  {
    name: 'file.path',
    kind: 'text',
    on: FILE,
    description: 'The whole path, as the user or the machine has it.',
  },
  { name: 'file.folder', kind: 'text', on: FILE, description: 'The folder of the file.' },
  { name: 'file.extension', kind: 'text', on: FILE, description: 'What is behind the last dot of the name.' },
  { name: 'file.size', kind: 'size', on: FILE, description: 'Bytes of the file; 10MB may be written.' },
  {
    name: 'file.user',
    kind: 'text',
    on: FILE,
    description: 'The user whose folder it is in; a folder of the machine has none.',
  },
  {
    name: 'file.uploader',
    kind: 'text',
    on: ['arrival'],
    description: 'Who uploaded the file; where nobody saw it, the user whose folder it is in.',
  },
  { name: 'run.id', kind: 'text', on: ENDED, description: 'The run that has ended.' },
  { name: 'run.transfer', kind: 'text', on: ENDED, description: 'The transfer of the run that has ended.' },
  {
    name: 'run.state',
    kind: 'text',
    on: ENDED,
    description: 'How it ended: succeeded, failed or cancelled.',
  },
  { name: 'run.files', kind: 'number', on: ENDED, description: 'How many files it had.' },
  { name: 'run.bytes', kind: 'size', on: ENDED, description: 'How many bytes it moved.' },
  {
    name: 'run.error',
    kind: 'text',
    on: ENDED,
    description: 'The code of its error; empty when there was none.',
  },
  { name: 'data.user', kind: 'text', on: DATA, description: 'Whose data connection failed.' },
  { name: 'data.address', kind: 'text', on: DATA, description: 'The address of that client.' },
  { name: 'data.code', kind: 'text', on: DATA, description: 'Why it failed, as a code.' },
  { name: 'data.text', kind: 'text', on: DATA, description: 'Why it failed, as a sentence.' },
  { name: 'data.count', kind: 'number', on: DATA, description: 'How many failed since the run before.' },
  {
    name: 'time.hour',
    kind: 'number',
    description: 'The hour, from 0 to 23, in the time zone of the schedule, else UTC.',
  },
  { name: 'time.minute', kind: 'number', description: 'The minute, from 0 to 59.' },
  { name: 'time.clock', kind: 'clock', description: 'Hour and minute, such as 08:30.' },
  {
    name: 'time.weekday',
    kind: 'day',
    description: 'The day of the week: mon, tue, wed, thu, fri, sat or sun.',
  },
  { name: 'time.date', kind: 'date', description: 'The date, such as 2026-12-24.' },
  { name: 'time.day', kind: 'number', description: 'The day of the month, from 1 to 31.' },
  { name: 'time.month', kind: 'number', description: 'The month, from 1 to 12.' },
  { name: 'transfer.name', kind: 'text', description: 'The name of the transfer.' },
  { name: 'site.name', kind: 'text', description: 'The first site of the transfer; empty when it has none.' },
]

const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const

/** The properties `time.*` of a moment. */
export function timeProperties(at: number, timeZone: string): Readonly<Record<string, string | number>> {
  const time = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone)
  const plain = time.toPlainDateTime()
  return {
    'time.hour': time.hour,
    'time.minute': time.minute,
    'time.clock': plain.toPlainTime().toString({ smallestUnit: 'minute' }),
    'time.weekday': WEEKDAYS[time.dayOfWeek - 1] ?? '',
    'time.date': plain.toPlainDate().toString(),
    'time.day': time.day,
    'time.month': time.month,
  }
}
