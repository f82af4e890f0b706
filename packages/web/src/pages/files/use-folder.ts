import type { FileEntry, FolderView } from '@portolan/console/contract'
import { keepPreviousData, type UseQueryResult, useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useEffect, useMemo, useRef, useState } from 'react'
import type { Search } from '../../components/list-state.ts'
import { baseName, parentPath, pathOf } from './paths.ts'
import { kept, NOTHING, type Selection } from './selection.ts'
import { filterEntries, nextOrder, type Order, orderOf, type Sort, sortEntries } from './sort-entries.ts'
import { folderQuery } from './uploads.ts'

/** The folder that is looked at: what is in it, in which order, and what is chosen of it. */
export interface Folder {
  /** Of the address. */
  readonly path: string
  readonly query: UseQueryResult<FolderView>
  /** What is shown belongs to the folder before, until the answer is there. */
  readonly stale: boolean
  /** In the order in which they are shown; those that the filter lets through. */
  readonly shown: readonly FileEntry[]
  readonly names: readonly string[]
  readonly order: Order
  readonly filter: string
  readonly selection: Selection
  select(change: (selection: Selection) => Selection): void
  sortBy(by: Sort): void
  setFilter(typed: string): void
  go(path: string): void
}

/** See {@link Folder}. Path and order stand in the page's address. */
export function useFolder(): Folder {
  const search: Search = useSearch({ strict: false })
  const navigate = useNavigate()
  const path = pathOf(search.path)
  const { sort, order: way } = search
  const order = useMemo(() => orderOf({ sort, order: way }), [sort, way])
  const query = useQuery({ ...folderQuery(path), placeholderData: keepPreviousData })
  const [filter, setFilter] = useState('')
  const [selection, setSelection] = useState(NOTHING)
  const entries = query.data?.entries
  const shown = useMemo(
    () => filterEntries(sortEntries(entries ?? [], order), filter),
    [entries, order, filter],
  )
  const names = useMemo(() => shown.map(({ name }) => name), [shown])
  const before = useRef(path)

  useEffect(() => {
    if (before.current === path) return
    const from = before.current
    before.current = path
    setFilter('')
    // Going up, the keyboard stands on the folder that was left.
    const left = parentPath(from) === path && from !== '/' ? baseName(from) : undefined
    setSelection(left === undefined ? NOTHING : standOn(left))
  }, [path])

  useEffect(() => {
    if (!query.isPlaceholderData && entries) setSelection(now => kept(now, new Set(names)))
  }, [names, entries, query.isPlaceholderData])

  const to = (next: { path?: string; order?: Order }, replace: boolean) => {
    const { by, descending } = next.order ?? order
    const wanted = {
      path: (next.path ?? path) === '/' ? undefined : (next.path ?? path),
      sort: by === 'name' ? undefined : by,
      order: descending ? 'desc' : undefined,
    }
    void navigate({ to: '/files', search: wanted as never, replace, resetScroll: false })
  }
  return {
    path,
    query,
    stale: query.isPlaceholderData,
    shown,
    names,
    order,
    filter,
    selection,
    select: setSelection,
    sortBy: by => to({ order: nextOrder(order, by) }, true),
    setFilter,
    go: next => to({ path: next }, false),
  }
}

/** Puts the keyboard on an entry, once it is listed; ticked it would be part of the next deletion. */
export const standOn = (name: string): Selection => ({ ...NOTHING, active: name, anchor: name })
