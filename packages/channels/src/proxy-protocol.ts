import { isIPv4, isIPv6 } from 'node:net'
import { type Endpoint, normaliseAddress } from '@portolan/protocol'
import { ChannelError } from './errors.ts'
import { type Advertised, readAdvertised } from './proxy-advertise.ts'

/**
 * Whom a connection really joins. `local`: the proxy speaks for itself (a health check). `advertise`: what the server is to tell its
 * clients as the place for data connections; only gateways of Portolan send it.
 */
export type ProxyHeader =
  | { readonly source: Endpoint; readonly destination: Endpoint; readonly advertise?: Advertised }
  | { readonly local: true }

/** A header at the start of the bytes, and how many bytes it took. */
export interface ParsedProxyHeader {
  readonly header: ProxyHeader
  readonly length: number
}

/** The longest version 1 header with its CRLF, in bytes: PROXY protocol specification, section 2.1. */
export const MAX_V1_LENGTH = 107
/** The longest version 2 header that we take: the fixed part, two addresses, and ample room for TLVs. The format itself allows 64 KiB. */
export const MAX_V2_LENGTH = 16 + 4_096

export const V2_SIGNATURE = Buffer.from([
  0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a,
])
const V1_SIGNATURE = Buffer.from('PROXY ', 'latin1')
const V2_FIXED = 16

/**
 * Reads a PROXY protocol header, version 1 or 2, from the first bytes of a connection. Feed it all bytes so far; ask
 * again when more have come. Specification: HAProxy's proxy-protocol.txt, sections 2.1 and 2.2.
 * @returns undefined while the header is not complete
 * @throws {ChannelError} `CHANNEL_PROXY_HEADER` as soon as the bytes cannot become a header
 */
export function parseProxyHeader(bytes: Buffer): ParsedProxyHeader | undefined {
  if (startsAs(bytes, V2_SIGNATURE)) return bytes.length < V2_FIXED ? undefined : parseV2(bytes)
  if (startsAs(bytes, V1_SIGNATURE)) return parseV1(bytes)
  throw bad('the connection does not begin with a PROXY protocol header')
}

/** Whether the bytes are, or can still become, something that begins with the signature. */
function startsAs(bytes: Buffer, signature: Buffer): boolean {
  const length = Math.min(bytes.length, signature.length)
  return bytes.compare(signature, 0, length, 0, length) === 0
}

// PROXY TCP4 192.0.2.1 198.51.100.1 56324 21\r\n
function parseV1(bytes: Buffer): ParsedProxyHeader | undefined {
  const end = bytes.subarray(0, MAX_V1_LENGTH).indexOf('\r\n')
  if (end < 0) {
    if (bytes.length >= MAX_V1_LENGTH) throw bad(`version 1: no end of line within ${MAX_V1_LENGTH} bytes`)
    return undefined
  }
  const fields = bytes.toString('latin1', 0, end).split(' ')
  const length = end + 2
  const [, family, source = '', destination = '', sourcePort = '', destinationPort = ''] = fields
  // Whatever follows UNKNOWN has to be ignored.
  if (family === 'UNKNOWN') return { header: { local: true }, length }
  const isAddress = family === 'TCP4' ? isIPv4 : family === 'TCP6' ? isV1Ipv6 : undefined
  if (!isAddress) throw bad(`version 1: the family is neither TCP4 nor TCP6 nor UNKNOWN`)
  if (fields.length !== 6) throw bad(`version 1: ${fields.length} fields where 6 are due`)
  if (!isAddress(source) || !isAddress(destination)) throw bad(`version 1: an address is not ${family}`)
  return {
    header: {
      source: { address: normaliseAddress(source), port: v1Port(sourcePort) },
      destination: { address: normaliseAddress(destination), port: v1Port(destinationPort) },
    },
    length,
  }
}

/** A zone identifier means nothing on another machine. */
function isV1Ipv6(text: string): boolean {
  return isIPv6(text) && !text.includes('%')
}

function v1Port(text: string): number {
  const port = Number(text)
  if (!/^(0|[1-9]\d{0,4})$/.test(text) || port > 65_535)
    throw bad('version 1: a port is not a number from 0 to 65535')
  return port
}

// 12 bytes signature | version 2 and command | family and transport | 2 bytes length of what follows | addresses | TLVs
function parseV2(bytes: Buffer): ParsedProxyHeader | undefined {
  const [versionAndCommand = 0, familyAndTransport = 0] = bytes.subarray(12, 14)
  if (versionAndCommand >> 4 !== 2) throw bad(`version 2: unknown version ${versionAndCommand >> 4}`)
  const command = versionAndCommand & 0x0f
  if (command > 1) throw bad(`version 2: unknown command ${command}`)
  const rest = bytes.readUInt16BE(14)
  const length = V2_FIXED + rest
  if (length > MAX_V2_LENGTH)
    throw bad(`version 2: a header of ${length} bytes is longer than ${MAX_V2_LENGTH}`)
  const size = addressSize(familyAndTransport)
  if (command === 1 && size !== undefined && rest < size * 2 + 4)
    throw bad('version 2: the addresses are cut off')
  if (bytes.length < length) return undefined
  // LOCAL: the addresses have to be ignored. UNSPEC, UDP and UNIX: the specification lets us take the socket's own.
  if (command === 0 || size === undefined) return { header: { local: true }, length }
  const ports = V2_FIXED + size * 2
  const advertise = readAdvertised(bytes.subarray(ports + 4, length))
  return {
    header: {
      source: { address: v2Address(bytes, V2_FIXED, size), port: bytes.readUInt16BE(ports) },
      destination: { address: v2Address(bytes, V2_FIXED + size, size), port: bytes.readUInt16BE(ports + 2) },
      ...(advertise && { advertise }),
    },
    length,
  }
}

/** Bytes of one address: 4 for TCP over IPv4, 16 for TCP over IPv6, undefined for what is not TCP/IP. */
function addressSize(familyAndTransport: number): number | undefined {
  if (familyAndTransport === 0x11) return 4
  if (familyAndTransport === 0x21) return 16
  return undefined
}

function v2Address(bytes: Buffer, offset: number, size: number): string {
  if (size === 4) return bytes.subarray(offset, offset + 4).join('.')
  const groups = Array.from({ length: 8 }, (_, i) => bytes.readUInt16BE(offset + i * 2).toString(16))
  return normaliseAddress(groups.join(':'))
}

function bad(text: string): ChannelError {
  return new ChannelError('CHANNEL_PROXY_HEADER', `PROXY protocol: ${text}`)
}
