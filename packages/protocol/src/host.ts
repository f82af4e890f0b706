import { isAddress, normaliseAddress } from './address.ts'
import { badArgument } from './errors.ts'

/** The virtual host that a client names with HOST. */
export type HostArgument =
  /** In lower case, without the dot of the root. */
  { readonly kind: 'name'; readonly name: string } | { readonly kind: 'address'; readonly address: string }

/**
 * Letters, digits and hyphens; the underscore is not allowed and yet in use. International names come as A-labels
 * (RFC 7151 section 3).
 */
const LABEL = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/

/**
 * Reads the argument of HOST: a name, an IPv4 address, or an IPv6 address in brackets. RFC 7151 section 3.
 *
 * @throws {ProtocolError} `PROTOCOL_BAD_ARGUMENT`
 */
export function parseHostArgument(argument: string): HostArgument {
  const text = argument.trim()
  const bracketed = /^\[([^\]]*)\]$/.exec(text)?.[1]
  if (bracketed !== undefined) {
    if (!bracketed.includes(':') || !isAddress(bracketed)) throw badHost()
    return { kind: 'address', address: normaliseAddress(bracketed) }
  }
  // RFC 7151 wants brackets around IPv6; lftp 4.9 sends none.
  if (isAddress(text)) return { kind: 'address', address: normaliseAddress(text) }
  const name = text.toLowerCase().replace(/\.$/, '')
  const labels = name.split('.')
  // A last label of digits alone would be a malformed IPv4 address, never a name.
  if (name.length > 253 || !labels.every(label => LABEL.test(label)) || /^\d+$/.test(labels.at(-1) ?? ''))
    throw badHost()
  return { kind: 'name', name }
}

function badHost() {
  return badArgument('HOST takes a host name, an IPv4 address, or an IPv6 address in brackets.')
}
