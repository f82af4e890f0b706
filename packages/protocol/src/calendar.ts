/** A date of the proleptic Gregorian calendar, UTC. */
interface CalendarDate {
  readonly year: number
  /** 1 to 12. */
  readonly month: number
  /** 1 to 31. */
  readonly day: number
}

export const MS_PER_DAY = 86_400_000

/** `00` to `99`. */
export const TWO_DIGITS: readonly string[] = Array.from({ length: 100 }, (_, n) => String(n).padStart(2, '0'))

const FIRST_DAY = daysOf({ year: 1, month: 1, day: 1 })
const LAST_DAY = daysOf({ year: 9999, month: 12, day: 31 })

/** Milliseconds since 1970 held within the years 1 to 9999, which four digits can tell; 0 for what is no number. */
export function withinFourDigits(ms: number): number {
  if (Number.isNaN(ms)) return 0
  return Math.min(Math.max(ms, FIRST_DAY * MS_PER_DAY), (LAST_DAY + 1) * MS_PER_DAY - 1)
}

/** The date of a day, counted from 1970-01-01. */
export function dateOf(days: number): CalendarDate {
  const date = new Date(days * MS_PER_DAY)
  return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() }
}

/** Days from 1970-01-01 to a date. A day beyond the month's last counts on into the next. */
export function daysOf({ year, month, day }: CalendarDate): number {
  // Date.UTC takes years below 100 for 1900 and later.
  return new Date(0).setUTCFullYear(year, month - 1, day) / MS_PER_DAY
}
