import { StoreError } from '@portolan/store'
import { overview } from '../contract/index.ts'
import { defineRoute, type Route } from '../http/route.ts'
import type { Services } from '../node/services.ts'

/** What the first page shows. It is there without the database, too. */
export const overviewRoutes = (services: Services): Route[] => [
  defineRoute({
    method: 'GET',
    path: '/overview',
    access: 'sessions:read',
    summary: 'The node at a glance',
    tag: 'overview',
    response: overview,
    async handle({ principal }) {
      const { node, store, server, live, settings } = services
      const [figures, counts] = await Promise.all([server.figures(), countsOf(services)])
      const may = (scope: 'settings:read' | 'logs:read') => principal?.scopes.has(scope) === true
      return {
        node: { name: node.name, version: node.version, startedAt: node.startedAt, store: store.kind },
        now: live.now(),
        history: [...live.history()],
        listeners: server.addresses.map(listener => ({ ...listener })),
        passive: { ...figures.passive },
        warnings: [...counts.warnings, ...(may('settings:read') ? settings.view().warnings : [])],
        failures: may('logs:read') ? [...live.failures()] : [],
        users: counts.users,
        bans: counts.bans,
        controller: { residentBytes: process.memoryUsage.rss() },
        workers: figures.workers.map(({ sessions, residentBytes, loopHeldMs }) => ({
          sessions,
          residentBytes,
          loopHeldMs,
        })),
      }
    },
  }),
]

async function countsOf({ store, server, fileUsers, now }: Services) {
  const one = { offset: 0, limit: 1 } as const
  try {
    const [users, bans] = await Promise.all([store.users.list(one), store.bans.list({ ...one, now: now() })])
    return { users: users.total + fileUsers().length, bans: bans.total, warnings: [] }
  } catch (error) {
    if (!(error instanceof StoreError)) throw error
    const message = `the database cannot be used, and new logins are refused until it can: ${error.message}`
    return {
      users: fileUsers().length,
      bans: server.bans().length,
      warnings: [{ path: '', message }],
    }
  }
}
