import { diagnosis, diagnosisQuery } from '../contract/index.ts'
import { defineRoute, type Route } from '../http/route.ts'
import type { Services } from '../node/services.ts'

/** Why data connections failed lately. */
export const diagnosisRoutes = (services: Services): Route[] => [
  defineRoute({
    method: 'GET',
    path: '/diagnosis',
    access: 'logs:read',
    summary: 'Failures of data connections of the last hours, by cause, with advice',
    tag: 'diagnosis',
    query: diagnosisQuery,
    response: diagnosis,
    async handle({ query }) {
      // The doctor is large, and rarely asked.
      const { diagnoseServer } = await import('../resources/diagnosis/diagnose.ts')
      return diagnoseServer(services, query.hours)
    },
  }),
]
