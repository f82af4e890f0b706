import { addressFamily, isAddress, normaliseAddress } from './address.ts'
import type { Endpoint } from './endpoint.ts'
import { badArgument, ProtocolError } from './errors.ts'

/** Address families of RFC 2428 by their number there. */
const FAMILIES: Readonly<Record<string, 4 | 6>> = { 1: 4, 2: 6 }
const NUMBER = /^[0-9]{1,5}$/

/** What a client asks for with EPSV. `default` is the family of the control connection. */
export type EpsvRequest =
  | { readonly kind: 'default' }
  | { readonly kind: 'family'; readonly family: 4 | 6 }
  | { readonly kind: 'all' }

/**
 * Reads the argument of EPRT: `|2|2001:db8::1|5282|` with any printable delimiter. IPv4-mapped IPv6 comes out as
 * IPv4. RFC 2428 section 2.
 *
 * @throws {ProtocolError} `PROTOCOL_UNSUPPORTED_FAMILY` for a family but 1 and 2 (522), else `PROTOCOL_BAD_ARGUMENT`.
 */
export function parseEprtArgument(argument: string): Endpoint {
  const text = argument.trim()
  const parts = text.split(delimiterOf(text) ?? '|', 6)
  const [before, family = '', address = '', port = '', after] = parts
  if (parts.length !== 5 || before !== '' || after !== '' || !NUMBER.test(family)) throw badEprt()
  const expected = FAMILIES[family]
  if (expected === undefined) throw unsupportedFamily()
  if (!isAddress(address) || addressFamily(address) !== expected) throw badEprt()
  const number = portOf(port)
  if (number === undefined) throw badEprt()
  return { address: normaliseAddress(address), port: number }
}

/** Writes the argument of EPRT. */
export function formatEprtArgument({ address, port }: Endpoint): string {
  const plain = normaliseAddress(address)
  return `|${addressFamily(plain) === 4 ? 1 : 2}|${plain}|${port}|`
}

/**
 * Reads the argument of EPSV: nothing, a family, or `ALL`. RFC 2428 sections 3 and 4.
 *
 * @throws {ProtocolError} `PROTOCOL_UNSUPPORTED_FAMILY` for a family but 1 and 2 (522), else `PROTOCOL_BAD_ARGUMENT`.
 */
export function parseEpsvArgument(argument: string): EpsvRequest {
  const text = argument.trim()
  if (text === '') return { kind: 'default' }
  if (text.toUpperCase() === 'ALL') return { kind: 'all' }
  if (!NUMBER.test(text)) throw badArgument('EPSV takes nothing, 1 for IPv4, 2 for IPv6, or ALL.')
  const family = FAMILIES[text]
  if (family === undefined) throw unsupportedFamily()
  return { kind: 'family', family }
}

/** Writes the text of a 229 reply. */
export function formatEpsvReply(port: number): string {
  return `Entering Extended Passive Mode (|||${port}|)`
}

/**
 * Reads the port from the text of a 229 reply. Any delimiter will do (IBM i sends `!!!5282!`), the parentheses may
 * be missing, and family and address are passed over where a server fills them in.
 *
 * @throws {ProtocolError} `PROTOCOL_BAD_REPLY`
 */
export function parseEpsvReply(text: string): number {
  const match =
    /\(\s*([!-~])(?:[12]?\1[0-9a-f.:]*)\1([0-9]{1,5})\1/i.exec(text) ??
    /([!-'*-/:-@[-`{-~])\1\1([0-9]{1,5})\1/.exec(text)
  const port = portOf(match?.[2] ?? '')
  if (port === undefined)
    throw new ProtocolError('PROTOCOL_BAD_REPLY', 'The reply to EPSV holds no usable port.')
  return port
}

/** The first character, where it may be a delimiter: ASCII 33 to 126. */
function delimiterOf(text: string): string | undefined {
  const [first] = text
  return first !== undefined && first >= '!' && first <= '~' ? first : undefined
}

function portOf(text: string): number | undefined {
  const port = Number(text)
  return NUMBER.test(text) && port >= 1 && port <= 65_535 ? port : undefined
}

function badEprt(): ProtocolError {
  return badArgument('EPRT takes |1|IPv4 address|port| or |2|IPv6 address|port|, and no port 0.')
}

function unsupportedFamily(): ProtocolError {
  return new ProtocolError('PROTOCOL_UNSUPPORTED_FAMILY', 'Network protocol not supported, use (1,2)')
}
