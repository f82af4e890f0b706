import { type Moment, momentOf, readClock } from './clock.ts'
import { cutColumns, isDigits, readSize, restFrom, withoutTrailingBlanks } from './columns.ts'
import type { Dialect, ListingContext } from './dialect.ts'
import { type EntryKind, type LineResult, makeEntry, withoutSlash } from './entry.ts'
import type { DateOrder } from './short-dates.ts'

/** Owner, size, date, time, type. */
const MOST_COLUMNS = 5
const TYPE = /^\*[A-Z][A-Z0-9]{1,9}$/
/** The order that a separator suggests; QDATFMT of the server decides. */
const ORDERS: Readonly<Record<string, DateOrder>> = { '/': 'mdy', '.': 'dmy', '-': 'ymd', ',': 'ymd' }
/** `26/325`: the day of the year (*JUL). */
const JULIAN = /^(\d{2}|\d{4})[-/.,](\d{3})$/
const SAVE_FILE = /\.SAVF$/i
/** The object types that can be entered or downloaded; programs, queues and the like cannot. */
const KINDS = new Map<string, EntryKind>([
  ['*DIR', 'folder'],
  ['*DDIR', 'folder'],
  ['*LIB', 'folder'],
  ['*FLR', 'folder'],
  ['*FILE', 'folder'],
  ['*STMF', 'file'],
  ['*DSTMF', 'file'],
  ['*DOC', 'file'],
  ['*MEM', 'file'],
  ['*MBR', 'file'],
  ['*USRSPC', 'file'],
  ['*SYMLNK', 'link'],
])

/**
 * IBM i with LISTFMT 0: `ANNA  77824 11/21/26 05:22:10 *DIR  name/`. Members (`*MEM`) have neither size nor date. A
 * `*FILE` is a folder of members, but a save file is a file. Dates are in the order that the whole listing votes for.
 */
export const as400: Dialect = { name: 'as400', votes: true, read: readAs400 }

function readAs400(line: string, context: ListingContext): LineResult {
  const columns = cutColumns(line, MOST_COLUMNS)
  const at = columns.findIndex(({ text }) => TYPE.test(text))
  const type = columns[at]
  if (!type) return undefined
  const [first, ...others] = columns.slice(0, at)
  const [size, ...dates] = others
  const sized = size !== undefined && isDigits(size.text)
  const moment = readMoment(
    (sized ? dates : others).map(({ text }) => text),
    context,
  )
  if (!moment) return undefined
  const name = withoutTrailingBlanks(restFrom(line, type.end))
  const kind = type.text === '*FILE' && SAVE_FILE.test(name) ? 'file' : (KINDS.get(type.text) ?? 'other')
  return makeEntry(line, kind === 'folder' ? withoutSlash(name) : name, kind, {
    owner: first?.text,
    size: sized ? readSize(size.text) : undefined,
    ...moment,
  })
}

/** Nothing, or a date and a time; undefined for other columns. */
function readMoment(texts: readonly string[], context: ListingContext): Moment | undefined {
  const [date, time, more] = texts
  if (date === undefined) return {}
  const clock = readClock(time ?? '')
  if (!clock || more !== undefined) return undefined
  const separator = date.match(/[-/.,]/)?.[0] ?? ''
  const day = context.shortDates.read(date, ORDERS[separator] ?? 'mdy') ?? readJulian(date)
  return day && (day.date ? momentOf(day.date, clock, context.zoneMinutes) : {})
}

/** The date of a day of the year is not worth a guess: the entry has none. */
function readJulian(text: string): { readonly date: undefined } | undefined {
  return JULIAN.test(text) ? { date: undefined } : undefined
}
