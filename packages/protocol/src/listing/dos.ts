import { momentOf, readClock } from './clock.ts'
import { cutColumns, isGroupedSize, readGroupedSize, restFrom } from './columns.ts'
import type { Dialect, ListingContext } from './dialect.ts'
import { type EntryKind, type LineResult, makeEntry } from './entry.ts'

/** Date, time, its half of the day, size. */
const MOST_COLUMNS = 4
const HALF_OF_DAY = /^[AaPp]\.?[Mm]?\.?$/
const KINDS = new Map<string, EntryKind>([
  ['<DIR>', 'folder'],
  ['<JUNCTION>', 'link'],
  ['<SYMLINK>', 'link'],
  ['<SYMLINKD>', 'link'],
])
/** What `dir` of Windows writes above and below: volume, serial number, folder, counts. */
const HEADINGS = [
  /^ ?Volume in drive \S/,
  /^ ?Volume Serial Number is /,
  /^ ?Directory of /,
  /^ {1,20}[\d.,]{1,12} (?:File|Dir)\(s\) {1,20}[\d.,]{1,30} bytes/,
]

/**
 * `dir` of Windows, as IIS lists: `11-21-26  05:22AM       <DIR>          name`. Years of two or four digits, 12 or 24
 * hours, sizes with marks between thousands, dates in the order that the whole listing votes for. The name of a file
 * begins one blank behind the size; blanks in front of a folder's name are taken for the column's.
 */
export const dos: Dialect = { name: 'dos', votes: true, read: readDos }

function readDos(line: string, context: ListingContext): LineResult {
  const [date, time, third, fourth] = cutColumns(line, MOST_COLUMNS)
  if (!date || !time || !third) return isHeading(line) ? 'ignored' : undefined
  const day = context.shortDates.read(date.text, date.text.includes('.') ? 'dmy' : 'mdy')
  if (!day) return isHeading(line) ? 'ignored' : undefined
  const half = HALF_OF_DAY.test(third.text) ? third.text : ''
  const clock = readClock(time.text + half.replaceAll('.', ''))
  const size = half === '' ? third : fourth
  if (!clock || !size) return undefined
  const moment = day.date ? momentOf(day.date, clock, context.zoneMinutes) : {}
  const kind = KINDS.get(size.text.toUpperCase())
  if (kind === undefined) {
    if (!isGroupedSize(size.text)) return undefined
    const told = { ...moment, size: readGroupedSize(size.text) }
    return makeEntry(line, line.slice(size.end + 1), 'file', told)
  }
  const name = restFrom(line, size.end)
  return kind === 'link' ? makeLink(line, name, moment) : makeEntry(line, name, kind, moment)
}

/** `name [target]`. */
function makeLink(line: string, text: string, moment: ReturnType<typeof momentOf>): LineResult {
  const bracket = text.endsWith(']') ? text.indexOf(' [') : -1
  if (bracket < 1) return makeEntry(line, text, 'link', moment)
  const target = text.slice(bracket + 2, -1)
  return makeEntry(line, text.slice(0, bracket), 'link', { ...moment, target })
}

function isHeading(line: string): boolean {
  return HEADINGS.some(heading => heading.test(line))
}
