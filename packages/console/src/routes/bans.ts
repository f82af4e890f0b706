import { z } from 'zod'
import { ban, banCreate, bansQuery, pageOf } from '../contract/index.ts'
import { defineRoute, type Route } from '../http/route.ts'
import type { Services } from '../node/services.ts'
import { actorOf } from '../resources/actor.ts'
import { BansService } from '../resources/bans/bans-service.ts'
import { pageInMemory } from '../resources/in-memory.ts'
import { asJson } from '../resources/users/user-view.ts'

/** Who is kept out. */
export const bansRoutes = (services: Services): Route[] => {
  const bans = new BansService(services)
  return [
    defineRoute({
      method: 'GET',
      path: '/bans',
      access: 'bans:read',
      summary: 'Bans in force, by page',
      tag: 'bans',
      query: bansQuery,
      response: pageOf(ban),
      async handle({ query }) {
        const all = await bans.all()
        const wanted = query.kind === undefined ? all : all.filter(one => one.kind === query.kind)
        const page = pageInMemory(wanted, query, {
          sortBy: (one, sort) => one[sort],
          texts: one => [one.value, one.reason, one.by],
        })
        return { items: [...page.items], total: page.total }
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/bans',
      access: 'bans:write',
      summary: 'Ban an address, a network or a user',
      tag: 'bans',
      body: banCreate,
      response: ban.extend({ kicked: z.int().describe('Sessions that were ended.') }),
      status: 201,
      async handle(ask) {
        const made = await bans.put(ask.body, actorOf(ask), ask.address)
        ask.audit({ action: 'ban.set', target: made.value, after: asJson(made) })
        return made
      },
    }),
    defineRoute({
      method: 'DELETE',
      path: '/bans/:id',
      access: 'bans:write',
      summary: 'Lift a ban',
      tag: 'bans',
      params: z.object({ id: z.string().max(1_000) }),
      async handle(ask) {
        const gone = await bans.lift(ask.params.id)
        ask.audit({ action: 'ban.lift', target: gone.value, before: asJson(gone) })
        return undefined
      },
    }),
  ]
}
