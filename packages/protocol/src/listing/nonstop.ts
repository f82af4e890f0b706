import { fullYear, momentOf, readClock } from './clock.ts'
import { cutColumns, readSize } from './columns.ts'
import type { Dialect, ListingContext } from './dialect.ts'
import { type LineResult, makeEntry } from './entry.ts'
import { monthOf } from './months.ts'

/** Name, mark, code, end of file, date, time, owner (which may be cut at its blank), security. */
const MOST_COLUMNS = 9
const NAME = /^[A-Z$#][A-Z0-9$#]{0,7}$/i
/** An open file is marked `O`; others carry what the file system says of them. */
const MARK = /^(?:\*|[A-Z?]{1,3})$/
const CODE = /^\d{1,5}[A-Z+]?$/
const DATE = /^(\d{1,2})-?([A-Za-z]{3})-?(\d{2}|\d{4})$/
const OWNER = /^(\d{1,3}), ?(\d{1,3})$/
const HEADINGS = [
  /^ *File +(?:O +)?Code +EOF +/i,
  /^(?:\\[A-Z][A-Z0-9]{0,6}\.)?\$[A-Z0-9]{1,7}\.[A-Z0-9]{1,8} *$/i,
]

/**
 * Guardian files of HPE NonStop: `NAME  O 101  16384 21-Nov-26 05:22:10 255,255 "nnnn"`. The security letters are not
 * those of POSIX: absent. The owner is `group,user`, both numbers.
 */
export const nonstop: Dialect = { name: 'nonstop', read: readNonstop }

function readNonstop(line: string, context: ListingContext): LineResult {
  const columns = cutColumns(line, MOST_COLUMNS).map(({ text }) => text)
  const name = columns[0] ?? ''
  const at = MARK.test(columns[1] ?? '') ? 2 : 1
  const [code = '', size = '', day = '', time = '', ...owner] = columns.slice(at)
  const date = DATE.exec(day)
  const month = monthOf((date?.[2] ?? '').toLowerCase())
  const clock = readClock(time)
  if (!NAME.test(name) || !CODE.test(code) || !date || month === undefined || !clock) {
    return HEADINGS.some(heading => heading.test(line)) ? 'ignored' : undefined
  }
  const [, group, user] = OWNER.exec(owner[0] ?? '') ?? OWNER.exec(`${owner[0]} ${owner[1]}`) ?? []
  return makeEntry(line, name, 'file', {
    ...momentOf({ year: fullYear(date[3] ?? ''), month, day: Number(date[1]) }, clock, context.zoneMinutes),
    size: readSize(size),
    owner: user,
    group,
  })
}
