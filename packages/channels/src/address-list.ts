import { isIPv4 } from 'node:net'
import { normaliseAddress } from '@portolan/protocol'
import { ChannelError } from './errors.ts'
import { compileGlobs, type Matcher, splitList } from './glob.ts'
import { TrustedNetworks } from './trusted-networks.ts'

/**
 * Compiles a comma-separated list of addresses, CIDR networks and wildcard addresses: `192.0.2.7, 10.0.0.0/8, 10.1.*, *`.
 * @throws {ChannelError} `CHANNEL_SETTING` that names the item which is none of these
 */
export function compileAddressList(list: string): Matcher {
  const matchers = splitList(list).map(compileItem)
  return address => {
    const plain = normaliseAddress(address)
    return matchers.some(matches => matches(plain))
  }
}

function compileItem(item: string): Matcher {
  if (/^\*(\.\*){0,3}$/.test(item)) return () => true
  if (!/[*?]/.test(item)) {
    const networks = new TrustedNetworks([item])
    return address => networks.has(address)
  }
  if (!/^[\d*?]+(\.[\d*?]+){0,3}$/.test(item)) {
    throw new ChannelError(
      'CHANNEL_SETTING',
      `"${item}" is no wildcard address: wildcards are for IPv4, as in 10.1.* or 192.0.2.1?; write an IPv6 network as 2001:db8::/32`,
    )
  }
  const matches = compileGlobs(item)
  return address => isIPv4(address) && matches(address)
}
