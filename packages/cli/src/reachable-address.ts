import { networkInterfaces } from 'node:os'

/** The first IPv4 address of this machine that is not its own loopback; undefined when it has none. */
export function reachableAddress(interfaces = networkInterfaces): string | undefined {
  return Object.values(interfaces())
    .flatMap(list => list ?? [])
    .find(({ family, internal }) => family === 'IPv4' && !internal)?.address
}
