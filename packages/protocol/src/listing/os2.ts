import { momentOf, readClock } from './clock.ts'
import { type Column, cutColumns, isDigits, readSize, restFrom } from './columns.ts'
import type { Dialect, ListingContext } from './dialect.ts'
import { type LineResult, makeEntry } from './entry.ts'

/** Size, attributes, `DIR`, date, time. */
const MOST_COLUMNS = 9
/** Archive, hidden, read-only, system. */
const ATTRIBUTES = /^(?:[AHRS]{1,4}|DIR)$/

/**
 * OS/2: `0  DIR  11-21-26  05:22  name`, `1177  A  11-21-126  05:22  name`. A year of three digits counts from 1900, an
 * error of the year 2000. Blanks in front of a name are taken for the column's.
 */
export const os2: Dialect = { name: 'os2', votes: true, read: readOs2 }

function readOs2(line: string, context: ListingContext): LineResult {
  const [size, ...columns] = cutColumns(line, MOST_COLUMNS)
  if (!size || !isDigits(size.text)) return undefined
  const at = columns.findIndex(({ text }) => !ATTRIBUTES.test(text))
  const date = columns[at]
  const time = columns[at + 1]
  const day = date?.text.includes('-') ? context.shortDates.read(date.text, 'mdy') : undefined
  const clock = readClock(time?.text ?? '')
  if (!day || !clock || !time) return undefined
  const folder = columns.slice(0, at).some(isFolderMark)
  return makeEntry(line, restFrom(line, time.end), folder ? 'folder' : 'file', {
    ...(day.date && momentOf(day.date, clock, context.zoneMinutes)),
    size: readSize(size.text),
  })
}

function isFolderMark({ text }: Column): boolean {
  return text === 'DIR'
}
