import { type Moment, momentOf, readClock } from './clock.ts'
import { type Column, cutColumns, isDigits } from './columns.ts'
import type { Dialect, ListingContext } from './dialect.ts'
import { type EntryKind, type LineResult, makeEntry } from './entry.ts'

/** The row of a data set has ten columns, the heading of load modules twelve. */
const MOST_COLUMNS = 12
const DATASET_COLUMNS = 10
const DATASET = /^'?[A-Z$#@][A-Z0-9$#@.-]{0,53}'?$/i
const MEMBER = /^[A-Z$#@{][A-Z0-9$#@{]{0,7}$/i
const VERSION = /^\d{2}\.\d{2}$/
const DATE = /^(\d{4})\/(\d{2})\/(\d{2})$/
const REFERRED = /^(?:\d{4}\/\d{2}\/\d{2}|\*\*NONE\*\*)$/
const HEX = /^[0-9A-F]{6,8}$/i
/** Organisation of a data set: sequential and partitioned ones can be transferred. */
const DSORGS = new Map<string, EntryKind>([
  ['PS', 'file'],
  ['PS-E', 'file'],
  ['PSU', 'file'],
  ['PO', 'folder'],
  ['PO-E', 'folder'],
  ['POU', 'folder'],
  ['DA', 'other'],
  ['IS', 'other'],
  ['VS', 'other'],
  ['VSAM', 'other'],
  ['HFS', 'other'],
  ['ZFS', 'other'],
  ['GDG', 'other'],
  ['PATH', 'other'],
])
/** Rows that tell a state in place of the columns, in front of the name. Any of them may follow a volume. */
const STATES: readonly { readonly words: string; readonly kind: EntryKind }[] = [
  { words: 'Migrated', kind: 'unknown' },
  { words: 'MIGRAT', kind: 'unknown' },
  { words: 'ARCIVE', kind: 'unknown' },
  { words: 'Tape', kind: 'file' },
  { words: 'Not Direct Access Device', kind: 'file' },
  { words: 'Pseudo Directory', kind: 'folder' },
  { words: 'Error determining attributes', kind: 'unknown' },
  { words: 'User catalog connector', kind: 'other' },
  { words: 'GDG', kind: 'other' },
  { words: 'VSAM', kind: 'other' },
]

/**
 * z/OS: data sets under the heading `Volume Unit ... Dsname`, members under `Name VV.MM`, load modules under
 * `Name Size TTR`. Sizes are tracks and lines, not bytes: absent. The date of a data set is that of its last use:
 * absent. Migrated data sets may be files or folders: unknown.
 */
export const zos: Dialect = { name: 'zos', read: readZos }

function readZos(line: string, context: ListingContext): LineResult {
  const columns = cutColumns(line, MOST_COLUMNS)
  if (isHeading(columns, context)) return 'ignored'
  return (
    readDataset(line, columns, context) ??
    readMember(line, columns, context) ??
    readModule(line, columns, context)
  )
}

function isHeading(columns: readonly Column[], context: ListingContext): boolean {
  const [first, second, third] = columns.map(({ text }) => text)
  if (first === 'Volume' && second === 'Unit') context.section = { of: 'datasets' }
  else if (first === 'Name' && second === 'VV.MM') context.section = { of: 'members' }
  else if (first === 'Name' && second === 'Size' && third === 'TTR') context.section = { of: 'modules' }
  else return false
  return true
}

function readDataset(line: string, columns: readonly Column[], context: ListingContext): LineResult {
  const name = columns.at(-1)?.text ?? ''
  if (!DATASET.test(name)) return undefined
  const known = context.section?.of === 'datasets'
  const dsorg = DSORGS.get(columns.at(-2)?.text ?? '')
  const referred = columns.some(({ text }, index) => index < 3 && REFERRED.test(text))
  // Without the heading only a full row is sure; with it, columns may have run into each other.
  const full = columns.length === DATASET_COLUMNS || (known && columns.length > 5)
  if (full && referred && (dsorg !== undefined || known)) return makeEntry(line, name, dsorg ?? 'unknown')
  if (!known) return undefined
  const words = columns.slice(0, -1).map(({ text }) => text)
  const state = STATES.find(one => one.words === words.join(' ') || one.words === words.slice(1).join(' '))
  return state && makeEntry(line, name, state.kind)
}

/** `NAME 01.03 2026/09/12 2026/11/21 05:22 11 11 0 ANNA`, or the name alone of a member without statistics. */
function readMember(line: string, columns: readonly Column[], context: ListingContext): LineResult {
  const [name, version, created, changed, time, ...rest] = columns.map(({ text }) => text)
  if (name === undefined || !MEMBER.test(name)) return undefined
  if (version === undefined) {
    return context.section?.of === 'members' || context.section?.of === 'modules'
      ? makeEntry(line, name, 'file')
      : undefined
  }
  if (!VERSION.test(version) || !DATE.test(created ?? '')) return undefined
  const moment = readMoment(changed ?? '', time ?? '', context)
  const owner = rest.length > 3 ? rest[3] : undefined
  return moment && rest.length >= 3 && rest.slice(0, 3).every(isDigits)
    ? makeEntry(line, name, 'file', { ...moment, owner })
    : undefined
}

function readMoment(date: string, time: string, context: ListingContext): Moment | undefined {
  const match = DATE.exec(date)
  const clock = readClock(time)
  if (!match || !clock) return undefined
  const day = { year: Number(match[1]), month: Number(match[2]), day: Number(match[3]) }
  return momentOf(day, clock, context.zoneMinutes)
}

/** `NAME 000EE0 000009 ... 00 FO RN RU 31 ANY`. */
function readModule(line: string, columns: readonly Column[], context: ListingContext): LineResult {
  const [name, size, ttr] = columns.map(({ text }) => text)
  if (context.section?.of !== 'modules' || !HEX.test(size ?? '') || !HEX.test(ttr ?? '')) return undefined
  return name !== undefined && MEMBER.test(name) ? makeEntry(line, name, 'file') : undefined
}
