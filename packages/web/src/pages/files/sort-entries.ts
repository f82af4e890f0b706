import type { FileEntry } from '@portolan/console/contract'

export const SORTS = ['name', 'size', 'modified'] as const
export type Sort = (typeof SORTS)[number]

/** By what a listing is sorted, and which way. */
export interface Order {
  readonly by: Sort
  readonly descending: boolean
}

/** The order that the page's address asks for. */
export function orderOf(search: { readonly sort?: unknown; readonly order?: unknown }): Order {
  const by = SORTS.find(sort => sort === search.sort) ?? 'name'
  return { by, descending: search.order === 'desc' }
}

/** The order after a click on a column: the other way round, or by that column. Sizes and times begin with the largest. */
export function nextOrder(order: Order, by: Sort): Order {
  return order.by === by ? { by, descending: !order.descending } : { by, descending: by !== 'name' }
}

const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'base' })

/** Whether an entry opens as a folder. */
export const isFolder = ({ type, leadsTo }: Pick<FileEntry, 'type' | 'leadsTo'>): boolean =>
  type === 'folder' || leadsTo === 'folder'

/** Entries in the order in which they are shown: folders first, `file 2` before `file 10`; those that are equal by name. */
export function sortEntries(entries: readonly FileEntry[], { by, descending }: Order): readonly FileEntry[] {
  const way = descending ? -1 : 1
  const byName = (a: FileEntry, b: FileEntry) =>
    collator.compare(a.name, b.name) || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0)
  return [...entries].sort((a, b) => {
    const folders = Number(isFolder(b)) - Number(isFolder(a))
    if (folders !== 0) return folders
    if (by === 'name') return way * byName(a, b)
    // The size of a folder says nothing.
    const difference = by === 'size' && isFolder(a) ? 0 : a[by] - b[by]
    return way * difference || byName(a, b)
  })
}

/** Entries whose name holds every word that was typed. */
export function filterEntries(entries: readonly FileEntry[], typed: string): readonly FileEntry[] {
  const words = typed.toLocaleLowerCase().split(/\s+/).filter(Boolean)
  if (words.length === 0) return entries
  return entries.filter(({ name }) => {
    const text = name.toLocaleLowerCase()
    return words.every(word => text.includes(word))
  })
}
