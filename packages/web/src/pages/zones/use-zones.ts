import type { ZoneView } from '@portolan/console/contract'
import { useQuery } from '@tanstack/react-query'
import { api } from '../../api/client.ts'

/** All network zones. */
export function useZones() {
  return useQuery({
    queryKey: ['/zones'],
    queryFn: () => api.get<{ items: readonly ZoneView[] }>('/zones'),
    staleTime: 30_000,
  })
}
