import { momentOf, readClock } from './clock.ts'
import { cutColumns, isDigits } from './columns.ts'
import type { Dialect, ListingContext } from './dialect.ts'
import { type LineResult, makeEntry } from './entry.ts'

/** Name, type, format, record length, records, blocks, date, time, disk. */
const MOST_COLUMNS = 9
const NAME = /^[A-Z0-9@#$+:_-]{1,8}$/i
const FORMAT = /^[FV-]$/
const ISO_DATE = /^(\d{4})-(\d{2})-(\d{2})$/

/**
 * z/VM CMS: `PROFILE  EXEC  V  80  23  1  2026-11-21  5:22:10 ANNA191`. A file is asked for as `PROFILE.EXEC`: that is
 * its name. Records and blocks are no bytes: the size is absent. The last column is the disk, and is left out.
 */
export const vm: Dialect = { name: 'vm', votes: true, read: readVm }

function readVm(line: string, context: ListingContext): LineResult {
  const columns = cutColumns(line, MOST_COLUMNS).map(({ text }) => text)
  const [name = '', type = '', format = '', length = '', records = '', blocks = '', date = '', time = ''] =
    columns
  if (!NAME.test(name) || !NAME.test(type) || !FORMAT.test(format)) return undefined
  if (![length, records, blocks].every(isCount)) return undefined
  const iso = ISO_DATE.exec(date)
  const day = iso
    ? { date: { year: Number(iso[1]), month: Number(iso[2]), day: Number(iso[3]) } }
    : context.shortDates.read(date, 'mdy')
  const clock = readClock(time)
  if (!day || !clock) return undefined
  const folder = format === '-' && type.toUpperCase() === 'DIR'
  return makeEntry(
    line,
    folder ? name : `${name}.${type}`,
    folder ? 'folder' : 'file',
    day.date && momentOf(day.date, clock, context.zoneMinutes),
  )
}

function isCount(text: string): boolean {
  return text === '-' || isDigits(text)
}
