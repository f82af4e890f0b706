import { useNavigate, useSearch } from '@tanstack/react-router'
import type { Search } from './list-state.ts'

/** A text that stands in the page's address, such as the tab that is open; not there when it is as it opens. */
export function useUrlText(name: string, opens: string): readonly [string, (value: string) => void] {
  const search: Search = useSearch({ strict: false })
  const navigate = useNavigate()
  const change = (value: string) =>
    void navigate({
      to: '.',
      search: (value === opens ? {} : { [name]: value }) as never,
      replace: true,
      resetScroll: false,
    })
  return [search[name] ?? opens, change]
}
