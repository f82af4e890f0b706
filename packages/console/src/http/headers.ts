import { randomBytes } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { FastifyHelmetOptions } from '@fastify/helmet'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { isLoopbackName } from './loopback.ts'

const nonces = new WeakMap<ServerResponse, string>()

/** The nonce of an answer: what of a page may run, and look like something. */
export function nonceOf(response: ServerResponse): string {
  const held = nonces.get(response)
  if (held !== undefined) return held
  const nonce = randomBytes(16).toString('base64')
  nonces.set(response, nonce)
  return nonce
}

const withNonce = (_request: IncomingMessage, response: ServerResponse) => `'nonce-${nonceOf(response)}'`

/** Headers of every answer. Nothing is loaded from elsewhere, nothing runs that is not ours, nobody puts us into a frame. */
export const HELMET: FastifyHelmetOptions = {
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      defaultSrc: ["'none'"],
      scriptSrc: ["'self'", withNonce],
      styleSrc: ["'self'", withNonce],
      imgSrc: ["'self'", 'data:'],
      connectSrc: ["'self'"],
      fontSrc: ["'self'"],
      manifestSrc: ["'self'"],
      baseUri: ["'none'"],
      formAction: ["'self'"],
      frameAncestors: ["'none'"],
    },
  },
  crossOriginOpenerPolicy: { policy: 'same-origin' },
  crossOriginResourcePolicy: { policy: 'same-origin' },
  crossOriginEmbedderPolicy: false,
  referrerPolicy: { policy: 'no-referrer' },
  frameguard: { action: 'deny' },
  // Said for each request: only under TLS, and never for a name that others use on the same machine.
  strictTransportSecurity: false,
}

/** Two years, as browsers' preload lists ask for; without subdomains, which are not ours. */
const HSTS = 'max-age=63072000'
/** What the console does not use. The clipboard it does: tokens are copied. */
const PERMISSIONS = 'camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()'

/** Headers that depend on the request. */
export function addHeaders(request: FastifyRequest, reply: FastifyReply): void {
  reply.header('permissions-policy', PERMISSIONS)
  reply.header('cache-control', 'no-store')
  const name = URL.parse(`https://${request.host}`)?.hostname ?? ''
  if (request.protocol === 'https' && !isLoopbackName(name)) reply.header('strict-transport-security', HSTS)
}
