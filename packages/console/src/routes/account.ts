import type { AdministratorRow } from '@portolan/store'
import { z } from 'zod'
import {
  confirmPasswordBody,
  pageOf,
  passwordBody,
  totpBegin,
  totpConfirmBody,
  totpConfirmed,
  webSession,
} from '../contract/index.ts'
import { Problem } from '../http/problem.ts'
import { type Ask, defineRoute, type Route } from '../http/route.ts'
import { hasSecondFactor, newRecoveryCodes, newTotpSecret, takeTotpCode } from '../http/second-factor.ts'
import { clearSessionCookie } from '../http/session-cookie.ts'
import type { Owner } from '../http/sessions.ts'
import type { Services } from '../node/services.ts'

type AnyAsk = Pick<Ask<unknown, unknown, unknown>, 'principal' | 'gate' | 'address'>

/** One's own password, second factor and sessions. */
export const accountRoutes = (services: Services): Route[] => [
  ...passwordRoutes(services),
  ...totpRoutes(services),
  ...sessionRoutes(),
]

const passwordRoutes = (services: Services): Route[] => [
  defineRoute({
    method: 'POST',
    path: '/auth/password',
    access: 'signed-in',
    summary: "Change one's own password; all other sessions are ended",
    tag: 'account',
    body: passwordBody,
    async handle(ask) {
      const { gate, body, principal } = ask
      const { name } = await checkOwnPassword(ask, services, body.current, 'current')
      const password = await gate.passwords.hash(body.next)
      await services.store.administrators.change(name, { password })
      await gate.signOut({ kind: 'administrator', name }, principal?.webSession)
      ask.audit({ action: 'account.password', target: name })
    },
  }),
]

