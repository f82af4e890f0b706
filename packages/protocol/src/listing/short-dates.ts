import { daysOf, MS_PER_DAY } from '../calendar.ts'
import { dateExists, fullYear, type ListedDate } from './clock.ts'

/** The order of day, month and year in a date of numbers. */
export type DateOrder = 'mdy' | 'dmy' | 'ymd'

const ORDERS = ['mdy', 'dmy', 'ymd'] as const
const SHORT_DATE = /^(\d{1,4})([-/.,])(\d{1,2})\2(\d{1,4})$/

/** What a date of numbers turned out to be: of no shape at all, or of a day that may not exist. */
export type ShortDate = { readonly date: ListedDate | undefined } | undefined

/**
 * Reads dates of numbers, such as `04-12-26`, whose order only the server's settings know. Every date of a listing
 * votes for the orders in which it exists and is not in the future. Until the end the order usual for the dialect
 * is taken; {@link settle} then says whether the listing voted for another.
 */
export class ShortDates {
  readonly #latest: number
  readonly #votes = { mdy: 0, dmy: 0, ymd: 0 }
  #usual: DateOrder | undefined
  #settled: DateOrder | undefined

  /** @param now - milliseconds since 1970, UTC */
  constructor(now: number) {
    this.#latest = now + MS_PER_DAY
  }

  /**
   * Undefined for what does not look like a date.
   *
   * @param usual - the order to take where nothing speaks against it
   */
  read(text: string, usual: DateOrder): ShortDate {
    const match = SHORT_DATE.exec(text)
    if (!match) return undefined
    const [, first = '', , second = '', third = ''] = match
    if (first.length > 2) return first.length === 4 ? { date: datesOf(first, second, third).ymd } : undefined
    const dates = datesOf(first, second, third)
    const orders = third.length > 2 ? (['mdy', 'dmy'] as const) : ORDERS
    this.#usual ??= usual
    const likely = orders.filter(order => this.#isLikely(dates[order]))
    if (this.#settled === undefined) for (const order of likely) this.#votes[order]++
    const wanted = this.#settled ?? usual
    const order =
      likely.find(one => one === wanted) ?? likely[0] ?? orders.find(one => dateExists(dates[one]))
    return { date: order && dates[order] }
  }

  /** Ends the vote. Whether lines that were read before have to be read again, in the order that won. */
  settle(): boolean {
    const usual = this.#usual
    if (usual === undefined || this.#settled !== undefined) return false
    this.#settled = ORDERS.reduce<DateOrder>(
      (best, order) => (this.#votes[order] > this.#votes[best] ? order : best),
      usual,
    )
    return this.#settled !== usual
  }

  #isLikely(date: ListedDate): boolean {
    return dateExists(date) && !(daysOf(date) * MS_PER_DAY > this.#latest)
  }
}

function datesOf(first: string, second: string, third: string): Record<DateOrder, ListedDate> {
  const [a, b, c] = [Number(first), Number(second), Number(third)]
  return {
    mdy: { year: fullYear(third), month: a, day: b },
    dmy: { year: fullYear(third), month: b, day: a },
    ymd: { year: fullYear(first), month: b, day: c },
  }
}
