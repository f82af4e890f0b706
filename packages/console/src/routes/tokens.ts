import type { TokenRow } from '@portolan/store'
import { z } from 'zod'
import { pageOf, pageQuery, type Scope, token, tokenCreate, tokenCreated } from '../contract/index.ts'
import { Problem } from '../http/problem.ts'
import { defineRoute, type Route } from '../http/route.ts'
import { randomSecret, sha256, TOKEN_PREFIX } from '../http/tokens.ts'
import type { Services } from '../node/services.ts'

/** Tokens for programs. */
export const tokensRoutes = (services: Services): Route[] => {
  const { tokens } = services.store
  return [
    defineRoute({
      method: 'GET',
      path: '/tokens',
      access: 'tokens:write',
      summary: 'Tokens, by page; what they are is not kept',
      tag: 'tokens',
      query: pageQuery(['name', 'createdAt', 'expiresAt', 'lastUsedAt']),
      response: pageOf(token),
      async handle({ query: { order, search, ...ask } }) {
        const page = await tokens.list({ ...ask, descending: order === 'desc', ...(search && { search }) })
        return { items: page.items.map(viewOf), total: page.total }
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/tokens',
      access: 'tokens:write',
      summary: 'Make a token, which is shown this once; it may do no more than whoever makes it',
      tag: 'tokens',
      body: tokenCreate,
      response: tokenCreated,
      status: 201,
      async handle(ask) {
        const { body, principal } = ask
        checkScopes(body.scopes, principal?.scopes ?? new Set())
        if (body.expiresAt !== undefined && body.expiresAt <= services.now())
          throw invalid([{ path: 'expiresAt', message: 'has to be in the future' }])
        const text = TOKEN_PREFIX + randomSecret()
        const row = await tokens.create({
          hash: sha256(text),
          name: body.name,
          scopes: [...new Set(body.scopes)],
          createdBy: principal?.actor ?? 'nobody',
          ...(body.expiresAt !== undefined && { expiresAt: body.expiresAt }),
        })
        ask.audit({ action: 'token.create', target: row.name, after: auditOf(row) })
        return { ...viewOf(row), token: text }
      },
    }),
    defineRoute({
      method: 'DELETE',
      path: '/tokens/:id',
      access: 'tokens:write',
      summary: 'Revoke a token',
      tag: 'tokens',
      params: z.object({ id: z.string().max(128) }),
      async handle(ask) {
        const { id } = ask.params
        if (!(await tokens.remove(id)))
          throw new Problem(404, 'TOKEN_MISSING', 'There is no such token; it may have been revoked already.')
        ask.gate.principals.forget()
        ask.audit({ action: 'token.revoke', target: id })
      },
    }),
  ]
}

/** @throws {Problem} 422 with each scope that is too much */
function checkScopes(wanted: readonly Scope[], own: ReadonlySet<Scope>): void {
  const errors = wanted.flatMap((scope, place) =>
    own.has(scope) ? [] : [{ path: `scopes[${place}]`, message: `you may not do ${scope} yourself` }],
  )
  if (errors.length > 0) throw invalid(errors)
}

const invalid = (errors: { path: string; message: string }[]) =>
  new Problem(422, 'INPUT_INVALID', 'The body does not fit: see errors.', errors)

const auditOf = ({ scopes, expiresAt }: TokenRow) => ({
  scopes,
  ...(expiresAt !== undefined && { expiresAt }),
})

function viewOf(row: TokenRow): z.input<typeof token> {
  return { ...row, scopes: [...row.scopes] }
}
