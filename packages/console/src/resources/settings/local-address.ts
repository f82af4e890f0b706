import { isIPv4 } from 'node:net'
import { type NetworkInterfaceInfo, networkInterfaces } from 'node:os'

/** The addresses of this machine. */
export function machineAddresses(): NetworkInterfaceInfo[] {
  return Object.values(networkInterfaces()).flatMap(addresses => addresses ?? [])
}

/**
 * The address at which a listener is reached: its own, or, when it listens on all, the one that the client would most
 * likely dial.
 * @param host - what is bound
 */
export function reachedAt(host: string, client: string, addresses = machineAddresses()): string {
  if (host !== '0.0.0.0' && host !== '::') return host
  const isFour = isIPv4(client)
  if (client === '::1' || client.startsWith('127.')) return isFour ? '127.0.0.1' : '::1'
  const outer = addresses.filter(({ internal }) => !internal)
  const family = outer.find(one => isIPv4(one.address) === isFour && !one.address.startsWith('fe80'))
  return (family ?? outer[0])?.address ?? '127.0.0.1'
}
