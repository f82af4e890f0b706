import { isAddress, normaliseAddress } from '@portolan/protocol'
import type { StatusCode } from '../../codes.ts'
import type { Target } from '../../policy/types.ts'

/** SOCKS version 5, RFC 1928, and its user names and passwords, RFC 1929: bytes in, values out. */

/** RFC 1928 section 6. */
export const SOCKS_REPLY = {
  succeeded: 0x00,
  failure: 0x01,
  notAllowed: 0x02,
  networkUnreachable: 0x03,
  hostUnreachable: 0x04,
  refused: 0x05,
  ttlExpired: 0x06,
  commandNotSupported: 0x07,
  addressTypeNotSupported: 0x08,
} as const
type SocksReply = (typeof SOCKS_REPLY)[keyof typeof SOCKS_REPLY]

export const SOCKS_METHOD = { none: 0x00, password: 0x02, unacceptable: 0xff } as const

const VERSION = 5
const CONNECT = 1
const ADDRESS = { four: 1, name: 3, six: 4 } as const

/** Where bytes come from, as many as are asked for. */
export interface Bytes {
  take(count: number): Promise<Buffer>
}

/** What a client asks for, or how it is refused. */
export type SocksRequest =
  | { readonly kind: 'connect'; readonly target: Target }
  | { readonly kind: 'refused'; readonly reply: SocksReply; readonly text: string }

/** The methods that a client offers; undefined: it does not speak SOCKS 5. RFC 1928 section 3. */
export async function readMethods(bytes: Bytes): Promise<ReadonlySet<number> | undefined> {
  const [version, count = 0] = await bytes.take(2)
  if (version !== VERSION) return undefined
  return new Set(await bytes.take(count))
}

/** RFC 1929 section 2; undefined: not that. */
export async function readLogin(bytes: Bytes): Promise<{ user: string; password: string } | undefined> {
  const [version, userLength = 0] = await bytes.take(2)
  if (version !== 1) return undefined
  const user = await bytes.take(userLength)
  const [passwordLength = 0] = await bytes.take(1)
  const password = await bytes.take(passwordLength)
  return { user: user.toString('utf8'), password: password.toString('utf8') }
}

/** RFC 1928 section 4; undefined: not that. */
export async function readRequest(bytes: Bytes): Promise<SocksRequest | undefined> {
  const [version, command, , type] = await bytes.take(4)
  if (version !== VERSION) return undefined
  const host = await readHost(bytes, type)
  if (host === undefined) {
    const text = `It asks for an address of type ${type}, which there is not.`
    return { kind: 'refused', reply: SOCKS_REPLY.addressTypeNotSupported, text }
  }
  const port = (await bytes.take(2)).readUInt16BE()
  if (command !== CONNECT) {
    const name = command === 2 ? 'BIND' : command === 3 ? 'UDP ASSOCIATE' : `command ${command}`
    const text = `It asks for ${name}, and here is CONNECT alone: FTP clients have to use passive mode.`
    return { kind: 'refused', reply: SOCKS_REPLY.commandNotSupported, text }
  }
  if (port === 0 || !isHost(host)) {
    const text = 'It asks for what is no address and port.'
    return { kind: 'refused', reply: SOCKS_REPLY.hostUnreachable, text }
  }
  return { kind: 'connect', target: { host, port } }
}

async function readHost(bytes: Bytes, type: number | undefined): Promise<string | undefined> {
  if (type === ADDRESS.four) return (await bytes.take(4)).join('.')
  if (type === ADDRESS.six) {
    const groups = await bytes.take(16)
    const text = Array.from({ length: 8 }, (_, index) => groups.readUInt16BE(index * 2).toString(16))
    return normaliseAddress(text.join(':'))
  }
  if (type !== ADDRESS.name) return undefined
  const [length = 0] = await bytes.take(1)
  return (await bytes.take(length)).toString('latin1')
}

/** What may stand for a host: an address, or a name in printable ASCII. */
export function isHost(host: string): boolean {
  return isAddress(host) || /^[\w.-]{1,255}$/.test(host)
}

/** RFC 1928 section 6. The address that is bound is not told: it is of another machine. */
export function formatReply(reply: SocksReply): Buffer {
  return Buffer.from([VERSION, reply, 0, ADDRESS.four, 0, 0, 0, 0, 0, 0])
}

export const formatMethod = (method: number) => Buffer.from([VERSION, method])

/** RFC 1929 section 2. */
export const formatLoginReply = (good: boolean) => Buffer.from([1, good ? 0 : 1])

const REPLIES: Partial<Record<StatusCode, SocksReply>> = {
  SRV_REFUSED: SOCKS_REPLY.refused,
  SRV_RESET: SOCKS_REPLY.refused,
  SRV_UNREACHABLE: SOCKS_REPLY.hostUnreachable,
  SRV_NAME_NOT_FOUND: SOCKS_REPLY.hostUnreachable,
  SRV_TIMEOUT: SOCKS_REPLY.ttlExpired,
  EDG_OPEN_TIMEOUT: SOCKS_REPLY.ttlExpired,
  AGT_SIGN_IN_EXPIRED: SOCKS_REPLY.notAllowed,
}

/** How SOCKS says a status. What is at fault between here and the server is the network to it. */
export function replyOf(code: StatusCode): SocksReply {
  const reply = REPLIES[code]
  if (reply !== undefined) return reply
  if (code.startsWith('POL_')) return SOCKS_REPLY.notAllowed
  return /^(EDG|CON)_/.test(code) ? SOCKS_REPLY.networkUnreachable : SOCKS_REPLY.failure
}
