import { momentOf, readClock } from './clock.ts'
import { cutColumns, isDigits, readSize, restFrom, withoutTrailingBlanks } from './columns.ts'
import type { Dialect, ListingContext } from './dialect.ts'
import { type LineResult, makeEntry } from './entry.ts'
import { monthOf } from './months.ts'

/** Size, date, time. */
const MOST_COLUMNS = 3
const DATE = /^([A-Za-z]{3})-(\d{2})-(\d{4})$/
const FOLDER = '<DIR>'
const HEADINGS = [/^ *size +date +time +name *$/i, /^ *-{4,12} +-{4,12} +-{4,12} +-{4,12} *$/]

/** VxWorks with its DOS file system: `2048  NOV-21-2026  05:22:10  name  <DIR>`. */
export const vxworks: Dialect = { name: 'vxworks', read: readVxworks }

function readVxworks(line: string, context: ListingContext): LineResult {
  const [size, day, time] = cutColumns(line, MOST_COLUMNS)
  const date = DATE.exec(day?.text ?? '')
  const month = monthOf((date?.[1] ?? '').toLowerCase())
  const clock = readClock(time?.text ?? '')
  if (!size || !time || !isDigits(size.text) || !date || month === undefined || !clock) {
    return HEADINGS.some(heading => heading.test(line)) ? 'ignored' : undefined
  }
  const text = withoutTrailingBlanks(restFrom(line, time.end))
  const folder = text.endsWith(` ${FOLDER}`)
  const name = folder ? withoutTrailingBlanks(text.slice(0, -FOLDER.length)) : text
  return makeEntry(line, name, folder ? 'folder' : 'file', {
    ...momentOf({ year: Number(date[3]), month, day: Number(date[2]) }, clock, context.zoneMinutes),
    size: readSize(size.text),
  })
}
