import type { Page } from '@portolan/console/contract'
import { keepPreviousData, type UseQueryResult, useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useMemo } from 'react'
import { api } from '../api/client.ts'
import {
  changeListState,
  type ListState,
  listQuery,
  otherThan,
  readListState,
  type Search,
  writeListState,
} from './list-state.ts'

/** A list that the server pages, and where somebody is in it. {@link DataTable} shows it. */
export interface PageList<T> {
  readonly state: ListState
  /** Changes the state; all but `page` leads back to the first page. */
  change(change: Partial<ListState>): void
  readonly query: UseQueryResult<Page<T>>
}

/**
 * A list of the API whose state stands in the page's address, so that a link and the way back lead to the same rows.
 * @param path such as `/users`; the key of the query is `[path, ...]`
 * @param opens how the list opens; `filters` has to name every filter there is
 */
export function usePageList<T>(
  path: string,
  opens: Partial<ListState> & { readonly sort: string },
  refetchMs?: number,
): PageList<T> {
  const key = JSON.stringify(opens)
  const defaults = useMemo<ListState>(
    () => ({ page: 1, size: 50, order: 'asc', search: '', filters: {}, ...JSON.parse(key) }),
    [key],
  )
  const search: Search = useSearch({ strict: false })
  const navigate = useNavigate()
  const state = useMemo(() => readListState(search, defaults), [search, defaults])
  const query = useQuery({
    queryKey: [path, listQuery(state)],
    queryFn: () => api.get<Page<T>>(path, listQuery(state)),
    placeholderData: keepPreviousData,
    ...(refetchMs === undefined ? {} : { refetchInterval: refetchMs }),
  })
  return {
    state,
    change: change =>
      void navigate({
        to: '.',
        search: {
          ...otherThan(search, defaults),
          ...writeListState(changeListState(state, change), defaults),
        } as never,
        replace: change.page === undefined,
        resetScroll: false,
      }),
    query,
  }
}
