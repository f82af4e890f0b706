import type { TransferAsk } from '@portolan/store'
import type { z } from 'zod'
import { incident, incidentsQuery, logPageOf, transfer, transfersQuery } from '../contract/index.ts'
import { defineRoute, type Route } from '../http/route.ts'
import type { Services } from '../node/services.ts'
import { MOST_ROWS, transfersAsCsv } from '../resources/logs/transfers-csv.ts'
import { withoutAbsent } from '../resources/users/shared-parts.ts'

/** The logs of transfers and incidents, newest first. */
export const logsRoutes = ({ store }: Services): Route[] => [
  defineRoute({
    method: 'GET',
    path: '/transfers',
    access: 'logs:read',
    summary: 'Transfers that have ended, newest first; listings only when asked for',
    tag: 'logs',
    query: transfersQuery,
    response: logPageOf(transfer),
    async handle({ query }) {
      const { items, next } = await store.transfers.list({ ...transferAsk(query), limit: query.limit })
      return { items: [...items], next }
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/transfers.csv',
    access: 'logs:read',
    summary: `The same as CSV, ${MOST_ROWS} rows at most`,
    tag: 'logs',
    query: transfersQuery,
    async handle({ query, reply }) {
      reply
        .header('content-type', 'text/csv; charset=utf-8; header=present')
        .header('content-disposition', 'attachment; filename="transfers.csv"')
      return reply.send(transfersAsCsv(store, transferAsk(query)))
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/incidents',
    access: 'logs:read',
    summary: 'What went wrong, newest first',
    tag: 'logs',
    query: incidentsQuery,
    response: logPageOf(incident),
    async handle({ query }) {
      const { limit, ...filters } = query
      const { items, next } = await store.incidents.list({ limit, ...withoutAbsent(filters) })
      return { items: [...items], next }
    },
  }),
]

/** Who asks for listings alone gets them, whatever `listings` says. */
function transferAsk({
  limit: _,
  listings,
  ...filters
}: z.output<typeof transfersQuery>): Omit<TransferAsk, 'limit'> {
  const wanted = listings === 'true' || filters.direction === 'listing'
  return { ...withoutAbsent(filters), ...(!wanted && { listings: false }) }
}
