import { portsView } from '../contract/index.ts'
import { defineRoute, type Route } from '../http/route.ts'
import type { Services } from '../node/services.ts'
import { viewOfPorts } from '../resources/sessions/session-view.ts'

/** The port pools. */
export const portsRoutes = ({ server }: Services): Route[] => [
  defineRoute({
    method: 'GET',
    path: '/ports',
    access: 'sessions:read',
    summary: 'The passive and active ranges: each port that is not merely free, and who waits on it',
    tag: 'ports',
    response: portsView,
    handle: async () => viewOfPorts(await server.ports()),
  }),
]
