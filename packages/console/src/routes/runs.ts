import { z } from 'zod'
import {
  pageOf,
  run,
  runCancelled,
  runCounts,
  runCountsQuery,
  runDetail,
  runEvents,
  runEventsQuery,
  runFile,
  runFilesQuery,
  runsPage,
  runsQuery,
} from '../contract/index.ts'
import { defineRoute, type Route } from '../http/route.ts'
import type { Services } from '../node/services.ts'
import { actorOf } from '../resources/actor.ts'
import { RunsService } from '../resources/runs/runs-service.ts'

const byId = z.object({ id: z.string().max(64) })

/** Runs of transfers: what waits, what moves, and what became of the others. */
export const runsRoutes = (services: Services): Route[] => {
  const runs = new RunsService(services)
  return [
    defineRoute({
      method: 'GET',
      path: '/runs',
      access: 'transfers:read',
      summary: 'Runs of transfers, newest first',
      tag: 'runs',
      query: runsQuery,
      response: runsPage,
      handle: ({ query }) => runs.list(query),
    }),
    defineRoute({
      method: 'GET',
      path: '/runs/counts',
      access: 'transfers:read',
      summary: 'How many runs are in each state',
      tag: 'runs',
      query: runCountsQuery,
      response: runCounts,
      handle: ({ query }) => runs.counts(query.from),
    }),
    defineRoute({
      method: 'GET',
      path: '/runs/:id',
      access: 'transfers:read',
      summary: 'A run with its first files and its timeline',
      tag: 'runs',
      params: byId,
      response: runDetail,
      handle: ({ params }) => runs.get(params.id),
    }),
    defineRoute({
      method: 'GET',
      path: '/runs/:id/events',
      access: 'transfers:read',
      summary: 'The timeline of a run, oldest first',
      tag: 'runs',
      params: byId,
      query: runEventsQuery,
      response: runEvents,
      handle: async ({ params, query }) => ({ items: await runs.events(params.id, query) }),
    }),
    defineRoute({
      method: 'GET',
      path: '/runs/:id/files',
      access: 'transfers:read',
      summary: 'The files of a run, by page',
      tag: 'runs',
      params: byId,
      query: runFilesQuery,
      response: pageOf(runFile),
      handle: ({ params, query }) => runs.files(params.id, query),
    }),
    defineRoute({
      method: 'POST',
      path: '/runs/:id/cancel',
      access: 'transfers:run',
      summary: 'Cancel a run',
      tag: 'runs',
      params: byId,
      response: runCancelled,
      async handle(ask) {
        const answer = await runs.cancel(ask.params.id)
        const text = answer.cancelled ? '' : 'it was over already'
        ask.audit({
          action: 'run.cancel',
          target: ask.params.id,
          after: { transfer: answer.run.transfer },
          text,
        })
        return answer
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/runs/:id/again',
      access: 'transfers:run',
      summary: 'Run the same once more, when it is over',
      tag: 'runs',
      params: byId,
      response: run,
      status: 202,
      async handle(ask) {
        const made = await runs.again(ask.params.id, actorOf(ask))
        const after = { again: ask.params.id, transfer: made.transfer }
        ask.audit({ action: 'run.again', target: made.id, after })
        return made
      },
    }),
  ]
}
