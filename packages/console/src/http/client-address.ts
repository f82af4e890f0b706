import { isAddress, normaliseAddress } from '@portolan/protocol'
import type { FastifyRequest } from 'fastify'

/** Where a request comes from: what a trusted proxy says, else the other end of the connection. */
export function clientAddress(request: FastifyRequest): string {
  const named = [request.ip, request.socket.remoteAddress].find(isAddress)
  return named === undefined ? '127.0.0.1' : normaliseAddress(named)
}
