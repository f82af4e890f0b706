import { BlockList, isIP } from 'node:net'
import { normaliseAddress } from '@portolan/protocol'
import { ChannelError } from './errors.ts'

/** A set of addresses, given as single addresses and CIDR networks: `192.0.2.1`, `10.0.0.0/8`, `2001:db8::/32`. */
export class TrustedNetworks {
  /** One for each family: in a common one, `::/0` would contain IPv4 as well. */
  readonly #ipv4 = new BlockList()
  readonly #ipv6 = new BlockList()
  /** What the set was made of. */
  readonly networks: readonly string[]

  /** @throws {ChannelError} `CHANNEL_SETTING` that names the text which is neither an address nor a network */
  constructor(networks: readonly string[]) {
    this.networks = networks
    for (const network of networks) this.#add(network.trim())
  }

  /** Whether the address is in the set. IPv4-mapped IPv6 addresses count as IPv4; what is no address is in no set. */
  has(address: string): boolean {
    if (this.networks.length === 0 || isIP(address) === 0) return false
    const plain = normaliseAddress(address)
    return isIP(plain) === 6 ? this.#ipv6.check(plain, 'ipv6') : this.#ipv4.check(plain, 'ipv4')
  }

  #add(network: string): void {
    const [address = '', bits, ...rest] = network.split('/')
    const version = isIP(address)
    const most = version === 6 ? 128 : 32
    const prefix = bits === undefined ? most : /^\d{1,3}$/.test(bits) ? Number(bits) : Number.NaN
    if (version === 0 || rest.length > 0 || !(prefix >= 0 && prefix <= most) || address.includes('%')) {
      throw new ChannelError(
        'CHANNEL_SETTING',
        `"${network}" is neither an address nor a network: write 192.0.2.1, 10.0.0.0/8 or 2001:db8::/32`,
      )
    }
    const plain = normaliseAddress(address)
    if (version === 6 && isIP(plain) === 6) this.#ipv6.addSubnet(plain, prefix, 'ipv6')
    else if (version === 4) this.#ipv4.addSubnet(plain, prefix, 'ipv4')
    else if (prefix >= 96) this.#ipv4.addSubnet(plain, prefix - 96, 'ipv4')
    else this.#ipv6.addSubnet(address, prefix, 'ipv6')
  }
}
