import type { AdministratorChange, AdministratorRow } from '@portolan/store'
import { z } from 'zod'
import { administrator, administratorChange, administratorCreate, pageOf } from '../contract/index.ts'
import type { Principal } from '../http/principal.ts'
import { Problem } from '../http/problem.ts'
import { defineRoute, type Route } from '../http/route.ts'
import { hasSecondFactor } from '../http/second-factor.ts'
import type { Services } from '../node/services.ts'

const byName = z.object({ name: z.string().max(256) })

/** Those who may sign in to the console. */
export const administratorsRoutes = (services: Services): Route[] => {
  const { administrators } = services.store
  return [
    defineRoute({
      method: 'GET',
      path: '/administrators',
      access: 'administrators:write',
      summary: 'Administrators, operators and those who only read',
      tag: 'administrators',
      response: pageOf(administrator),
      async handle() {
        const items = (await administrators.list()).map(viewOf)
        return { items, total: items.length }
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/administrators',
      access: 'administrators:write',
      summary: 'Make an administrator',
      tag: 'administrators',
      body: administratorCreate,
      response: administrator,
      status: 201,
      async handle(ask) {
        const { name, role } = ask.body
        const password = await ask.gate.passwords.hash(ask.body.password)
        const row = await administrators.create({ name, role, password })
        ask.audit({ action: 'administrator.create', target: name, after: auditOf(row) })
        return viewOf(row)
      },
    }),
    defineRoute({
      method: 'PATCH',
      path: '/administrators/:name',
      access: 'administrators:write',
      summary:
        'Change a role, disable, set a password, or take a lost second factor away; the sessions are ended',
      tag: 'administrators',
      params: byName,
      body: administratorChange,
      response: administrator,
      async handle(ask) {
        const { gate, params, body, principal } = ask
        const before = await find(params.name)
        checkNotOneself(principal, before.name)
        const change: AdministratorChange = {
          ...(body.role && { role: body.role }),
          ...(body.enabled !== undefined && { enabled: body.enabled }),
          ...(body.password !== undefined && { password: await gate.passwords.hash(body.password) }),
          ...(body.totp === false && { totpSecret: null, totpStep: null, recoveryCodes: null }),
        }
        const row = await administrators.change(before.name, change)
        await gate.signOut({ kind: 'administrator', name: row.name })
        ask.audit({
          action: 'administrator.change',
          target: row.name,
          before: auditOf(before),
          after: auditOf(row),
          ...(body.password !== undefined && { text: 'with a new password' }),
        })
        return viewOf(row)
      },
    }),
    defineRoute({
      method: 'DELETE',
      path: '/administrators/:name',
      access: 'administrators:write',
      summary: 'Remove an administrator; the sessions are ended, tokens stay',
      tag: 'administrators',
      params: byName,
      async handle(ask) {
        const before = await find(ask.params.name)
        checkNotOneself(ask.principal, before.name)
        await administrators.remove(before.name)
        await ask.gate.signOut({ kind: 'administrator', name: before.name })
        ask.audit({ action: 'administrator.remove', target: before.name, before: auditOf(before) })
      },
    }),
  ]

  async function find(name: string): Promise<AdministratorRow> {
    const row = await administrators.get(name)
    if (row) return row
    throw new Problem(404, 'ADMINISTRATOR_MISSING', `There is no administrator called ${name}.`)
  }
}

/** @throws {Problem} 409: nobody locks himself out, and one's own password is changed with the old one */
function checkNotOneself(principal: Principal | undefined, name: string): void {
  if (principal?.kind !== 'administrator' || principal.name !== name) return
  throw new Problem(
    409,
    'ADMINISTRATOR_ONESELF',
    'Nobody changes or removes himself here: password and second factor are under My account, the rest another administrator does.',
  )
}

const auditOf = (row: AdministratorRow) => ({
  role: row.role,
  enabled: row.enabled,
  totp: hasSecondFactor(row),
})

function viewOf(row: AdministratorRow): z.input<typeof administrator> {
  const { name, createdAt, lastLoginAt } = row
  return { name, ...auditOf(row), createdAt, ...(lastLoginAt !== undefined && { lastLoginAt }) }
}
