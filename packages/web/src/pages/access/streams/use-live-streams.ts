import type { AccessStream } from '@portolan/console/contract'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { api } from '../../../api/client.ts'
import { useLive } from '../../../live/use-live.ts'
import { withChanged } from './stream-words.ts'

/** How often all open streams are asked for, in milliseconds; what changes between is told. */
const ALL_MS = 5_000

interface Open {
  readonly items: readonly AccessStream[]
}

const KEY = ['/access/streams/live']

/** The streams that are open now, as they come, move and go. */
export function useLiveStreams() {
  const client = useQueryClient()
  useLive(['stream'], {
    stream: ({ changed }) =>
      client.setQueryData<Open>(KEY, known => known && { items: withChanged(known.items, changed) }),
  })
  return useQuery({
    queryKey: KEY,
    queryFn: () => api.get<Open>('/access/streams/live'),
    refetchInterval: ALL_MS,
  })
}
