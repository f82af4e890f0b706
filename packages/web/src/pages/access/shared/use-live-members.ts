import { useQueryClient } from '@tanstack/react-query'
import { useLive } from '../../../live/use-live.ts'

/** Loads anew what is known of edges, connectors and agents when one comes, goes or changes. */
export function useLiveMembers(): void {
  const client = useQueryClient()
  useLive(['members'], {
    members: () => {
      for (const path of ['/access/members', '/access/overview'])
        void client.invalidateQueries({ queryKey: [path] })
    },
  })
}
