import { STATUS_CODES } from 'node:http'
import { isIPv6 } from 'node:net'
import type { Status, StatusCode } from '../../codes.ts'
import type { Target } from '../../policy/types.ts'
import { isHost } from './socks5-wire.ts'

/** The longest head of a request, in bytes. */
export const MAX_HTTP_HEAD = 16_384

/** What a client of the proxy asks for, or how it is refused. */
export type HttpRequest =
  | { readonly kind: 'connect'; readonly target: Target }
  | { readonly kind: 'refused'; readonly status: number; readonly text: string }

const REQUEST_LINE = /^([!#$%&'*+.^`|~\w-]{1,32}) (\S{1,4096}) HTTP\/1\.[01]$/
const AUTHORITY = /^(?:\[([0-9A-Fa-f:.]+)\]|([^:[\]]+)):(\d{1,5})$/
const CONTENT = /^(content-length|transfer-encoding)[ \t]*:(.*)$/i

/**
 * Reads the head of a request up to its empty line. RFC 9110 section 9.3.6: the target of CONNECT is host and port, and it has no
 * content.
 */
export function readHttpHead(head: string): HttpRequest {
  const [line = '', ...fields] = head.split('\r\n')
  const [, method, target = ''] = REQUEST_LINE.exec(line) ?? []
  if (method === undefined) return { kind: 'refused', status: 400, text: 'This is no request of HTTP/1.1.' }
  if (method !== 'CONNECT') {
    const text = `${method} is not for this proxy, which takes CONNECT alone. Of curl, say --proxytunnel; or use SOCKS 5.`
    return { kind: 'refused', status: 405, text }
  }
  if (
    fields.some(field => CONTENT.exec(field)?.[2]?.trim() && !/^content-length:\s*0$/i.test(field.trim()))
  ) {
    return { kind: 'refused', status: 400, text: 'A CONNECT has no content.' }
  }
  const [, six, name, digits] = AUTHORITY.exec(target) ?? []
  const host = six ?? name ?? ''
  const port = Number(digits)
  if (!isHost(host) || (six !== undefined && !isIPv6(six)) || !(port >= 1 && port <= 65_535)) {
    const text = 'CONNECT takes a host and a port, such as 10.0.0.9:21 or [2001:db8::9]:21.'
    return { kind: 'refused', status: 400, text }
  }
  return { kind: 'connect', target: { host, port } }
}

/** The answer after which bytes flow. RFC 9110 section 9.3.6. */
export const CONNECTED = 'HTTP/1.1 200 Connection established\r\n\r\n'

/** An answer after which the connection is closed; the sentence is its body. */
export function formatRefusal(status: number, text: string, code?: StatusCode): Buffer {
  const body = Buffer.from(`${text}\n`)
  const lines = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
    'Content-Type: text/plain; charset=utf-8',
    `Content-Length: ${body.length}`,
    ...(code === undefined ? [] : [`X-Portolan-Status: ${code}`]),
    ...(status === 405 ? ['Allow: CONNECT'] : []),
    'Connection: close',
  ]
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`), body])
}

const TIMEOUTS: ReadonlySet<StatusCode> = new Set(['SRV_TIMEOUT', 'EDG_OPEN_TIMEOUT'])

/** 403 for what is not allowed, 504 for what was too late, 502 for the rest. */
export function httpStatusOf({ code }: Status): number {
  if (code.startsWith('POL_') || code === 'AGT_SIGN_IN_EXPIRED') return 403
  return TIMEOUTS.has(code) ? 504 : 502
}
