import { z } from 'zod'
import { pageOf, session, sessionDetail, sessionsQuery } from '../contract/index.ts'
import { Problem } from '../http/problem.ts'
import { defineRoute, type Route } from '../http/route.ts'
import type { Services } from '../node/services.ts'
import { pageInMemory } from '../resources/in-memory.ts'
import { viewOfDetail, viewOfSession } from '../resources/sessions/session-view.ts'

const byId = z.object({ id: z.string().max(64) })

/** Live sessions of this node. */
export const sessionsRoutes = ({ server }: Services): Route[] => [
  defineRoute({
    method: 'GET',
    path: '/sessions',
    access: 'sessions:read',
    summary: 'Live sessions, by page',
    tag: 'sessions',
    query: sessionsQuery,
    response: pageOf(session),
    async handle({ query }) {
      const { items, total } = pageInMemory(await server.sessions(), query, {
        sortBy: (one, sort) => one[sort],
        texts: one => [one.session, one.user, one.address, one.userClass, one.listener, one.transfer?.path],
      })
      return { items: items.map(viewOfSession), total }
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/sessions/:id',
    access: 'sessions:read',
    summary: 'A session with its dialogue and its data connections',
    tag: 'sessions',
    params: byId,
    response: sessionDetail,
    async handle({ params }) {
      const detail = await server.session(params.id)
      if (!detail) throw missing(params.id)
      return viewOfDetail(detail)
    },
  }),
  defineRoute({
    method: 'DELETE',
    path: '/sessions/:id',
    access: 'sessions:write',
    summary: 'End a session; a running transfer is broken off',
    tag: 'sessions',
    params: byId,
    async handle(ask) {
      const { id } = ask.params
      const info = (await server.sessions()).find(one => one.session === id)
      if (!info || !(await server.kick(id))) throw missing(id)
      const { address, user = null } = info
      ask.audit({ action: 'session.kick', target: id, before: { user, address } })
      return undefined
    },
  }),
]

const missing = (id: string) =>
  new Problem(404, 'SESSION_MISSING', `there is no session ${id}; it may have ended`)
