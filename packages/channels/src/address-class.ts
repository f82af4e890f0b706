import { BlockList } from 'node:net'
import { addressFamily, isAddress, normaliseAddress } from '@portolan/protocol'

/**
 * Where an address means something. `global`: everywhere. `private`: inside one network (RFC 1918, RFC 4193). `cgnat`:
 * inside a provider's network (RFC 6598). `link-local`: on one wire. `loopback`: on one machine. `unusable`: nowhere.
 */
export type AddressClass = 'global' | 'private' | 'cgnat' | 'link-local' | 'loopback' | 'unusable'

/** The networks of each class, from IANA's registries of special-purpose addresses (RFC 6890). The rest is global. */
const NETWORKS: Readonly<Record<Exclude<AddressClass, 'global'>, readonly string[]>> = {
  unusable: [
    '0.0.0.0/8',
    '192.0.0.0/24',
    '192.0.2.0/24',
    '198.18.0.0/15',
    '198.51.100.0/24',
    '203.0.113.0/24',
    '224.0.0.0/4',
    '240.0.0.0/4',
    // The unspecified address, the retired mapping of RFC 4291 section 2.5.5.1, discard, benchmarks, documentation, multicast.
    '::/128',
    '::/96',
    '100::/64',
    '2001:2::/48',
    '2001:db8::/32',
    '3fff::/20',
    'ff00::/8',
  ],
  loopback: ['127.0.0.0/8', '::1/128'],
  'link-local': ['169.254.0.0/16', 'fe80::/10'],
  private: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7', 'fec0::/10'],
  cgnat: ['100.64.0.0/10'],
}

/** The first that holds an address is its class: `::1` is loopback before it is a part of `::/96`. */
const CLASSES = (['loopback', 'link-local', 'private', 'cgnat', 'unusable'] as const).map(name => ({
  name,
  list: listOf(NETWORKS[name]),
}))

/**
 * Tells where an address means something, by its number: IPv4-mapped IPv6 (`::ffff:10.0.0.1`) is the IPv4 address in it,
 * a zone (`%eth0`) changes nothing, and what is no address is unusable.
 */
export function classifyAddress(address: string): AddressClass {
  const [plain = ''] = address.split('%')
  if (!isAddress(plain)) return 'unusable'
  const numeric = normaliseAddress(plain)
  const family = addressFamily(numeric) === 4 ? 'ipv4' : 'ipv6'
  return CLASSES.find(({ list }) => list.check(numeric, family))?.name ?? 'global'
}

function listOf(networks: readonly string[]): BlockList {
  const list = new BlockList()
  for (const network of networks) {
    const [address = '', prefix] = network.split('/')
    list.addSubnet(address, Number(prefix), addressFamily(address) === 4 ? 'ipv4' : 'ipv6')
  }
  return list
}
