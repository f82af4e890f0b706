import { once } from 'node:events'
import { createServer } from 'node:net'

/** A run of ports for passive mode. */
export interface Range {
  readonly base: number
  readonly count: number
}

/**
 * Passive ports a server gets: more than the hundred clients of the largest work, as some servers pick at random
 * and give up after a few tries (vsftpd: nine).
 */
const PASSIVE_PORTS = 600
/** Below the kernel's usual range of outgoing ports (32768 to 60999), where clients' own ports would collide. */
const FIRST = 12_000
const LAST = 32_000

let next = FIRST + Math.floor((Math.random() * (LAST - FIRST)) / PASSIVE_PORTS) * PASSIVE_PORTS

/** The next run of passive ports; each server of a run gets its own. */
export function passiveRange(): Range {
  if (next + PASSIVE_PORTS > LAST) next = FIRST
  const base = next
  next += PASSIVE_PORTS
  return { base, count: PASSIVE_PORTS }
}

/** A TCP port of 127.0.0.1 that nobody uses at this moment. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new TypeError('a TCP listener has a port')
  return address.port
}
