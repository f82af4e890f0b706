import { dataConnection, pageOf, pageQuery } from '../contract/index.ts'
import { defineRoute, type Route } from '../http/route.ts'
import type { Services } from '../node/services.ts'
import { pageInMemory } from '../resources/in-memory.ts'
import { viewOfDataConnection } from '../resources/sessions/session-view.ts'

/** Live data connections of this node. */
export const dataConnectionsRoutes = ({ server }: Services): Route[] => [
  defineRoute({
    method: 'GET',
    path: '/data-connections',
    access: 'sessions:read',
    summary: 'Open data connections of all sessions, by page',
    tag: 'sessions',
    query: pageQuery(['since', 'user', 'bytes', 'mode', 'path']),
    response: pageOf(dataConnection),
    async handle({ query }) {
      const { items, total } = pageInMemory(await server.dataConnections(), query, {
        sortBy: (one, sort) => one[sort],
        texts: one => [one.session, one.user, one.path, one.local, one.remote, one.command],
      })
      return { items: items.map(viewOfDataConnection), total }
    },
  }),
]
