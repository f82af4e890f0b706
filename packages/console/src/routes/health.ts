import { z } from 'zod'
import { defineRoute, type Route } from '../http/route.ts'
import type { Services } from '../node/services.ts'

/** How long the store may take to answer, in milliseconds. */
const PING_MS = 2_000

const alive = z.object({ status: z.literal('ok') })
const readiness = z.object({
  status: z.enum(['ready', 'not-ready']),
  checks: z.object({
    store: z.boolean().describe('The database answers.'),
    ftp: z.boolean().describe('The FTP listeners stand.'),
    settings: z.boolean().describe('The newest settings of the store are in force.'),
  }),
})

/** For load balancers and supervisors: nothing in the answers is a secret. */
export const healthRoutes = (services: Services): Route[] => [
  defineRoute({
    method: 'GET',
    path: '/healthz',
    rooted: true,
    access: 'public',
    summary: 'Whether the process lives',
    tag: 'health',
    response: alive,
    handle: async () => ({ status: 'ok' as const }),
  }),
  defineRoute({
    method: 'GET',
    path: '/readyz',
    rooted: true,
    access: 'public',
    summary: 'Whether the node can serve; 503 with the check that failed',
    tag: 'health',
    response: readiness,
    async handle({ reply }) {
      const [store, settings] = await Promise.all([
        within(services.store.ping()),
        within(newestInForce(services)),
      ])
      const ftp = services.server.addresses.length > 0
      const isReady = store && settings && ftp
      if (!isReady) reply.code(503)
      return {
        status: isReady ? ('ready' as const) : ('not-ready' as const),
        checks: { store, ftp, settings },
      }
    },
  }),
]

async function newestInForce({ store, settings }: Services): Promise<void> {
  const { version, failure } = settings.view()
  const newest = await store.settings.current()
  if (failure !== undefined || version !== (newest?.version ?? 0))
    throw new Error('older settings are in force')
}

/** Whether a check goes well in its time. */
async function within(check: Promise<void>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<boolean>(resolve => {
    timer = setTimeout(() => resolve(false), PING_MS)
  })
  const passed = check.then(
    () => true,
    () => false,
  )
  try {
    return await Promise.race([passed, late])
  } finally {
    clearTimeout(timer)
  }
}
