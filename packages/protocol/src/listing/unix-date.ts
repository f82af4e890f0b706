import { fullYear, type Moment, momentOf, momentWithoutYear, readClock, readZone } from './clock.ts'
import type { Column } from './columns.ts'
import type { ListingContext } from './dialect.ts'
import { monthOf } from './months.ts'

/** A date in columns of `ls -l`. */
export interface DateColumns {
  /** How many columns it takes. */
  readonly columns: number
  readonly moment: Moment
  /** A day alone: `ls --time-style=iso` writes one more blank behind it. */
  readonly padded?: boolean
}

const DAY = /^(\d{1,2})[.,日일]?$/u
const YEAR = /^(\d{4})[年년]?$/u
const ISO_DATE = /^(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?:T(.+))?$/
const ISO_DAY = /^(\d{2})-(\d{2})$/
const DASHED = /^(\d{1,2})-([^-\d]{3,12})-(\d{2}|\d{4})$/
const CJK_DATE = /^(?:(\d{4})[年년])?(\d{1,2})[月월](\d{1,2})[日일]$/u
const STARTS_WITH_DIGIT = /^\d/

/**
 * Reads the date that begins at a column, in every order and language that servers use for `ls -l`: `Nov 21 05:22`,
 * `Nov 21 2025`, `21 Nov 05:22`, `21-Nov-2025`, `2026-11-21 05:22[:10.5 +0100]`, `11-21 05:22`, `11月 21日 05:22`.
 */
export function readUnixDate(
  columns: readonly Column[],
  at: number,
  context: ListingContext,
): DateColumns | undefined {
  const first = columns[at]?.text ?? ''
  const second = columns[at + 1]?.text ?? ''
  if (!STARTS_WITH_DIGIT.test(first)) return monthThenDay(columns, at, first, second, context)
  return (
    isoDate(columns, at, first, context) ??
    dayThenMonth(columns, at, first, second, context) ??
    cjkDate(columns, at, first, second, context) ??
    // `11月` begins with a digit, too.
    monthThenDay(columns, at, first, second, context)
  )
}

function monthThenDay(
  columns: readonly Column[],
  at: number,
  first: string,
  second: string,
  context: ListingContext,
): DateColumns | undefined {
  const month = monthOf(first)
  if (month === undefined) return undefined
  const day = DAY.exec(second)
  return day ? timeOrYear(columns, at + 2, 3, month, Number(day[1]), context) : undefined
}

function dayThenMonth(
  columns: readonly Column[],
  at: number,
  first: string,
  second: string,
  context: ListingContext,
): DateColumns | undefined {
  const day = DAY.exec(first)
  if (day) {
    const month = monthOf(second)
    return month === undefined ? undefined : timeOrYear(columns, at + 2, 3, month, Number(day[1]), context)
  }
  const dashed = DASHED.exec(first)
  const month = dashed ? monthOf(dashed[2] ?? '') : undefined
  if (!dashed || month === undefined) return undefined
  const date = { year: fullYear(dashed[3] ?? ''), month, day: Number(dashed[1]) }
  const clock = readClock(second)
  return { columns: clock ? 2 : 1, moment: momentOf(date, clock, context.zoneMinutes) }
}

/** The third part of a date: a time, whose year is to be guessed; a year; or `05:22:10 2026` as BSD's `ls -T`. */
function timeOrYear(
  columns: readonly Column[],
  at: number,
  taken: number,
  month: number,
  day: number,
  context: ListingContext,
): DateColumns | undefined {
  const text = columns[at]?.text ?? ''
  const year = YEAR.exec(text)
  if (year) return { columns: taken, moment: momentOf({ year: Number(year[1]), month, day }, undefined, 0) }
  const clock = readClock(text)
  if (!clock) return undefined
  const yearBehind =
    clock.second !== undefined && columns[at + 2] ? YEAR.exec(columns[at + 1]?.text ?? '') : null
  if (!yearBehind) return { columns: taken, moment: momentWithoutYear(month, day, clock, context) }
  const date = { year: Number(yearBehind[1]), month, day }
  return { columns: taken + 1, moment: momentOf(date, clock, context.zoneMinutes) }
}

function isoDate(
  columns: readonly Column[],
  at: number,
  first: string,
  context: ListingContext,
): DateColumns | undefined {
  const behind = columns[at + 1]?.text ?? ''
  const dayOfYear = ISO_DAY.exec(first)
  if (dayOfYear) {
    const clock = readClock(behind)
    if (!clock) return undefined
    return {
      columns: 2,
      moment: momentWithoutYear(Number(dayOfYear[1]), Number(dayOfYear[2]), clock, context),
    }
  }
  const match = ISO_DATE.exec(first)
  if (!match) return undefined
  const date = { year: Number(match[1]), month: Number(match[3]), day: Number(match[4]) }
  if (match[5] !== undefined) return timeBehindT(date, match[5], context)
  const clock = readClock(behind)
  if (!clock) return { columns: 1, moment: momentOf(date, undefined, 0), padded: true }
  // A file may be called `+0100`: only --full-iso, which has seconds, shows a zone.
  const zone =
    clock.second !== undefined && columns[at + 3] ? readZone(columns[at + 2]?.text ?? '') : undefined
  return {
    columns: zone === undefined ? 2 : 3,
    moment: momentOf(date, clock, zone ?? context.zoneMinutes),
  }
}

/** `05:22:10`, `05:22:10Z`, `05:22:10+01:00`. */
function timeBehindT(
  date: { readonly year: number; readonly month: number; readonly day: number },
  text: string,
  context: ListingContext,
): DateColumns | undefined {
  const sign = text.search(/[-+Z]/)
  const clock = readClock(sign < 0 ? text : text.slice(0, sign))
  const zone = sign < 0 ? context.zoneMinutes : readZone(text.slice(sign))
  if (!clock || zone === undefined) return undefined
  return { columns: 1, moment: momentOf(date, clock, zone) }
}

function cjkDate(
  columns: readonly Column[],
  at: number,
  first: string,
  second: string,
  context: ListingContext,
): DateColumns | undefined {
  const match = CJK_DATE.exec(first)
  if (!match) return undefined
  const [month, day] = [Number(match[2]), Number(match[3])]
  if (match[1] === undefined) return timeOrYear(columns, at + 1, 2, month, day, context)
  const clock = readClock(second)
  const date = { year: Number(match[1]), month, day }
  return { columns: clock ? 2 : 1, moment: momentOf(date, clock, context.zoneMinutes) }
}
