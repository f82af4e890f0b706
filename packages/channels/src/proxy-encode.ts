import { addressFamily, type Endpoint, normaliseAddress } from '@portolan/protocol'
import { type Advertised, encodeAdvertised } from './proxy-advertise.ts'
import { V2_SIGNATURE } from './proxy-protocol.ts'

/** Whom a connection really joins, for {@link encodeProxyHeader}. */
export interface ProxyHeaderToWrite {
  /** The client. */
  readonly source: Endpoint
  /** What the client dialled. */
  readonly destination: Endpoint
  readonly advertise?: Advertised | undefined
}

/**
 * Writes a PROXY protocol header, version 2, for a TCP connection; the specification is HAProxy's proxy-protocol.txt, section 2.2.
 * When the two addresses are not of one family, the IPv4 one is written as IPv4-mapped IPv6.
 * @throws {ProtocolError} `PROTOCOL_BAD_ADDRESS` for what is no address
 */
export function encodeProxyHeader({ source, destination, advertise }: ProxyHeaderToWrite): Buffer {
  const ends = [source, destination].map(({ address, port }) => ({
    address: normaliseAddress(withoutZone(address)),
    port,
  }))
  const ipv4 = ends.every(({ address }) => addressFamily(address) === 4)
  const addresses = ends.map(({ address }) => (ipv4 ? ipv4Bytes(address) : ipv6Bytes(address)))
  const ports = ends.map(({ port }) => Buffer.from([port >> 8, port & 255]))
  const rest = Buffer.concat([...addresses, ...ports, ...(advertise ? [encodeAdvertised(advertise)] : [])])
  // Version 2, command PROXY; TCP over IPv4 or IPv6; length of what follows.
  const fixed = Buffer.from([0x21, ipv4 ? 0x11 : 0x21, rest.length >> 8, rest.length & 255])
  return Buffer.concat([V2_SIGNATURE, fixed, rest])
}

/** A zone means nothing on another machine. */
function withoutZone(address: string): string {
  return address.replace(/%.*$/, '')
}

function ipv4Bytes(address: string): Buffer {
  return Buffer.from(address.split('.').map(Number))
}

function ipv6Bytes(address: string): Buffer {
  if (addressFamily(address) === 4)
    return Buffer.concat([Buffer.alloc(10), Buffer.from([0xff, 0xff]), ipv4Bytes(address)])
  const [front = [], back = []] = address.split('::').map(half => (half === '' ? [] : half.split(':')))
  const missing = new Array<string>(8 - front.length - back.length).fill('0')
  const groups = [...front, ...missing, ...back].map(group => Number.parseInt(group, 16))
  return Buffer.from(groups.flatMap(group => [group >> 8, group & 255]))
}
