import { isAddress, normaliseAddress } from '@portolan/protocol'
import type { FastifyRequest } from 'fastify'

/** An address without the zone that the system writes behind one of a link: `fe80::1%eth0`. */
export const withoutZone = (address: string): string => address.replace(/%.*$/, '')

/**
 * Where a request comes from: what a trusted proxy says, else the other end of the connection. `0.0.0.0` when that is gone
 * already.
 */
export function clientAddress(request: FastifyRequest): string {
  const named = [request.ip, request.socket.remoteAddress ?? ''].map(withoutZone).find(isAddress)
  return named === undefined ? '0.0.0.0' : normaliseAddress(named)
}
