import { ProtocolError } from './errors.ts'

const OCTET = /^(?:0|[1-9][0-9]{0,2})$/
const GROUP = /^[0-9a-f]{1,4}$/i

/**
 * Whether a text is an IP address literal: IPv4 in four decimals without leading zeros, or IPv6 without brackets
 * and zone.
 */
export function isAddress(text: string | undefined): boolean {
  return text !== undefined && (parseIpv4(text) !== undefined || parseIpv6(text) !== undefined)
}

/** The IP version of an address literal. */
export function addressFamily(address: string): 4 | 6 {
  return address.includes(':') ? 6 : 4
}

/**
 * The one way to write an address: IPv6 in lower case and as short as it goes (RFC 5952), IPv4-mapped IPv6
 * (`::ffff:192.0.2.1`) as IPv4, so that two texts of the same host are equal. A zone (`fe80::1%eth0`), as the
 * system reports it for a link-local peer, is kept as it is.
 *
 * @throws {ProtocolError} `PROTOCOL_BAD_ADDRESS` for what is no address.
 */
export function normaliseAddress(address: string): string {
  if (parseIpv4(address)) return address
  const percent = address.indexOf('%')
  const groups = parseIpv6(percent < 0 ? address : address.slice(0, percent))
  if (!groups)
    throw new ProtocolError('PROTOCOL_BAD_ADDRESS', `${JSON.stringify(address)} is not an IP address.`)
  if (percent >= 0) return formatIpv6(groups) + address.slice(percent)
  return mappedIpv4(groups) ?? formatIpv6(groups)
}

function parseIpv4(text: string): readonly number[] | undefined {
  const parts = text.split('.', 5)
  if (parts.length !== 4 || !parts.every(part => OCTET.test(part) && Number(part) <= 255)) return undefined
  return parts.map(Number)
}

/** The eight groups of an IPv6 address, RFC 4291 section 2.2. */
function parseIpv6(text: string): readonly number[] | undefined {
  // The longest form, six groups and an IPv4 tail, has 45 characters: bounds the work on hostile texts.
  if (text.length > 45 || !text.includes(':')) return undefined
  const halves = text.split('::')
  const [front, back] = [
    parseGroups(halves[0] ?? '', halves.length === 1),
    parseGroups(halves[1] ?? '', true),
  ]
  if (halves.length > 2 || !front || !back) return undefined
  const missing = 8 - front.length - back.length
  // `::` stands for at least one group.
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined
  return [...front, ...new Array<number>(missing).fill(0), ...back]
}

/** @param last - these groups end the address, so that an IPv4 address may be their tail */
function parseGroups(text: string, last: boolean): number[] | undefined {
  if (text === '') return []
  const parts = text.split(':')
  const groups: number[] = []
  for (const [index, part] of parts.entries()) {
    const tail = last && index === parts.length - 1 && part.includes('.') ? parseIpv4(part) : undefined
    if (tail) {
      const [a = 0, b = 0, c = 0, d = 0] = tail
      groups.push(a * 256 + b, c * 256 + d)
    } else if (GROUP.test(part)) {
      groups.push(Number.parseInt(part, 16))
    } else {
      return undefined
    }
  }
  return groups
}

function mappedIpv4(groups: readonly number[]): string | undefined {
  const [high = 0, low = 0] = groups.slice(6)
  if (groups[5] !== 0xffff || groups.slice(0, 5).some(group => group !== 0)) return undefined
  return `${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`
}

/** RFC 5952 section 4: the longest run of zero groups, the first of equals, two at least, becomes `::`. */
function formatIpv6(groups: readonly number[]): string {
  let start = 0
  let longest = 1
  for (let at = 0; at < groups.length; at++) {
    let end = at
    while (groups[end] === 0) end++
    if (end - at > longest) [start, longest] = [at, end - at]
    if (end > at) at = end
  }
  const hex = groups.map(group => group.toString(16))
  if (longest < 2) return hex.join(':')
  return `${hex.slice(0, start).join(':')}::${hex.slice(start + longest).join(':')}`
}
