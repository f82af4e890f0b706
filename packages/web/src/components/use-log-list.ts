import type { LogPage } from '@portolan/console/contract'
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { api } from '../api/client.ts'
import type { Search } from './list-state.ts'

type Filters = Readonly<Record<string, string>>
type Query = Readonly<Record<string, string | number | undefined>>

const HOUR_MS = 3_600_000

/** The filter `hours`, which every log may have, as the API takes it: from when on. */
export function logQuery({ hours, ...rest }: Filters): Query {
  const back = Number(hours)
  return hours && back > 0 ? { ...rest, from: Date.now() - back * HOUR_MS } : rest
}

/** A log, newest first, and the filters it is looked at with. {@link LogTable} shows it. */
export interface LogList<T> {
  /** By name; empty texts are no filters. Every name of `opens` is there. */
  readonly filters: Filters
  change(change: Filters): void
  readonly rows: readonly T[] | undefined
  readonly error: Error | null
  readonly fetching: boolean
  /** Whether rows are shown that belong to the filters before. */
  readonly stale: boolean
  readonly more: boolean
  older(): void
  refresh(): void
}

/**
 * A log of the API whose filters stand in the page's address.
 * @param opens every filter there is, and what it opens with; `hours` is how far back to look, empty: all there is
 */
export function useLogList<T>(path: string, opens: Filters, limit = 50): LogList<T> {
  const search: Search = useSearch({ strict: false })
  const navigate = useNavigate()
  const filters = Object.fromEntries(
    Object.entries(opens).map(([name, value]) => [name, search[name] ?? value]),
  )
  const query = useInfiniteQuery({
    queryKey: [path, filters, limit],
    queryFn: ({ pageParam }) => api.get<LogPage<T>>(path, { ...logQuery(filters), limit, before: pageParam }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: page => page.next,
    placeholderData: keepPreviousData,
  })
  return {
    filters,
    change: change => {
      const next = Object.entries({ ...filters, ...change }).filter(([name, value]) => value !== opens[name])
      void navigate({ to: '.', search: Object.fromEntries(next) as never, replace: true, resetScroll: false })
    },
    rows: query.data?.pages.flatMap(page => page.items),
    error: query.error,
    fetching: query.isFetching,
    stale: query.isPlaceholderData,
    more: query.hasNextPage,
    older: () => void query.fetchNextPage(),
    refresh: () => void query.refetch(),
  }
}
