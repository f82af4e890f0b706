import { networkInterfaces } from 'node:os'
import { formatAddress } from '../transport/address.ts'

/**
 * Where others reach this edge: what was set, else the address that is bound; for one that means all, the first address of this machine
 * that is not its own alone.
 */
export function ownAddresses(
  set: readonly string[],
  bound: { readonly address: string; readonly port: number },
): string[] {
  if (set.length > 0) return [...set]
  const { address, port } = bound
  if (address !== '0.0.0.0' && address !== '::') return [formatAddress({ host: address, port })]
  const all = Object.values(networkInterfaces()).flatMap(list => list ?? [])
  const outer = all.find(({ internal, family }) => !internal && (address === '::' || family === 'IPv4'))
  return [formatAddress({ host: outer?.address ?? '127.0.0.1', port })]
}
