import type { Me, Scope } from '@portolan/console/contract'
import { queryOptions, useQuery } from '@tanstack/react-query'
import { ApiError, api, takeCsrfToken } from '../api/client.ts'

/** Who is signed in. Taking the answer also takes the token that changes have to carry. */
export const meQuery = queryOptions({
  queryKey: ['me'],
  queryFn: async () => {
    const me = await api.get<Me | undefined>('/auth/session')
    if (!me) throw new ApiError(401, { code: 'AUTH_NEEDED', detail: 'Sign in first.' })
    takeCsrfToken(me.csrf)
    return me
  },
  staleTime: 60_000,
})

/** Who is signed in. For pages behind a frame: those have asked before they are shown. */
export function useMe(): Me | undefined {
  return useQuery(meQuery).data
}

/** Whether who is signed in may do that. The server decides; this only hides what it would refuse. */
export function useCan(scope: Scope): boolean {
  return useMe()?.scopes.includes(scope) ?? false
}
