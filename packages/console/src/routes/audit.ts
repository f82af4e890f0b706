import { auditEntry, auditQuery, logPageOf } from '../contract/index.ts'
import { defineRoute, type Route } from '../http/route.ts'
import type { Services } from '../node/services.ts'

/** What was changed, and by whom. */
export const auditRoutes = ({ store }: Services): Route[] => [
  defineRoute({
    method: 'GET',
    path: '/audit',
    access: 'audit:read',
    summary: 'The audit log, newest first',
    tag: 'logs',
    query: auditQuery,
    response: logPageOf(auditEntry),
    async handle({ query: { limit, before, from, to, search, actor, action, target } }) {
      const page = await store.audit.list({
        limit,
        ...(before !== undefined && { before }),
        ...(from !== undefined && { from }),
        ...(to !== undefined && { to }),
        ...(search !== undefined && { search }),
        ...(actor !== undefined && { actor }),
        ...(action !== undefined && { action }),
        ...(target !== undefined && { target }),
      })
      return { ...page, items: [...page.items] }
    },
  }),
]
