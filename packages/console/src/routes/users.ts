import { z } from 'zod'
import { pageOf, type User, user, usersQuery, userWrite } from '../contract/index.ts'
import { type Ask, defineRoute, type Route } from '../http/route.ts'
import type { Services } from '../node/services.ts'
import { actorOf } from '../resources/actor.ts'
import { pageInMemory } from '../resources/in-memory.ts'
import { auditOf, viewOfFileUser, viewOfRow } from '../resources/users/user-view.ts'
import { UsersService } from '../resources/users/users-service.ts'

const byName = z.object({ name: z.string().max(256) })
/** Fields that are not known reach the schema of settings, which tells which one may have been meant. */
const write = userWrite.loose()
const change = userWrite
  .omit({ name: true })
  .loose()
  .partial()
  .extend({ kick: z.boolean().default(false).describe('Ends the sessions of the user.') })
const kicked = z.object({ kicked: z.int() })

/** Users: those of the store are changed here, those of the settings file are shown. */
export const usersRoutes = (services: Services): Route[] => {
  const users = new UsersService(services)
  const { store, server } = services
  /** Notes what was changed, ends the sessions that are to end, and answers the user. */
  const changedTo = async (
    ask: Pick<Ask<unknown, unknown, unknown>, 'audit'>,
    { before, after }: { readonly before: User; readonly after: User },
    { kick, password }: { readonly kick: boolean; readonly password: string | null | undefined },
  ): Promise<User> => {
    ask.audit({
      action: 'user.change',
      target: after.name,
      before: auditOf(before),
      after: auditOf(after),
      text: textOf(password),
    })
    if (kick || !after.enabled) await server.kickUser(after.name)
    return after
  }
  return [
    defineRoute({
      method: 'GET',
      path: '/users',
      access: 'users:read',
      summary: 'Users, by page',
      tag: 'users',
      query: usersQuery,
      response: pageOf(user),
      async handle({ query }) {
        if (query.origin === 'file') return fileUsers(services, query)
        const { enabled, group, sort, order, search, offset, limit } = query
        const page = await store.users.list({
          offset,
          limit,
          sort,
          descending: order === 'desc',
          ...(search && { search }),
          ...(enabled !== undefined && { enabled: enabled === 'true' }),
          ...(group !== undefined && { group }),
        })
        return { items: page.items.map(viewOfRow), total: page.total }
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/users',
      access: 'users:write',
      summary: 'Make a user',
      tag: 'users',
      body: write,
      response: user,
      status: 201,
      async handle(ask) {
        const made = await users.create(ask.body, actorOf(ask))
        ask.audit({ action: 'user.create', target: made.name, after: auditOf(made) })
        return made
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/users/:name',
      access: 'users:read',
      summary: 'A user',
      tag: 'users',
      params: byName,
      response: user,
      handle: ({ params }) => users.get(params.name),
    }),
    defineRoute({
      method: 'PUT',
      path: '/users/:name',
      access: 'users:write',
      summary: 'Replace a user; home, password and enabled stay when they are left out',
      tag: 'users',
      params: byName,
      body: write.extend({ kick: z.boolean().default(false).describe('Ends the sessions of the user.') }),
      response: user,
      async handle(ask) {
        const { kick, ...body } = ask.body
        const changed = await users.replace(ask.params.name, body, actorOf(ask))
        return changedTo(ask, changed, { kick, password: body.password })
      },
    }),
    defineRoute({
      method: 'PATCH',
      path: '/users/:name',
      access: 'users:write',
      summary: 'Change some fields of a user; disabling one ends the sessions',
      tag: 'users',
      params: byName,
      body: change,
      response: user,
      async handle(ask) {
        const { kick, ...body } = ask.body
        const changed = await users.change(ask.params.name, body, actorOf(ask))
        return changedTo(ask, changed, { kick, password: body.password })
      },
    }),
    defineRoute({
      method: 'DELETE',
      path: '/users/:name',
      access: 'users:write',
      summary: 'Delete a user and end the sessions; the files stay',
      tag: 'users',
      params: byName,
      response: kicked.extend({ text: z.string() }),
      async handle(ask) {
        const gone = await users.remove(ask.params.name)
        ask.audit({ action: 'user.delete', target: gone.name, before: auditOf(gone) })
        const count = await server.kickUser(gone.name)
        return { kicked: count, text: `${gone.name} is deleted; the files in ${gone.home} are still there` }
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/users/:name/kick',
      access: 'sessions:write',
      summary: 'End all sessions of a user',
      tag: 'users',
      params: byName,
      response: kicked,
      async handle(ask) {
        const count = await server.kickUser(ask.params.name)
        ask.audit({ action: 'user.kick', target: ask.params.name, after: { kicked: count } })
        return { kicked: count }
      },
    }),
  ]
}

/** That a password was changed is noted; the password is not. */
function textOf(password: string | null | undefined): string {
  if (password === undefined) return ''
  return password === null ? 'the password was taken away' : 'a new password was set'
}

function fileUsers(services: Services, query: z.output<typeof usersQuery>) {
  const { enabled, group } = query
  const found = services
    .fileUsers()
    .filter(one => enabled === undefined || one.enabled === (enabled === 'true'))
    .filter(one => group === undefined || one.groups.includes(group))
  // The file knows no times: every order is that of the names.
  const { items, total } = pageInMemory(found, query, {
    sortBy: one => one.name,
    texts: one => [one.name],
  })
  return { items: items.map(viewOfFileUser), total }
}
