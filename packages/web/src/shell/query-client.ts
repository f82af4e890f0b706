import { QueryCache, QueryClient } from '@tanstack/react-query'
import { ApiError } from '../api/client.ts'

/** Whether asking again may help: nobody answered, or the server was not able to. */
export function worthRetrying(failures: number, error: unknown): boolean {
  if (failures >= 2) return false
  return error instanceof ApiError ? error.status === 0 || error.status >= 500 : false
}

const signedOut = new Set<() => void>()

/** Calls when an answer says that nobody is signed in any more. Returns the way to stop. */
export function onSignedOut(listener: () => void): () => void {
  signedOut.add(listener)
  return () => signedOut.delete(listener)
}

function notice(error: unknown): void {
  if (error instanceof ApiError && error.status === 401) for (const listener of signedOut) listener()
}

/** One for the whole application. */
export const queryClient = new QueryClient({
  queryCache: new QueryCache({ onError: notice }),
  defaultOptions: {
    queries: { retry: worthRetrying, staleTime: 5_000, refetchOnWindowFocus: true },
    mutations: { retry: false, onError: notice },
  },
})
