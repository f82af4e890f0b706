import { addressFamily, normaliseAddress } from './address.ts'
import type { Endpoint } from './endpoint.ts'
import { badArgument, ProtocolError } from './errors.ts'

/** `h1,h2,h3,h4,p1,p2`: RFC 959 section 4.1.2. */
const PORT_ARGUMENT =
  /^\s*(\d{1,3})\s*,\s*(\d{1,3})\s*,\s*(\d{1,3})\s*,\s*(\d{1,3})\s*,\s*(\d{1,3})\s*,\s*(\d{1,3})\s*$/
/** RFC 1123 section 4.1.2.6: the parentheses cannot be relied on, so a client scans for the digits. Negative numbers are none. */
const SIX_NUMBERS =
  /(?<![\d-])(\d{1,3}) ?, ?(\d{1,3}) ?, ?(\d{1,3}) ?, ?(\d{1,3}) ?, ?(\d{1,3}) ?, ?(\d{1,3})(?!\d)/

/**
 * Reads the argument of PORT. Blanks around the numbers are allowed.
 *
 * @throws {ProtocolError} `PROTOCOL_BAD_ARGUMENT`
 */
export function parsePortArgument(argument: string): Endpoint {
  const endpoint = endpointOf(PORT_ARGUMENT.exec(argument))
  if (!endpoint) throw badArgument('PORT takes six numbers from 0 to 255, h1,h2,h3,h4,p1,p2, and no port 0.')
  return endpoint
}

/**
 * Writes the argument of PORT, and the numbers of a 227 reply.
 *
 * @throws {ProtocolError} `PROTOCOL_UNSUPPORTED_FAMILY` for IPv6: use EPRT or EPSV.
 */
export function formatPortArgument({ address, port }: Endpoint): string {
  const ipv4 = normaliseAddress(address)
  if (addressFamily(ipv4) !== 4) {
    throw new ProtocolError(
      'PROTOCOL_UNSUPPORTED_FAMILY',
      'PORT and PASV can tell IPv4 addresses only: use EPRT or EPSV.',
    )
  }
  return `${ipv4.replaceAll('.', ',')},${port >> 8},${port & 255}`
}

/**
 * Writes the text of a 227 reply.
 *
 * @throws {ProtocolError} `PROTOCOL_UNSUPPORTED_FAMILY` for IPv6: use EPSV.
 */
export function formatPasvReply(endpoint: Endpoint): string {
  return `Entering Passive Mode (${formatPortArgument(endpoint)}).`
}

/**
 * Reads the text of a 227 reply: its first six numbers, with or without parentheses.
 *
 * @throws {ProtocolError} `PROTOCOL_BAD_REPLY`
 */
export function parsePasvReply(text: string): Endpoint {
  const endpoint = endpointOf(SIX_NUMBERS.exec(text))
  if (!endpoint)
    throw new ProtocolError('PROTOCOL_BAD_REPLY', 'The reply to PASV holds no usable address and port.')
  return endpoint
}

function endpointOf(match: RegExpExecArray | null): Endpoint | undefined {
  if (!match) return undefined
  const numbers = match.slice(1).map(Number)
  const [, , , , high = 0, low = 0] = numbers
  const port = high * 256 + low
  if (port === 0 || numbers.some(number => number > 255)) return undefined
  return { address: numbers.slice(0, 4).join('.'), port }
}
