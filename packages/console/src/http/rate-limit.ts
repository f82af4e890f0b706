import rateLimit from '@fastify/rate-limit'
import type { FastifyInstance } from 'fastify'
import { clientAddress } from './client-address.ts'
import { isLoopback } from './loopback.ts'
import { Problem } from './problem.ts'

/** Requests of one address (IPv6: of one /64) in a minute. A page with everything open sends some tens. */
const MOST_IN_A_MINUTE = 3_000

/** A bound that no person meets. What comes by loopback, without a proxy that names somebody else, has none. */
export async function boundRequests(app: FastifyInstance): Promise<void> {
  await app.register(rateLimit, {
    max: MOST_IN_A_MINUTE,
    timeWindow: 60_000,
    cache: 10_000,
    allowList: request => isLoopback(clientAddress(request)),
    addHeaders: { 'x-ratelimit-limit': false, 'x-ratelimit-remaining': false, 'x-ratelimit-reset': false },
    addHeadersOnExceeding: {
      'x-ratelimit-limit': false,
      'x-ratelimit-remaining': false,
      'x-ratelimit-reset': false,
    },
    errorResponseBuilder: (_request, { ttl }) => {
      const seconds = String(Math.max(1, Math.ceil(ttl / 1_000)))
      const text = `Too many requests from this address. Try again in ${seconds} seconds.`
      return new Problem(429, 'RATE_LIMITED', text, undefined, { headers: { 'retry-after': seconds } })
    },
  })
}
