import type { Principal } from './principal.ts'
import { Problem } from './problem.ts'
import type { Access } from './route.ts'

/**
 * Whether somebody may call a route.
 * @throws {Problem} 401 `AUTH_NEEDED` for who has not said who he is, 403 `ACCESS_DENIED` for who may not
 */
export function checkAccess(access: Access, principal: Principal | undefined): void {
  if (access === 'public') return
  if (!principal) {
    throw new Problem(401, 'AUTH_NEEDED', 'Sign in first, or send a token.', undefined, {
      headers: { 'www-authenticate': 'Bearer realm="portolan"' },
    })
  }
  if (access === 'signed-in') return
  if (access === 'files') {
    if (principal.kind === 'user') return
    throw new Problem(403, 'ACCESS_DENIED', 'Only an FTP user has files: sign in as one.')
  }
  if (principal.scopes.has(access)) return
  // RFC 6750 section 3.1.
  const challenge = `Bearer realm="portolan", error="insufficient_scope", scope="${access}"`
  const isToken = principal.kind === 'token'
  const text = isToken
    ? `This token lacks the scope ${access}.`
    : `${principal.name} may not do this: it needs ${access}.`
  throw new Problem(403, 'ACCESS_DENIED', text, undefined, {
    headers: isToken ? { 'www-authenticate': challenge } : {},
  })
}