const totpRoutes = (services: Services): Route[] => {
  const { administrators } = services.store
  return [
    defineRoute({
      method: 'POST',
      path: '/auth/totp/begin',
      access: 'signed-in',
      summary: 'Begin to set up the second factor: a secret, in force once a code of it is confirmed',
      tag: 'account',
      response: totpBegin,
      async handle(ask) {
        const row = await ownRow(ask, services)
        if (hasSecondFactor(row))
          throw new Problem(409, 'TOTP_IN_FORCE', 'There is a second factor already: remove it first.')
        const begun = newTotpSecret(row.name)
        await administrators.change(row.name, { totpSecret: begun.secret, totpStep: null })
        ask.audit({ action: 'account.totp-begin', target: row.name })
        return begun
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/auth/totp/confirm',
      access: 'signed-in',
      summary: 'Put the second factor into force; the recovery codes are shown this once',
      tag: 'account',
      body: totpConfirmBody,
      response: totpConfirmed,
      async handle(ask) {
        const row = await ownRow(ask, services)
        if (hasSecondFactor(row))
          throw new Problem(409, 'TOTP_IN_FORCE', 'The second factor is in force already.')
        if (row.totpSecret === undefined)
          throw new Problem(409, 'TOTP_NOT_BEGUN', 'Nothing was begun: ask for a secret first.')
        if (!(await takeTotpCode(administrators, row, ask.body.code, services.now())))
          throw invalid('code', 'is not the code that the app shows now; is the clock of both right?')
        const { shown, hashes } = newRecoveryCodes()
        await administrators.change(row.name, { recoveryCodes: hashes })
        ask.audit({
          action: 'account.totp',
          target: row.name,
          before: { totp: false },
          after: { totp: true },
        })
        return { recoveryCodes: [...shown] }
      },
    }),
    defineRoute({
      method: 'DELETE',
      path: '/auth/totp',
      access: 'signed-in',
      summary: 'Take the second factor away',
      tag: 'account',
      body: confirmPasswordBody,
      async handle(ask) {
        const { name } = await checkOwnPassword(ask, services, ask.body.password, 'password')
        await administrators.change(name, { totpSecret: null, totpStep: null, recoveryCodes: null })
        ask.audit({ action: 'account.totp', target: name, before: { totp: true }, after: { totp: false } })
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/auth/totp/recovery-codes',
      access: 'signed-in',
      summary: 'New recovery codes, shown this once; the old ones are worth nothing',
      tag: 'account',
      body: confirmPasswordBody,
      response: totpConfirmed,
      async handle(ask) {
        const row = await checkOwnPassword(ask, services, ask.body.password, 'password')
        if (!hasSecondFactor(row)) throw new Problem(409, 'TOTP_NOT_BEGUN', 'There is no second factor.')
        const { shown, hashes } = newRecoveryCodes()
        await administrators.change(row.name, { recoveryCodes: hashes })
        ask.audit({ action: 'account.recovery-codes', target: row.name })
        return { recoveryCodes: [...shown] }
      },
    }),
  ]
}

const sessionRoutes = (): Route[] => [
  defineRoute({
    method: 'GET',
    path: '/auth/sessions',
    access: 'signed-in',
    summary: "One's own signed-in browsers",
    tag: 'account',
    response: pageOf(webSession),
    async handle(ask) {
      const rows = await ask.gate.sessions.of(ownerOf(ask))
      const current = ask.principal?.webSession
      const items = rows.map(row => ({ ...row, current: row.id === current }))
      return { items, total: items.length }
    },
  }),
  defineRoute({
    method: 'DELETE',
    path: '/auth/sessions/:id',
    access: 'signed-in',
    summary: "End one of one's own sessions",
    tag: 'account',
    params: z.object({ id: z.string().max(128) }),
    async handle(ask) {
      const { gate, params, principal, request, reply } = ask
      const own = await gate.sessions.of(ownerOf(ask))
      const found = own.find(({ id }) => id === params.id)
      if (!found) throw new Problem(404, 'SESSION_MISSING', 'You have no such session.')
      await gate.sessions.end(found.id)
      gate.principals.forget()
      if (found.id === principal?.webSession) clearSessionCookie(request, reply)
      ask.audit({ action: 'account.session-end', target: found.name, text: `from ${found.address}` })
    },
  }),
  defineRoute({
    method: 'DELETE',
    path: '/auth/sessions',
    access: 'signed-in',
    summary: "End all of one's own sessions but this one",
    tag: 'account',
    response: z.object({ ended: z.int() }),
    async handle(ask) {
      const owner = ownerOf(ask)
      const ended = await ask.gate.signOut(owner, ask.principal?.webSession)
      ask.audit({ action: 'account.session-end', target: owner.name, text: `${ended} others` })
      return { ended }
    },
  }),
]

const invalid = (path: string, message: string) =>
  new Problem(422, 'INPUT_INVALID', 'The body does not fit: see errors.', [{ path, message }])

/** Whose sessions they are. @throws {Problem} 403 for tokens, which have none */
function ownerOf({ principal }: AnyAsk): Owner {
  if (principal && principal.kind !== 'token') return { kind: principal.kind, name: principal.name }
  throw new Problem(403, 'ACCESS_DENIED', 'A token is nobody who signs in.')
}

/** @throws {Problem} 403 for who is no administrator: an FTP user's password is set where users are */
async function ownRow({ principal }: AnyAsk, { store }: Services): Promise<AdministratorRow> {
  const row = principal?.kind === 'administrator' ? await store.administrators.get(principal.name) : undefined
  if (row) return row
  throw new Problem(403, 'ACCESS_DENIED', 'Only an administrator who is signed in has this.')
}

/** Slowed down as signing in is: whoever found an open browser must not guess. @throws {Problem} 403, 422, 429 */
async function checkOwnPassword(ask: AnyAsk, services: Services, password: string, path: string) {
  const row = await ownRow(ask, services)
  const attempt = ask.gate.throttle.begin(ask.address, `administrator:${row.name}`)
  const right = await ask.gate.passwords.verify(row.password, password).catch((error: unknown) => {
    attempt.undecided()
    throw error
  })
  if (!right) throw invalid(path, 'is not your password')
  attempt.right()
  return row
}
