import { coming, comingQuery } from '../contract/index.ts'
import { defineRoute, type Route } from '../http/route.ts'
import type { Services } from '../node/services.ts'
import { readPartners } from '../resources/partners/partners.ts'
import { comingOf } from '../resources/partners/times.ts'

/** What schedules are going to do. */
export const comingRoutes = (services: Services): Route[] => [
  defineRoute({
    method: 'GET',
    path: '/coming',
    access: 'transfers:read',
    summary: 'Coming runs of all schedules between two times',
    tag: 'runs',
    query: comingQuery,
    response: coming,
    async handle({ query }) {
      const { transfers } = await readPartners(services.store)
      return comingOf(transfers, query)
    },
  }),
]
