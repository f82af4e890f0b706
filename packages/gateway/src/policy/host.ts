import { isAddress, normaliseAddress } from '@portolan/protocol'

/** An IP address as a number. IPv4-mapped IPv6 addresses are IPv4. */
export type Address =
  | { readonly family: 4; readonly text: string; readonly value: number }
  | { readonly family: 6; readonly text: string; readonly value: bigint }

/** What people ask for: an address, or a name in lower case without the final dot. */
export type Host = Address | { readonly family: 0; readonly text: string }

/** Reads what stands for a host. IPv6 may stand in brackets. What is no address is a name, whatever it looks like. */
export function readHost(text: string): Host {
  const bare = text.startsWith('[') && text.endsWith(']') ? text.slice(1, -1) : text
  return readAddress(bare) ?? { family: 0, text: normaliseName(text) }
}

/** An address, or undefined for what is none. A zone (`fe80::1%eth0`) makes it none: it means a wire, and no network has it. */
export function readAddress(text: string): Address | undefined {
  if (!isAddress(text)) return undefined
  const plain = normaliseAddress(text)
  return plain.includes(':')
    ? { family: 6, text: plain, value: valueOfSix(plain) }
    : { family: 4, text: plain, value: valueOfFour(plain) }
}

/** The peer of a link-local connection has a zone, which says on which wire it is and not who. */
export const withoutZone = (address: string) => address.split('%', 1)[0] ?? ''

/** Names are compared without regard to case (RFC 4343), and a final dot says only that they are whole. */
export function normaliseName(text: string): string {
  return (text.endsWith('.') ? text.slice(0, -1) : text).toLowerCase()
}

function valueOfFour(text: string): number {
  let value = 0
  for (const octet of text.split('.')) value = value * 256 + Number(octet)
  return value
}

function valueOfSix(text: string): bigint {
  const [front = '', back] = text.split('::')
  const groups = front === '' ? [] : front.split(':')
  const tail = back === undefined || back === '' ? [] : back.split(':')
  const zeros = new Array<string>(8 - groups.length - tail.length).fill('0')
  const hex = [...groups, ...zeros, ...tail].map(group => group.padStart(4, '0')).join('')
  return BigInt(`0x${hex}`)
}
