import { z } from 'zod'
import {
  definitionsQuery,
  pageOf,
  run,
  runRequestBody,
  scheduleTried,
  scheduleTryBody,
  transferView,
  transferWrite,
} from '../contract/index.ts'
import { defineRoute, type Route } from '../http/route.ts'
import type { Services } from '../node/services.ts'
import { actorOf } from '../resources/actor.ts'
import { auditOfTransfer } from '../resources/partners/audit.ts'
import { DefinitionsService } from '../resources/partners/definitions-service.ts'
import { trySchedule } from '../resources/partners/times.ts'
import { RunsService } from '../resources/runs/runs-service.ts'
import { asJson } from '../resources/users/user-view.ts'

const byName = z.object({ name: z.string().max(64) })

/** What moves where, and when. */
export const siteTransfersRoutes = (services: Services): Route[] => {
  const definitions = new DefinitionsService(services)
  const runs = new RunsService(services)
  return [
    defineRoute({
      method: 'GET',
      path: '/site-transfers',
      access: 'transfers:read',
      summary: 'Transfers to and from sites, by page',
      tag: 'site-transfers',
      query: definitionsQuery,
      response: pageOf(transferView),
      async handle({ query: { offset, limit, sort, order, search } }) {
        const ask = { offset, limit, sort, descending: order === 'desc', ...(search && { search }) }
        const { items, total } = await services.store.initiated.definitions.list(ask)
        return { items: await definitions.views(items), total }
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/site-transfers',
      access: 'transfers:write',
      summary: 'Make a transfer',
      tag: 'site-transfers',
      body: transferWrite,
      response: transferView,
      status: 201,
      async handle(ask) {
        const made = await definitions.create(ask.body, actorOf(ask))
        ask.audit({ action: 'site-transfer.create', target: made.name, after: auditOfTransfer(made) })
        return made
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/site-transfers/try-schedule',
      access: 'transfers:read',
      summary: 'The next times of a schedule, or what is wrong with it',
      tag: 'site-transfers',
      body: scheduleTryBody,
      response: scheduleTried,
      unaudited: true,
      handle: ({ body }) => trySchedule(body, services.now()),
    }),
    defineRoute({
      method: 'GET',
      path: '/site-transfers/:name',
      access: 'transfers:read',
      summary: 'A transfer',
      tag: 'site-transfers',
      params: byName,
      response: transferView,
      handle: ({ params }) => definitions.get(params.name),
    }),
    defineRoute({
      method: 'PUT',
      path: '/site-transfers/:name',
      access: 'transfers:write',
      summary: 'Replace a transfer; runs that are there go on as they began',
      tag: 'site-transfers',
      params: byName,
      body: transferWrite,
      response: transferView,
      async handle(ask) {
        const { before, after } = await definitions.replace(ask.params.name, ask.body, actorOf(ask))
        const action = 'site-transfer.change'
        ask.audit({ action, target: after.name, before: asJson(before), after: auditOfTransfer(after) })
        return after
      },
    }),
    defineRoute({
      method: 'DELETE',
      path: '/site-transfers/:name',
      access: 'transfers:write',
      summary: 'Delete a transfer, and what it knows to have fetched; its runs stay',
      tag: 'site-transfers',
      params: byName,
      async handle(ask) {
        const gone = await definitions.remove(ask.params.name)
        ask.audit({ action: 'site-transfer.delete', target: gone.name, before: asJson(gone) })
      },
    }),
    ...(['enable', 'disable'] as const).map(verb =>
      defineRoute({
        method: 'POST',
        path: `/site-transfers/:name/${verb}`,
        access: 'transfers:write',
        summary:
          verb === 'enable' ? 'Switch a transfer on' : 'Switch a transfer off; what it has begun goes on',
        tag: 'site-transfers',
        params: byName,
        response: transferView,
        async handle(ask) {
          const { name } = ask.params
          const { before, after } = await definitions.enable(name, verb === 'enable', actorOf(ask))
          ask.audit({
            action: `site-transfer.${verb}`,
            target: name,
            before: { enabled: before.enabled },
            after: { enabled: after.enabled },
          })
          return after
        },
      }),
    ),
    defineRoute({
      method: 'POST',
      path: '/site-transfers/:name/run',
      access: 'transfers:run',
      summary: 'Run a transfer now',
      tag: 'site-transfers',
      params: byName,
      body: runRequestBody,
      response: run,
      status: 202,
      async handle(ask) {
        const { name } = ask.params
        const made = await runs.request(name, actorOf(ask), ask.body.properties)
        ask.audit({ action: 'run.request', target: made.id, after: { transfer: name } })
        return made
      },
    }),
  ]
}
