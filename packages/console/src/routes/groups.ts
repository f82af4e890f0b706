import { z } from 'zod'
import { group, groupWrite, pageOf, pageQuery } from '../contract/index.ts'
import { defineRoute, type Route } from '../http/route.ts'
import type { Services } from '../node/services.ts'
import { actorOf } from '../resources/actor.ts'
import { auditOfGroup } from '../resources/groups/group-view.ts'
import { GroupsService } from '../resources/groups/groups-service.ts'
import { pageInMemory } from '../resources/in-memory.ts'

const byName = z.object({ name: z.string().max(256) })
const write = groupWrite.loose()

/** Groups: those of the store are changed here, those of the settings file are shown. */
export const groupsRoutes = (services: Services): Route[] => {
  const groups = new GroupsService(services)
  return [
    defineRoute({
      method: 'GET',
      path: '/groups',
      access: 'users:read',
      summary: 'Groups, by page, with how many users each has',
      tag: 'groups',
      query: pageQuery(['name', 'origin']),
      response: pageOf(group),
      async handle({ query }) {
        const page = pageInMemory(await groups.all(), query, {
          sortBy: (one, sort) => one[sort],
          texts: one => [one.name],
        })
        return { items: await Promise.all(page.items.map(one => groups.counted(one))), total: page.total }
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/groups',
      access: 'users:write',
      summary: 'Make a group',
      tag: 'groups',
      body: write,
      response: group,
      status: 201,
      async handle(ask) {
        const made = await groups.create(ask.body, actorOf(ask))
        ask.audit({ action: 'group.create', target: made.name, after: auditOfGroup(made) })
        return groups.counted(made)
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/groups/:name',
      access: 'users:read',
      summary: 'A group',
      tag: 'groups',
      params: byName,
      response: group,
      handle: async ({ params }) => groups.counted(await groups.get(params.name)),
    }),
    defineRoute({
      method: 'PUT',
      path: '/groups/:name',
      access: 'users:write',
      summary: 'Replace a group',
      tag: 'groups',
      params: byName,
      body: write,
      response: group,
      async handle(ask) {
        const { before, after } = await groups.replace(ask.params.name, ask.body, actorOf(ask))
        ask.audit({
          action: 'group.change',
          target: after.name,
          before: auditOfGroup(before),
          after: auditOfGroup(after),
        })
        return groups.counted(after)
      },
    }),
    defineRoute({
      method: 'DELETE',
      path: '/groups/:name',
      access: 'users:write',
      summary: 'Delete a group; one with members only with force',
      tag: 'groups',
      params: byName,
      query: z.object({ force: z.enum(['true', 'false']).default('false') }),
      response: z.object({ left: z.int().describe('Users it was taken from.') }),
      async handle(ask) {
        const { left, ...gone } = await groups.remove(
          ask.params.name,
          ask.query.force === 'true',
          actorOf(ask),
        )
        ask.audit({
          action: 'group.delete',
          target: gone.name,
          before: auditOfGroup(gone),
          text: left > 0 ? `it was taken from ${left} users` : '',
        })
        return { left }
      },
    }),
  ]
}
