import { queryOptions } from '@tanstack/react-query'
import { api } from '../../../api/client.ts'

interface AgentInvitation {
  readonly invitation: string
  readonly command: string
  readonly authority: string
}

/** What agents are started with. */
export const invitationQuery = queryOptions({
  queryKey: ['/access/agent-invitation'],
  queryFn: () => api.get<AgentInvitation>('/access/agent-invitation'),
  staleTime: 30_000,
})
