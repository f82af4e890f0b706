import { once } from 'node:events'
import { createServer } from 'node:net'

/** A run of ports for passive mode. */
export interface Range {
  readonly base: number
  readonly count: number
}

/** Below the kernel's usual range of outgoing ports (32768 to 60999), where clients' own ports would collide. */
const FIRST = 12_000
const LAST = 32_000

const given = new Map<string, Range>()

/** A run of `count` ports for `holder`, the same at each call: no other holder's closed connections linger there. */
export function passiveRange(holder: string, count: number): Range {
  const known = given.get(holder)
  if (known !== undefined) return known
  const base = FIRST + [...given.values()].reduce((sum, range) => sum + range.count, 0)
  if (base + count > LAST) throw new RangeError(`no ${count} ports are left for ${holder}`)
  const range = { base, count }
  given.set(holder, range)
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
