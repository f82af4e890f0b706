import type { Page } from '@portolan/console/contract'
import { useQuery } from '@tanstack/react-query'
import { api } from '../../../api/client.ts'
import { useCan } from '../../../shell/me.ts'

type AccessList =
  | '/access/segments'
  | '/access/segment-groups'
  | '/access/server-groups'
  | '/access/connector-groups'

/** Names of what the access path is made of, at most 500: a field for one takes others, too. */
export function useAccessNames(path: AccessList): readonly string[] {
  return useNamesOf(path, 'name', {}, useCan('access:read'))
}

/** Names of edges or of connectors, at most 500. */
export function useMemberNames(kind: 'edge' | 'connector'): readonly string[] {
  return useNamesOf('/access/members', 'name', { kind }, useCan('access:read'))
}

/** Names of groups of users, at most 500. */
export const useGroupNames = (): readonly string[] => useNamesOf('/groups', 'name', {}, useCan('users:read'))

function useNamesOf(
  path: string,
  sort: string,
  query: Readonly<Record<string, string>>,
  may: boolean,
): readonly string[] {
  const { data } = useQuery({
    queryKey: [path, 'names', query],
    queryFn: () => api.get<Page<{ readonly name: string }>>(path, { limit: 500, sort, ...query }),
    staleTime: 30_000,
    enabled: may,
  })
  return [...new Set(data?.items.map(({ name }) => name))]
}
