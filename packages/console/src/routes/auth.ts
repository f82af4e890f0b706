import type { z } from 'zod'
import { loginBody, type Me, me, ROLE_SCOPES } from '../contract/index.ts'
import { csrfTokenOf } from '../http/csrf.ts'
import type { Principal } from '../http/principal.ts'
import { withReads } from '../http/principals.ts'
import { Problem } from '../http/problem.ts'
import { type Ask, defineRoute, type Route } from '../http/route.ts'
import { hasSecondFactor, takeSecondFactor } from '../http/second-factor.ts'
import { checkTls, clearSessionCookie, sessionCookieOf } from '../http/session-cookie.ts'
import type { Owner } from '../http/sessions.ts'
import type { Attempt } from '../http/throttle.ts'
import type { Services } from '../node/services.ts'

type LoginAsk = Ask<undefined, undefined, z.output<typeof loginBody>>

/** Signing in and out, and who is signed in. */
export const authRoutes = (services: Services): Route[] => [
  defineRoute({
    method: 'GET',
    path: '/auth/me',
    access: 'signed-in',
    summary: 'Who is signed in, what he may do, and the CSRF token of his session',
    tag: 'auth',
    response: me,
    async handle({ principal, request }) {
      if (!principal) throw nobody()
      return meOf(services, principal, sessionCookieOf(request))
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/auth/session',
    access: 'public',
    summary: 'As /auth/me; nothing (204) where nobody is signed in, for pages that ask before anybody is',
    tag: 'auth',
    response: me,
    async handle({ gate, request, reply }) {
      const caller = await gate.principals.of(request)
      if (!caller) {
        // What the cookie was of is over: it need not come again.
        if (sessionCookieOf(request) !== undefined) clearSessionCookie(request, reply)
        return undefined
      }
      return meOf(services, caller.principal, caller.cookie)
    },
  }),
  defineRoute({
    method: 'POST',
    path: '/auth/login',
    access: 'public',
    summary: 'Sign in, as an administrator or as an FTP user',
    tag: 'auth',
    body: loginBody,
    response: me,
    async handle(ask) {
      const { body, gate, request, reply } = ask
      checkTls(request)
      const { principal, text } = await signIn(ask, services)
      const cookie = await gate.signIn(request, reply, ownerOf(principal))
      ask.audit({ action: 'auth.login', target: body.name, actor: principal.actor, text })
      return meOf(services, principal, cookie)
    },
  }),
  defineRoute({
    method: 'POST',
    path: '/auth/logout',
    access: 'signed-in',
    summary: 'Sign out',
    tag: 'auth',
    async handle(ask) {
      const { principal, gate, request, reply } = ask
      if (principal?.webSession === undefined)
        throw new Problem(409, 'AUTH_NO_SESSION', 'A token has no session to end.')
      await gate.sessions.end(principal.webSession)
      gate.principals.forget()
      clearSessionCookie(request, reply)
      ask.audit({ action: 'auth.logout', target: principal.name })
    },
  }),
]

const nobody = () => new Problem(401, 'AUTH_NEEDED', 'Sign in first, or send a token.')
const ownerOf = ({ kind, name }: Principal): Owner => ({
  kind: kind === 'user' ? 'user' : 'administrator',
  name,
})

/** What `GET /auth/me` tells. */
export async function meOf(
  services: Services,
  principal: Principal,
  cookie: string | undefined,
): Promise<Me> {
  const { kind, name, role, scopes } = principal
  const row = kind === 'administrator' ? await services.store.administrators.get(name) : undefined
  return {
    kind,
    name,
    ...(role && { role }),
    scopes: [...scopes],
    totp: row !== undefined && hasSecondFactor(row),
    csrf: cookie === undefined ? '' : csrfTokenOf(cookie),
    node: { name: services.node.name, version: services.node.version },
  }
}

interface SignedIn {
  readonly principal: Principal
  readonly text: string
}

/** @throws {Problem} 401, 403, 429, 503; a failure is noted in the audit log */
async function signIn(ask: LoginAsk, services: Services): Promise<SignedIn> {
  const { realm, name } = ask.body
  const attempt = ask.gate.throttle.begin(ask.address, `${realm}:${name}`)
  try {
    const signedIn =
      realm === 'administrator'
        ? await signInAdministrator(ask, services, attempt)
        : await signInUser(ask, services)
    attempt.right()
    return signedIn
  } catch (error) {
    const isAnswer = error instanceof Problem && error.status < 500
    if (!isAnswer) attempt.undecided()
    else if (error.code !== 'AUTH_CODE_NEEDED') {
      const target = realm === 'user' ? `user:${name}` : name
      ask.audit({ action: 'auth.login', target, outcome: 'refused', text: error.message })
    }
    throw error
  }
}

async function signInAdministrator(ask: LoginAsk, services: Services, attempt: Attempt): Promise<SignedIn> {
  const { body, gate } = ask
  const { administrators } = services.store
  const row = await administrators.get(body.name)
  const right = await gate.passwords.verify(row?.enabled ? row.password : undefined, body.password)
  if (!row || !right) throw new Problem(401, 'AUTH_FAILED', 'Name or password is wrong.')
  let text = ''
  if (hasSecondFactor(row)) {
    if (body.code === undefined || body.code.trim() === '') {
      attempt.undecided()
      throw new Problem(401, 'AUTH_CODE_NEEDED', 'Enter the six digits of your app, or a recovery code.')
    }
    const taken = await takeSecondFactor(administrators, row, body.code, services.now())
    if (!taken)
      throw new Problem(
        401,
        'AUTH_CODE_WRONG',
        'The code is wrong or was used already: wait for the next one.',
      )
    if (taken === 'recovery-code') text = `with a recovery code; ${row.recoveryCodes.length - 1} are left`
  }
  await administrators.change(row.name, { lastLoginAt: services.now() })
  const { name, role } = row
  const scopes = withReads(ROLE_SCOPES[role])
  return { principal: { kind: 'administrator', name, role, scopes, actor: name }, text }
}

async function signInUser({ body, gate, address, request }: LoginAsk, services: Services): Promise<SignedIn> {
  const { name: user, password } = body
  const tls = request.protocol === 'https'
  const answer = await gate.userLogins.take(() =>
    services.server.authenticate({ user, password, address, tls }),
  )
  if (answer.ok) {
    const { user: name } = answer
    return { principal: { kind: 'user', name, scopes: new Set(), actor: `user:${name}` }, text: '' }
  }
  if (answer.unavailable) {
    throw new Problem(503, 'AUTH_UNAVAILABLE', answer.text, undefined, { headers: { 'retry-after': '2' } })
  }
  if (answer.code === 'login.failed') throw new Problem(401, 'AUTH_FAILED', answer.text)
  // The password may have been right; what keeps this user out is something else.
  throw new Problem(answer.code === 'login.banned' ? 429 : 403, 'AUTH_REFUSED', answer.text)
}
