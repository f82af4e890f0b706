import { ROLE_SCOPES, type Scope } from '../../contract/index.ts'
import { Problem } from '../../http/problem.ts'
import type { Ask } from '../../http/route.ts'
import type { Services } from '../../node/services.ts'

/** What is known of a request that began a while ago. */
type Caller = Pick<Ask<unknown, unknown, unknown>, 'principal' | 'gate' | 'request'>

/**
 * Whether somebody whose request began a while ago would still be let in: not signed out since, the session or the token
 * not over, the role or the token with all the scopes.
 * @throws {StoreError} when it cannot be told
 */
export async function stillMay(
  { store, now }: Pick<Services, 'store' | 'now'>,
  { principal, gate, request }: Caller,
  scopes: ReadonlySet<Scope>,
): Promise<boolean> {
  if (principal?.kind === 'token') {
    const token = await gate.principals.of(request).catch(notProblem)
    return token !== undefined && scopes.isSubsetOf(token.principal.scopes)
  }
  if (principal?.kind !== 'administrator') return false
  // Not by the cookie: to be asked for counts as being there, and a tab that is left open must not stay signed in for ever.
  const row = await store.administrators.get(principal.name)
  if (!row?.enabled || !scopes.isSubsetOf(new Set(ROLE_SCOPES[row.role]))) return false
  const sessions = await store.webSessions.of('administrator', principal.name)
  return sessions.some(session => session.id === principal.webSession && session.expiresAt > now())
}

function notProblem(error: unknown): undefined {
  if (!(error instanceof Problem)) throw error
}
