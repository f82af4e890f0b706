import { domainToASCII } from 'node:url'
import { addressFamily, isAddress } from '@portolan/protocol'
import { ChannelError } from './errors.ts'

/** A proxy that connections are dialled through. It is given names, and looks them up itself. */
export interface ProxyServer {
  /** `socks5`: RFC 1928, with the login of RFC 1929. `http`: the CONNECT method of RFC 9110 section 9.3.6. */
  readonly kind: 'socks5' | 'http'
  /** A name, or an address literal without brackets. */
  readonly host: string
  readonly port: number
  readonly user?: string
  readonly password?: string
}

const DEFAULT_PORTS: Readonly<Record<ProxyServer['kind'], number>> = { socks5: 1080, http: 8080 }
const KINDS: Readonly<Record<string, ProxyServer['kind']>> = {
  socks5: 'socks5',
  socks5h: 'socks5',
  http: 'http',
}
/** RFC 1929 section 2: the lengths are one byte. */
const MOST_SOCKS_LOGIN = 255

const ALLOWED = 'use socks5://[user:password@]host[:1080] or http://[user:password@]host[:8080]'

/**
 * Reads the URL of a proxy. `socks5h` means the same as `socks5`; special characters of user and password are
 * percent-encoded.
 * @throws {ChannelError} `CHANNEL_SETTING` with what is allowed, and without the password
 */
export function parseProxyUrl(text: string): ProxyServer {
  const [, scheme = '', rest = ''] = /^([a-z][a-z0-9+.-]*):\/\/(.*)$/is.exec(text.trim()) ?? []
  const kind = KINDS[scheme.toLowerCase()]
  if (!kind) throw notAllowed(text)
  // Under its own scheme the URL parser would drop port 80 of http as the default.
  const url = URL.parse(`socks5://${rest}`)
  if (!url || !['', '/'].includes(url.pathname) || url.search !== '' || url.hash !== '')
    throw notAllowed(text)
  const host = hostOf(url.hostname)
  const port = url.port === '' ? DEFAULT_PORTS[kind] : Number(url.port)
  const [user, password] = [decode(url.username), decode(url.password)]
  if (!host || port === 0 || user === undefined || password === undefined) throw notAllowed(text)
  const proxy = { kind, host, port, ...(user !== '' && { user }), ...(password !== '' && { password }) }
  checkProxy(proxy)
  return proxy
}

/** @throws {ChannelError} `CHANNEL_SETTING` for a login that the protocol of the proxy cannot carry */
export function checkProxy({ kind, user = '', password = '' }: ProxyServer): void {
  if (kind === 'http' && user.includes(':')) {
    throw new ChannelError(
      'CHANNEL_SETTING',
      'the user of an HTTP proxy cannot have a colon in it (RFC 7617)',
    )
  }
  if (kind !== 'socks5') return
  if (user === '' && password !== '') {
    throw new ChannelError('CHANNEL_SETTING', 'a SOCKS5 proxy takes no password without a user')
  }
  if ([user, password].some(part => Buffer.byteLength(part) > MOST_SOCKS_LOGIN)) {
    throw new ChannelError(
      'CHANNEL_SETTING',
      `user and password of a SOCKS5 proxy have ${MOST_SOCKS_LOGIN} bytes at the most (RFC 1929)`,
    )
  }
}

/** Writes a proxy as people read it, without its login. */
export function formatProxy({ kind, host, port }: ProxyServer): string {
  return `${kind}://${addressFamily(host) === 6 ? `[${host}]` : host}:${port}`
}

function hostOf(hostname: string): string | undefined {
  if (hostname.startsWith('[')) return hostname.slice(1, -1)
  const host = decode(hostname)
  if (host === undefined || isAddress(host)) return host
  return domainToASCII(host) || undefined
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}

function notAllowed(text: string): ChannelError {
  const shown = text.replace(/^([^/]*\/\/)?.*@/s, '$1***@')
  return new ChannelError('CHANNEL_SETTING', `the proxy ${JSON.stringify(shown)} is not allowed: ${ALLOWED}`)
}
