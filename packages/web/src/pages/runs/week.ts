import type { Coming } from '@portolan/console/contract'

/** The runs of one transfer on one day. */
export interface DayEntry {
  readonly transfer: string
  readonly first: number
  readonly last: number
  readonly count: number
}

/** A day of the calendar, in the time of the browser. */
export interface Day {
  /** Its first moment, in milliseconds. */
  readonly start: number
  readonly end: number
  readonly entries: readonly DayEntry[]
}

/** The first moment of a day, so many days after the day of `at`. Days are not all of 24 hours. */
export function dayStart(at: number, days = 0): number {
  const date = new Date(at)
  return new Date(date.getFullYear(), date.getMonth(), date.getDate() + days).getTime()
}

/** Runs by day: all runs of a transfer on a day are one entry, ordered by when the first comes. */
export function weekOf(items: Coming['items'], start: number, days = 7): readonly Day[] {
  return Array.from({ length: days }, (_, place) => {
    const from = dayStart(start, place)
    const end = dayStart(start, place + 1)
    return { start: from, end, entries: entriesOf(items.filter(({ at }) => at >= from && at < end)) }
  })
}

function entriesOf(items: Coming['items']): readonly DayEntry[] {
  const entries = new Map<string, DayEntry>()
  for (const { transfer, at } of items) {
    const known = entries.get(transfer)
    entries.set(transfer, {
      transfer,
      first: Math.min(known?.first ?? at, at),
      last: Math.max(known?.last ?? at, at),
      count: (known?.count ?? 0) + 1,
    })
  }
  return [...entries.values()].sort((a, b) => a.first - b.first || a.transfer.localeCompare(b.transfer))
}

const pad = (value: number) => String(value).padStart(2, '0')

/** The time of the day: `06:30`, with seconds when there are some. */
export function clockText(at: number): string {
  const date = new Date(at)
  const seconds = date.getSeconds()
  return `${pad(date.getHours())}:${pad(date.getMinutes())}${seconds === 0 ? '' : `:${pad(seconds)}`}`
}

/** When the runs of an entry come: `06:30`, or `00:00 to 23:45, 96 runs`. */
export function entryText({ first, last, count }: DayEntry): string {
  if (count === 1) return clockText(first)
  return `${clockText(first)} to ${clockText(last)}, ${count.toLocaleString('en')} runs`
}
