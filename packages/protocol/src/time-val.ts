import { dateOf, daysOf, MS_PER_DAY, TWO_DIGITS, withinFourDigits } from './calendar.ts'

const TIME_VAL = /^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})(?:\.(\d{1,9}))?$/

/** Folder listings hold few days and many names: the last day formatted is kept. */
let lastDay = Number.NaN
let lastDate = ''

/**
 * Writes a time as `YYYYMMDDHHMMSS`, UTC. RFC 3659 section 2.3. Times outside the years 1 to 9999 become the
 * nearest within.
 *
 * @param ms - milliseconds since 1970, UTC
 * @param options - `fraction: true` adds `.sss`
 */
export function formatTimeVal(
  ms: number,
  { fraction = false }: { readonly fraction?: boolean } = {},
): string {
  const time = Math.floor(withinFourDigits(ms))
  const day = Math.floor(time / MS_PER_DAY)
  if (day !== lastDay) {
    const { year, month, day: dayOfMonth } = dateOf(day)
    lastDate = `${String(year).padStart(4, '0')}${TWO_DIGITS[month]}${TWO_DIGITS[dayOfMonth]}`
    lastDay = day
  }
  const rest = time - day * MS_PER_DAY
  const seconds = Math.floor(rest / 1000)
  const minutes = Math.floor(seconds / 60)
  const text = `${lastDate}${TWO_DIGITS[Math.floor(minutes / 60)]}${TWO_DIGITS[minutes % 60]}${TWO_DIGITS[seconds % 60]}`
  return fraction ? `${text}.${String(rest % 1000).padStart(3, '0')}` : text
}

/**
 * Reads `YYYYMMDDHHMMSS[.s...]`, UTC, as milliseconds since 1970; undefined for anything else, such as the 30th of
 * February. A second 60 is a leap second, which RFC 3659 allows, and counts as the one after it. Digits of the
 * fraction beyond the third are dropped.
 */
export function parseTimeVal(text: string): number | undefined {
  const match = TIME_VAL.exec(text)
  if (!match) return undefined
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1, 7).map(Number)
  if (hour > 23 || minute > 59 || second > (hour === 23 && minute === 59 ? 60 : 59)) return undefined
  const days = daysOf({ year, month, day })
  // A day that the month does not have counts on into another month.
  if (year < 1 || dateOf(days).month !== month) return undefined
  const fraction = Number((match[7] ?? '').slice(0, 3).padEnd(3, '0'))
  return days * MS_PER_DAY + ((hour * 60 + minute) * 60 + second) * 1000 + fraction
}
