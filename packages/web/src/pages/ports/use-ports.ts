import type { PortsView } from '@portolan/console/contract'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { api } from '../../api/client.ts'
import { useLive } from '../../live/use-live.ts'

/** Both ranges as they are now. */
export function usePorts() {
  const client = useQueryClient()
  const query = useQuery({ queryKey: ['/ports'], queryFn: () => api.get<PortsView>('/ports') })
  useLive(['ports'], { ports: view => client.setQueryData(['/ports'], view) })
  return query
}
