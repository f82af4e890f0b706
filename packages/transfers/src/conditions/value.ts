import { parseSize } from '@portolan/settings'

/** A value that has an order, and among which others. `loop`: behind the last comes the first again. */
export interface Ordered {
  readonly kind: 'number' | 'clock' | 'day' | 'date'
  readonly at: number
}

const DAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday']

/** What a text or number stands for in an order; undefined when it has none. */
export function orderOf(value: string | number): Ordered | undefined {
  if (typeof value === 'number') return { kind: 'number', at: value }
  const text = value.trim().toLowerCase()
  if (/^-?\d+(\.\d+)?$/.test(text)) return { kind: 'number', at: Number(text) }
  const size = parseSize(text)
  if (size !== undefined) return { kind: 'number', at: size }
  const [, hour, minute] = /^(\d{1,2}):([0-5]\d)$/.exec(text) ?? []
  if (hour !== undefined && Number(hour) < 24)
    return { kind: 'clock', at: Number(hour) * 60 + Number(minute) }
  const day = text.length < 3 ? -1 : DAYS.findIndex(name => name.startsWith(text))
  if (day >= 0) return { kind: 'day', at: day }
  return dateOf(text)
}

function dateOf(text: string): Ordered | undefined {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return undefined
  const at = Date.parse(text)
  return Number.isNaN(at) || new Date(at).toISOString().slice(0, 10) !== text
    ? undefined
    : { kind: 'date', at }
}

/** From one to another, both with it. */
export interface Range {
  readonly from: Ordered
  readonly to: Ordered
}

/** A range such as `8-17`, `08:00-17:30`, `mon-fri`, `1MB-10MB` or `2026-12-24-2026-12-26`; undefined when it is none. */
export function rangeOf(text: string): Range | undefined {
  const [, first, last] = /^(\d{4}-\d\d-\d\d|-?[^-]+)-(.+)$/.exec(text.trim()) ?? []
  if (first === undefined || last === undefined) return undefined
  const [from, to] = [orderOf(first), orderOf(last)]
  return from && to && from.kind === to.kind ? { from, to } : undefined
}

/** Whether a range goes on behind the end of the day or the week: 22:00-06:00, sat-mon. */
export function isOver({ from, to }: Range, property: string): boolean {
  return from.at > to.at && (from.kind === 'clock' || from.kind === 'day' || property === 'time.hour')
}

/** Whether a value is within a range. @param property - hours begin again after 23 */
export function isWithin(value: Ordered, range: Range, property: string): boolean {
  const { from, to } = range
  if (value.kind !== from.kind) return false
  if (isOver(range, property)) return value.at >= from.at || value.at <= to.at
  return value.at >= from.at && value.at <= to.at
}
