import { isIP } from 'node:net'
import { GatewayError } from '../errors.ts'

/** Where something listens. */
export interface HostPort {
  readonly host: string
  readonly port: number
}

/** Reads `HOST:PORT` or `[IPV6]:PORT`. @throws {GatewayError} `GATEWAY_INVALID` */
export function parseAddress(text: string): HostPort {
  const [, six, name, port] = /^(?:\[([0-9A-Fa-f:.]+)\]|([^\s:[\]/]{1,255})):(\d{1,5})$/.exec(text) ?? []
  const host = six ?? name
  if (
    host === undefined ||
    Number(port) < 1 ||
    Number(port) > 65_535 ||
    (six !== undefined && isIP(six) !== 6)
  )
    throw new GatewayError('GATEWAY_INVALID', `${text} is no address: write HOST:PORT, or [IPV6]:PORT.`)
  return { host, port: Number(port) }
}

/** `HOST:PORT`, with the brackets that IPv6 needs. */
export function formatAddress({ host, port }: HostPort): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}

/** An address as people write it: what came by IPv4 to an IPv6 socket is IPv4. */
export function plainAddress(address: string | undefined): string {
  return (address ?? '').replace(/^::ffff:(?=\d+\.)/i, '')
}
