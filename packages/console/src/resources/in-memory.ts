import type { Page } from '../contract/index.ts'

/** Which page is asked for, as `pageQuery` reads it. */
export interface MemoryAsk<Sort extends string> {
  readonly offset: number
  readonly limit: number
  readonly sort: Sort
  readonly order: 'asc' | 'desc'
  readonly search?: string | undefined
}

/** How items that are held in memory are sorted and searched. */
export interface MemoryRules<T, Sort extends string> {
  /** What an item is sorted by; what has none comes last in either order. */
  sortBy(item: T, sort: Sort): string | number | undefined
  /** The texts that a search looks into. */
  texts(item: T): readonly (string | undefined)[]
}

const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'base' })

/** A page of a collection that is held in memory, by the same query as one of the store. */
export function pageInMemory<T, Sort extends string>(
  items: readonly T[],
  ask: MemoryAsk<Sort>,
  rules: MemoryRules<T, Sort>,
): Page<T> {
  const wanted = ask.search?.toLowerCase()
  const found =
    wanted === undefined || wanted === ''
      ? items
      : items.filter(item => rules.texts(item).some(text => text?.toLowerCase().includes(wanted)))
  const sign = ask.order === 'asc' ? 1 : -1
  // The keys once for each item, and not once for each comparison.
  const keyed = found.map(item => ({ item, key: rules.sortBy(item, ask.sort) }))
  keyed.sort((a, b) => compare(a.key, b.key, sign))
  const page = keyed.slice(ask.offset, ask.offset + ask.limit).map(({ item }) => item)
  return { items: page, total: found.length }
}

function compare(a: string | number | undefined, b: string | number | undefined, sign: 1 | -1): number {
  if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined)
  if (typeof a === 'number' && typeof b === 'number') return sign * (a - b)
  return sign * collator.compare(String(a), String(b))
}
