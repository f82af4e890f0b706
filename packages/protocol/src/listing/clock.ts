import { dateOf, daysOf, MS_PER_DAY } from '../calendar.ts'
import type { Precision } from './entry.ts'

/** A date as a listing shows it; not yet known to exist. */
export interface ListedDate {
  readonly year: number
  /** 1 to 12. */
  readonly month: number
  /** 1 to 31. */
  readonly day: number
}

/** A time of day as a listing shows it; `second` and `ms` as far as it does. */
interface ListedClock {
  readonly hour: number
  readonly minute: number
  readonly second?: number
  readonly ms?: number
}

/** A time and how exact it is; empty for one that does not exist. */
export interface Moment {
  readonly modified?: number
  readonly precision?: Precision
}

const CLOCK = /^(\d{1,2})([:.])(\d{2})(?:\2(\d{2})(?:[.,](\d{1,9}))?)?([AaPp])?[Mm]?$/
const ZONE = /^([+-])(\d{2}):?(\d{2})$/
/** The 29th of February comes again after eight years at most, around 1900 and 2100. */
const YEARS_BACK = 8

/** Reads `5:22`, `05:22:10`, `05:22:10.123`, `05.22`, `05:22PM`; undefined for what does not look like a time. */
export function readClock(text: string): ListedClock | undefined {
  const match = CLOCK.exec(text)
  if (!match) return undefined
  const [, hour = '', , minute = '', second, fraction, half] = match
  return {
    hour: half === undefined ? Number(hour) : hourOfDay(Number(hour), half),
    minute: Number(minute),
    ...(second !== undefined && { second: Number(second) }),
    ...(fraction !== undefined && { ms: Number(fraction.slice(0, 3).padEnd(3, '0')) }),
  }
}

/** Minutes that `+0130` or `-01:30` is ahead of UTC. */
export function readZone(text: string): number | undefined {
  if (text === 'Z') return 0
  const match = ZONE.exec(text)
  if (!match) return undefined
  const minutes = Number(match[2]) * 60 + Number(match[3])
  return match[1] === '-' ? -minutes : minutes
}

/** Two digits of a year mean 1970 to 2069; three count from 1900, as servers with the error of the year 2000 do. */
export function fullYear(digits: string): number {
  const year = Number(digits)
  if (digits.length > 3) return year
  return year >= 70 ? 1900 + year : 2000 + year
}

/** @param zoneMinutes - minutes that the clock shown is ahead of UTC */
export function momentOf(date: ListedDate, clock: ListedClock | undefined, zoneMinutes: number): Moment {
  const ms = utcOf(date, clock, zoneMinutes)
  return ms === undefined ? {} : { modified: ms, precision: precisionOf(clock) }
}

/**
 * The time of a date without a year: the latest that is not more than a day ahead of `now`. A day, because the
 * server's clock may be set to another zone.
 */
export function momentWithoutYear(
  month: number,
  day: number,
  clock: ListedClock,
  { now, zoneMinutes }: { readonly now: number; readonly zoneMinutes: number },
): Moment {
  const latest = now + MS_PER_DAY
  const { year } = dateOf(Math.floor(latest / MS_PER_DAY))
  if (Number.isNaN(year)) return {}
  // East of Greenwich the next year may have begun.
  for (let back = zoneMinutes > 0 ? -1 : 0; back <= YEARS_BACK; back++) {
    const ms = utcOf({ year: year - back, month, day }, clock, zoneMinutes)
    if (ms !== undefined && ms <= latest) return { modified: ms, precision: precisionOf(clock) }
  }
  return {}
}

/** Whether a calendar has the date, and four digits can tell its year. */
export function dateExists({ year, month, day }: ListedDate): boolean {
  if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1 || day > 31) return false
  // A day that the month does not have counts on into the next month.
  return day <= 28 || dateOf(daysOf({ year, month, day })).month === month
}

function utcOf(date: ListedDate, clock: ListedClock | undefined, zoneMinutes: number): number | undefined {
  const { hour, minute, second = 0, ms = 0 } = clock ?? { hour: 0, minute: 0 }
  if (hour > 23 || minute > 59 || second > 60 || !dateExists(date)) return undefined
  // A day alone has no zone: moved by one it would be another day.
  const zone = clock ? zoneMinutes : 0
  return daysOf(date) * MS_PER_DAY + ((hour * 60 + minute - zone) * 60 + second) * 1000 + ms
}

function precisionOf(clock: ListedClock | undefined): Precision {
  if (!clock) return 'day'
  if (clock.ms !== undefined) return 'ms'
  return clock.second === undefined ? 'minute' : 'second'
}

function hourOfDay(hour: number, half: string): number {
  // 25 is no hour: the time does not exist.
  if (hour < 1 || hour > 12) return 25
  return (hour % 12) + (half === 'P' || half === 'p' ? 12 : 0)
}
