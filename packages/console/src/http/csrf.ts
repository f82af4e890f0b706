import { createHmac } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import { Problem } from './problem.ts'
import { isSameSecret } from './tokens.ts'

/**
 * The CSRF token of a session: an HMAC keyed by the cookie's own value, which only the browser has. So it is bound to the
 * session, is the same on every node, and nothing of it is kept anywhere. (A second cookie, as double submit has it, could
 * be planted by a neighbouring host.)
 */
export function csrfTokenOf(cookie: string): string {
  return createHmac('sha256', cookie).update('portolan csrf').digest('base64url')
}

/** @throws {Problem} 403 `CSRF_TOKEN` when the header has not this session's token */
export function checkCsrfToken(request: FastifyRequest, cookie: string): void {
  const sent = request.headers['x-csrf-token']
  if (typeof sent === 'string' && isSameSecret(sent, csrfTokenOf(cookie))) return
  throw new Problem(
    403,
    'CSRF_TOKEN',
    'The header X-CSRF-Token is missing or is not that of this session: load the page again.',
  )
}

/**
 * Whether a request that changes something comes from our own pages. Programs send neither header and are not meant.
 * @param publicUrl - the origin at which browsers reach the console, where a proxy stands between
 * @throws {Problem} 403 `ORIGIN_FOREIGN`
 */
export function checkOrigin(request: FastifyRequest, publicUrl: string | undefined): void {
  const { origin } = request.headers
  const site = request.headers['sec-fetch-site']
  const isOurs = origin === undefined || origin === publicUrl || origin === ownOrigin(request)
  // Fetch metadata: `none` is what the person did himself. What a page of another site does says so.
  if (isOurs && (site === undefined || site === 'same-origin' || site === 'none')) return
  throw new Problem(
    403,
    'ORIGIN_FOREIGN',
    'The request comes from a page that is not of this console. Behind a reverse proxy, set console.publicUrl to the address that browsers use.',
  )
}

/** As a browser would write it: without the port that the scheme has anyway. */
function ownOrigin(request: FastifyRequest): string | undefined {
  return URL.parse(`${request.protocol}://${request.host}`)?.origin
}
