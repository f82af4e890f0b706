import type { SessionDetail } from '@portolan/console/contract'
import { useQuery } from '@tanstack/react-query'
import { ApiError, api } from '../../api/client.ts'

/** A session that is looked at each second. When it is over, what was seen last stays. */
export function useSession(id: string, paused: boolean) {
  const query = useQuery({
    queryKey: ['/sessions', id],
    queryFn: () => api.get<SessionDetail>(`/sessions/${encodeURIComponent(id)}`),
    refetchInterval: ({ state }) => (paused || isMissing(state.error) ? false : 1_000),
    retry: false,
    staleTime: 0,
  })
  return {
    detail: query.data,
    lookedAt: query.dataUpdatedAt,
    /** It was there and is no more. */
    isOver: isMissing(query.error) && query.data !== undefined,
    error: query.data ? undefined : query.error,
    retry: () => void query.refetch(),
  }
}

const isMissing = (error: unknown) => error instanceof ApiError && error.status === 404
