import { portAdvice, portAdviceQuery } from '../contract/index.ts'
import { defineRoute, type Route } from '../http/route.ts'
import type { Services } from '../node/services.ts'

/** Advice on port ranges as they are typed. */
export const portAdviceRoutes = ({ inForce, server }: Services): Route[] => [
  defineRoute({
    method: 'GET',
    path: '/ports/advice',
    access: 'settings:read',
    summary: 'Port end, problems and advice for a range of ports',
    tag: 'ports',
    query: portAdviceQuery,
    response: portAdvice,
    async handle({ query: { kind, ...query } }) {
      // The planner comes with the doctor, which is large.
      const { adviseOnPorts } = await import('../resources/settings/port-advice.ts')
      const { workers } = await server.figures()
      const range = { basePort: numberOf(query.basePort), numberOfPorts: numberOf(query.numberOfPorts) }
      return adviseOnPorts({ ...range, kind }, { settings: inForce(), workers: Math.max(workers.length, 1) })
    },
  }),
]

/** A field that is empty is no zero. */
const numberOf = (text: string) => (text.trim() === '' ? Number.NaN : Number(text))
