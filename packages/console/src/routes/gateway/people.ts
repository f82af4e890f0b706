import { z } from 'zod'
import {
  accessListQuery,
  accessPerson,
  accessTokenCreate,
  accessTokenCreated,
  accessTotp,
  pageOf,
} from '../../contract/index.ts'
import { defineRoute, type Route } from '../../http/route.ts'
import type { Services } from '../../node/services.ts'
import { PeopleService } from '../../resources/access/people-service.ts'
import { actorOf } from '../../resources/actor.ts'

const byUser = z.object({ user: z.string().max(256) })
const byToken = byUser.extend({ id: z.string().max(64) })

/** What users sign in with at their agents, beside the password. */
export const gatewayPeopleRoutes = (services: Services): Route[] => {
  const people = new PeopleService(services)
  return [
    defineRoute({
      method: 'GET',
      path: '/access/people',
      access: 'access:read',
      summary: 'Users, by page, with what they have for signing in at an agent',
      tag: 'access',
      query: accessListQuery,
      response: pageOf(accessPerson),
      handle: ({ query }) => people.page(query),
    }),
    defineRoute({
      method: 'POST',
      path: '/access/people/:user/totp',
      access: 'access:write',
      summary: 'Give a user a new second factor; it is shown this once',
      tag: 'access',
      params: byUser,
      response: accessTotp,
      status: 201,
      async handle(ask) {
        const made = await people.newTotp(ask.params.user, actorOf(ask))
        ask.audit({ action: 'access.totp.create', target: ask.params.user })
        return made
      },
    }),
    defineRoute({
      method: 'DELETE',
      path: '/access/people/:user/totp',
      access: 'access:write',
      summary: 'Take the second factor of a user away',
      tag: 'access',
      params: byUser,
      async handle(ask) {
        await people.removeTotp(ask.params.user, actorOf(ask))
        ask.audit({ action: 'access.totp.delete', target: ask.params.user })
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/access/people/:user/tokens',
      access: 'access:write',
      summary: 'Make a token with which an agent signs in; it is shown this once',
      tag: 'access',
      params: byUser,
      body: accessTokenCreate,
      response: accessTokenCreated,
      status: 201,
      async handle(ask) {
        const made = await people.newToken(ask.params.user, ask.body, actorOf(ask))
        ask.audit({ action: 'access.token.create', target: ask.params.user, text: ask.body.name })
        return made
      },
    }),
    defineRoute({
      method: 'DELETE',
      path: '/access/people/:user/tokens/:id',
      access: 'access:write',
      summary: 'Delete a token of a user',
      tag: 'access',
      params: byToken,
      async handle(ask) {
        const { user, id } = ask.params
        const name = await people.removeToken(user, id, actorOf(ask))
        ask.audit({ action: 'access.token.delete', target: user, text: name })
      },
    }),
  ]
}
