import { once } from 'node:events'
import { createServer } from 'node:net'

/** A run of ports for passive mode. */
export interface Range {
  readonly base: number
  readonly count: number
}

/**
 * Passive ports a server gets: many more than the hundred clients of the largest work, as some servers pick at random
 * and give up after a few tries (vsftpd: nine), and Pure-FTPd takes half their number as the most sessions.
 */
const PASSIVE_PORTS = 2_500
/** Below the kernel's usual range of outgoing ports (32768 to 60999), where clients' own ports would collide. */
const FIRST = 12_000
const LAST = 32_000

const given = new Map<string, Range>()

/**
 * The passive ports of a server, the same for all its instances: only one of them works at a time, and no other
 * server's closed connections linger there.
 */
export function passiveRange(server: string): Range {
  const known = given.get(server)
  if (known !== undefined) return known
  const base = FIRST + given.size * PASSIVE_PORTS
  if (base + PASSIVE_PORTS > LAST) throw new RangeError('too many servers for the ports that there are')
  const range = { base, count: PASSIVE_PORTS }
  given.set(server, range)
  return range
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
