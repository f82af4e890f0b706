/** Where somebody is in a list that the server pages, sorts and searches. */
export interface ListState {
  /** From 1. */
  readonly page: number
  /** Rows of a page. */
  readonly size: number
  readonly sort: string
  readonly order: 'asc' | 'desc'
  readonly search: string
  /** By name; an empty text is no filter. */
  readonly filters: Readonly<Record<string, string>>
}

/** What the address of the page holds, as texts. */
export type Search = Readonly<Record<string, string | undefined>>

const MAX_PAGE = 1_000_000

/** Reads the state out of the page's address. What it does not say, or says wrongly, is as in `defaults`. */
export function readListState(search: Search, defaults: ListState): ListState {
  const page = Number(search.page)
  const size = Number(search.size)
  return {
    page: Number.isInteger(page) && page >= 1 && page <= MAX_PAGE ? page : defaults.page,
    size: Number.isInteger(size) && size >= 1 && size <= 500 ? size : defaults.size,
    sort: search.sort ?? defaults.sort,
    order: search.order === 'asc' || search.order === 'desc' ? search.order : defaults.order,
    search: (search.search ?? defaults.search).slice(0, 200),
    filters: Object.fromEntries(
      Object.entries(defaults.filters).map(([name, value]) => [name, search[name] ?? value]),
    ),
  }
}

/** What the page's address has to hold for a state: only what differs from `defaults`. */
export function writeListState(state: ListState, defaults: ListState): Record<string, string> {
  const { filters, ...rest } = state
  const all: Record<string, string | number> = { ...rest, ...filters }
  const usual: Record<string, string | number> = { ...defaults, ...defaults.filters, filters: '' }
  return Object.fromEntries(
    Object.entries(all).flatMap(([name, value]) =>
      value === usual[name] ? [] : [[name, String(value)] as const],
    ),
  )
}

/** What the page's address holds that is not of the list, such as the tab that is open. */
export function otherThan(search: Search, defaults: ListState): Record<string, string | undefined> {
  const own = new Set([...Object.keys(defaults), ...Object.keys(defaults.filters)])
  return Object.fromEntries(Object.entries(search).filter(([name]) => !own.has(name)))
}

/** A change of the state. Whatever changes which rows there are leads back to the first page. */
export function changeListState(state: ListState, change: Partial<ListState>): ListState {
  const page = change.page ?? 1
  return { ...state, ...change, filters: { ...state.filters, ...change.filters }, page }
}

/** The query of the API for a state. */
export function listQuery(state: ListState): Record<string, string | number | undefined> {
  const filters = Object.entries(state.filters).filter(([, value]) => value !== '')
  return {
    offset: (state.page - 1) * state.size,
    limit: state.size,
    sort: state.sort,
    order: state.order,
    search: state.search === '' ? undefined : state.search,
    ...Object.fromEntries(filters),
  }
}

/** A click on the head of a column: sorts by it, then the other way round. */
export function sortBy(state: ListState, sort: string): ListState {
  const order = state.sort === sort && state.order === 'asc' ? 'desc' : 'asc'
  return changeListState(state, { sort, order })
}
