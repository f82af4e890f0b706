import type { Page } from '@portolan/console/contract'
import { useQuery } from '@tanstack/react-query'
import { api } from '../../api/client.ts'
import { useCan } from '../../shell/me.ts'

interface Named {
  readonly name: string
}

function useNames(path: string, may: boolean): readonly string[] {
  const query = useQuery({
    queryKey: [path, 'names'],
    queryFn: () => api.get<Page<Named>>(path, { limit: 500 }),
    staleTime: 30_000,
    enabled: may,
  })
  return [...new Set(query.data?.items.map(({ name }) => name))]
}

/** The names of transfer sites, at most 500. */
export const useSiteNames = (): readonly string[] => useNames('/sites', useCan('transfers:read'))

/** The names of transfers to and from sites, at most 500. */
export const useTransferNames = (): readonly string[] => useNames('/site-transfers', useCan('transfers:read'))

/** The names of users, at most 500: a field for one takes other names, too. */
export const useUserNames = (): readonly string[] => useNames('/users', useCan('users:read'))
