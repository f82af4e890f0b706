import type { FastifyRequest } from 'fastify'
import { isLoopback, isLoopbackName } from './loopback.ts'
import { Problem } from './problem.ts'

/**
 * Refuses a name that somebody's DNS server made to mean this machine: a page from there would be of the same origin as the
 * console (DNS rebinding). Asked where a connection came in by loopback; a name of another address is that of the network.
 * @throws {Problem} 421 `HOST_UNKNOWN`
 */
export function checkHost(
  request: FastifyRequest,
  publicUrl: string | undefined,
  isTrustedProxy: (address: string) => boolean,
): void {
  const { localAddress, remoteAddress } = request.socket
  if (localAddress !== undefined && !isLoopback(localAddress)) return
  const { host } = request.headers
  // Browsers always send one; a health check by HTTP/1.0 may not.
  if (host === undefined) return
  const name = URL.parse(`http://${host}`)?.hostname ?? ''
  if (isLoopbackName(name)) return
  if (publicUrl !== undefined && name === URL.parse(publicUrl)?.hostname) return
  if (remoteAddress !== undefined && isTrustedProxy(remoteAddress)) return
  throw new Problem(
    421,
    'HOST_UNKNOWN',
    'The console is not known by this name. Open it as localhost, or set console.publicUrl to the address that browsers use.',
  )
}
