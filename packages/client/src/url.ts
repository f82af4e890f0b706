import { domainToASCII } from 'node:url'
import { addressFamily, decodeName, isAddress } from '@portolan/protocol'
import { FtpError } from './errors.ts'
import type { TlsMode } from './options.ts'

/** What an FTP URL says. */
export interface FtpUrl {
  readonly tls: TlsMode
  /** A name, in ASCII, or an address literal without brackets. */
  readonly host: string
  /** Absent: the one that goes with `tls`. */
  readonly port?: number
  readonly user?: string
  readonly password?: string
  /** Absolute when it begins with `/`, else meant from the folder of the login. Empty: that folder. */
  readonly path: string
  /** `;type=` of RFC 1738 section 3.2.2. */
  readonly type?: 'ascii' | 'binary' | 'listing'
}

/** What {@link formatFtpUrl} writes. */
type FtpUrlParts = Pick<FtpUrl, 'tls' | 'host' | 'port' | 'user'> & { readonly path?: string }

const SCHEMES: Readonly<Record<string, TlsMode>> = { ftp: 'off', ftps: 'implicit', ftpes: 'explicit' }
const TYPES: Readonly<Record<string, NonNullable<FtpUrl['type']>>> = {
  a: 'ascii',
  i: 'binary',
  d: 'listing',
}
const SCHEME = /^([a-z][a-z0-9+.-]*):\/\//i
const ALLOWED = 'use ftp://, ftps:// (TLS from the first byte, port 990) or ftpes:// (AUTH TLS)'

/** Whether a text is meant as a URL, of any scheme. */
export function looksLikeUrl(text: string): boolean {
  return SCHEME.test(text)
}

/**
 * Reads an FTP URL, as RFC 1738 section 3.2.2 has it: the path is meant from the folder of the login, and `%2F` at its
 * beginning makes it absolute, as does a second `/`. `?` and `#` are characters of names, since FTP has no queries.
 * `ftps` is implicit TLS, `ftpes` explicit.
 *
 * @throws {FtpError} `FTP_SETTING` with what is allowed, without the password
 */
export function parseFtpUrl(text: string): FtpUrl {
  const scheme = SCHEME.exec(text)
  const tls = SCHEMES[scheme?.[1]?.toLowerCase() ?? '']
  if (!scheme || tls === undefined) throw wrong(text, ALLOWED)
  const rest = text.slice(scheme[0].length)
  const slash = rest.indexOf('/')
  const authority = slash < 0 ? rest : rest.slice(0, slash)
  const at = authority.lastIndexOf('@')
  const login = at < 0 ? undefined : authority.slice(0, at)
  const place = readPlace(authority.slice(at + 1), text)
  const [, tail = '', letter] =
    /^(.*?)(?:;type=([^;/]*))?$/is.exec(slash < 0 ? '' : rest.slice(slash + 1)) ?? []
  const type = letter === undefined ? undefined : TYPES[letter.toLowerCase()]
  if (letter !== undefined && type === undefined)
    throw wrong(text, ';type= is a (text), i (binary) or d (listing)')
  return {
    tls,
    ...place,
    ...(login !== undefined && readLogin(login, text)),
    path: decode(tail, text),
    ...(type && { type }),
  }
}

/** Writes a URL, without a password: {@link parseFtpUrl} reads the same. The port that goes with `tls` is left out. */
export function formatFtpUrl({ tls, host, port, user, path = '' }: FtpUrlParts): string {
  const scheme = tls === 'off' ? 'ftp' : tls === 'implicit' ? 'ftps' : 'ftpes'
  const login = user === undefined || user === 'anonymous' ? '' : `${encodeURIComponent(user)}@`
  const place = isAddress(host) && addressFamily(host) === 6 ? `[${host}]` : host
  const usual = port === undefined || port === (tls === 'implicit' ? 990 : 21)
  const steps = path.split('/').map(encodeURIComponent).join('/').replace(/^\//, '%2F')
  return `${scheme}://${login}${place}${usual ? '' : `:${port}`}/${steps}`
}

/**
 * A URL, or what was meant as one, as an error may show it: whatever may be a password is left out, also one whose `/` or
 * `@` should have been encoded.
 */
export function maskUrl(text: string): string {
  const [, scheme = '', login, rest = ''] = /^([a-z][a-z0-9+.-]*:\/\/)?(.*)(@.*)$/is.exec(text) ?? []
  const colon = login?.indexOf(':') ?? -1
  return login === undefined || colon < 0 ? text : `${scheme}${login.slice(0, colon)}:****${rest}`
}

function readPlace(place: string, text: string): { host: string; port?: number } {
  const [, bracketed, plain = '', digits] = /^(?:\[([^\]]*)\]|([^:[\]]*))(?::(\d*))?$/.exec(place) ?? []
  const host = bracketed === undefined ? readName(plain, text) : decode(bracketed, text)
  if (
    host === '' ||
    (bracketed !== undefined && !(host.includes(':') && isAddress(host.replace(/%.*$/, ''))))
  )
    throw wrong(
      text,
      'the host is a name, an IPv4 address, or an IPv6 address in brackets such as [2001:db8::1]',
    )
  if (digits === undefined || digits === '') return { host }
  const port = Number(digits)
  if (port < 1 || port > 65_535) throw wrong(text, 'the port is a number from 1 to 65535')
  return { host, port }
}

function readName(plain: string, text: string): string {
  const name = decode(plain, text)
  if (isAddress(name)) return name
  if (/[\s/\\?#@<>^|]/.test(name)) return ''
  return domainToASCII(name)
}

function readLogin(login: string, text: string): { user?: string; password?: string } {
  const colon = login.indexOf(':')
  const user = decode(colon < 0 ? login : login.slice(0, colon), text)
  return {
    ...(user !== '' && { user }),
    ...(colon >= 0 && { password: decode(login.slice(colon + 1), text) }),
  }
}

/** Percent-encoded bytes; those that are no UTF-8 come out as `decodeName` has them, and go to the server as they were. */
function decode(part: string, text: string): string {
  if (/%(?![0-9a-f]{2})/i.test(part)) throw wrong(text, 'a % is written %25')
  const bytes = Buffer.from(part, 'utf8').toString('latin1')
  const decoded = bytes.replace(/%([0-9a-f]{2})/gi, (_all, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  )
  // They would end the command line, and what comes after would be another command.
  if (/[\r\n\0]/.test(decoded)) throw wrong(text, 'it must not hold line ends or NUL')
  return decodeName(Buffer.from(decoded, 'latin1'))
}

function wrong(text: string, allowed: string): FtpError {
  return new FtpError('FTP_SETTING', `${JSON.stringify(maskUrl(text))} is no URL of a server: ${allowed}.`, {
    phase: 'settings',
  })
}
