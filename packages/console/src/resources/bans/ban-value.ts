import { isIP } from 'node:net'
import { TrustedNetworks } from '@portolan/channels'
import { normaliseAddress } from '@portolan/protocol'

/** The largest networks that are banned: whoever writes a shorter prefix has most likely mistyped it. */
const SHORTEST = { 4: 8, 6: 16 } as const

/**
 * What is wrong with an address or network that is to be banned; undefined when it can be.
 * @param caller - the address of whoever asks
 * @param exempt - networks that no ban keeps out
 */
export function addressBanProblem(
  value: string,
  caller: string,
  exempt: readonly string[],
): string | undefined {
  const [address = '', bits, ...rest] = value.split('/')
  const family = isIP(address)
  const isWritten = rest.length === 0 && (bits === undefined || /^\d{1,3}$/.test(bits))
  if (family === 0 || !isWritten || address.includes('%') || Number(bits ?? 0) > (family === 6 ? 128 : 32))
    return 'must be an IP address, or a network such as 192.0.2.0/24 or 2001:db8::/32'
  const shortest = family === 6 ? SHORTEST[6] : SHORTEST[4]
  if (bits !== undefined && Number(bits) < shortest) {
    return Number(bits) === 0
      ? 'is the whole internet: ban smaller networks'
      : `is too large a part of the internet: /${shortest} is the largest network that is banned`
  }
  if (new TrustedNetworks([value]).has(caller))
    return `holds ${caller}, the address you come from: you would keep yourself out`
  // A network may hold more than what is exempt.
  if (bits === undefined && new TrustedNetworks(exempt).has(address))
    return 'is on the allow list (bans.exempt), which comes before every ban: take it from there first'
  return undefined
}

/** One way to write each address and network: bits beyond the prefix are zero, IPv6 is in its short form. */
export function canonicalNetwork(value: string): string {
  const [address = '', bits] = value.split('/')
  const plain = normaliseAddress(address)
  if (bits === undefined) return plain
  // An IPv4 address that was written in IPv6 has 96 bits before it.
  const prefix = isIP(plain) === 4 && isIP(address) === 6 ? Math.max(0, Number(bits) - 96) : Number(bits)
  const most = isIP(plain) === 6 ? 128 : 32
  return prefix === most ? plain : `${masked(plain, prefix)}/${prefix}`
}

function masked(address: string, prefix: number): string {
  const isV6 = isIP(address) === 6
  const groups = isV6 ? groupsOf(address) : address.split('.').map(Number)
  const width = isV6 ? 16 : 8
  const kept = groups.map((group, place) => {
    const bits = Math.min(width, Math.max(0, prefix - place * width))
    return group & (((1 << bits) - 1) << (width - bits))
  })
  if (!isV6) return kept.join('.')
  return normaliseAddress(kept.map(group => group.toString(16)).join(':'))
}

function groupsOf(address: string): number[] {
  const [head = '', tail] = address.split('::')
  const parse = (part: string) =>
    part === '' ? [] : part.split(':').map(group => Number.parseInt(group, 16))
  const [before, after] = [parse(head), parse(tail ?? '')]
  return tail === undefined
    ? before
    : [...before, ...Array<number>(8 - before.length - after.length).fill(0), ...after]
}
