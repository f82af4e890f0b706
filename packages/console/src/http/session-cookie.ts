import type { FastifyReply, FastifyRequest } from 'fastify'
import { isLoopback } from './loopback.ts'
import { Problem } from './problem.ts'

/** Browsers take a cookie of this name only with Secure, for this host alone and the path `/` (RFC 6265bis section 4.1.3.2). */
const UNDER_TLS = '__Host-portolan'
/** Without TLS, which there is on loopback alone. */
const IN_THE_CLEAR = 'portolan'

const isSecure = (request: FastifyRequest) => request.protocol === 'https'
const nameOf = (request: FastifyRequest) => (isSecure(request) ? UNDER_TLS : IN_THE_CLEAR)

/** The cookie that a browser sent; undefined when there is none, or nothing that could be one of ours. */
export function sessionCookieOf(request: FastifyRequest): string | undefined {
  const value = request.cookies[nameOf(request)]
  return value !== undefined && /^[\w-]{43}$/.test(value) ? value : undefined
}

/**
 * Refuses to take a password over a network in the clear.
 * @throws {Problem} 403 `TLS_NEEDED`
 */
export function checkTls(request: FastifyRequest): void {
  if (isSecure(request) || isLoopback(request.socket.remoteAddress ?? '')) return
  throw new Problem(
    403,
    'TLS_NEEDED',
    'Sign in under https: a password would travel in the clear. Where a reverse proxy does TLS, name it in console.trustedProxies.',
  )
}

const attributes = (request: FastifyRequest) =>
  ({ path: '/', httpOnly: true, sameSite: 'strict', secure: isSecure(request) }) as const

/** Gives the browser its cookie. It has no lifetime of its own: the session's is the store's. */
export function setSessionCookie(request: FastifyRequest, reply: FastifyReply, value: string): void {
  reply.setCookie(nameOf(request), value, attributes(request))
}

/** Takes the cookie away. */
export function clearSessionCookie(request: FastifyRequest, reply: FastifyReply): void {
  reply.clearCookie(nameOf(request), attributes(request))
}
