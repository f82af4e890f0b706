import { X509Certificate } from 'node:crypto'
import type { TLSSocket } from 'node:tls'
import { GatewayError } from '../errors.ts'
import type { Identity, MemberIdentity } from '../pki/types.ts'
import type { ALPN } from '../wire/types.ts'
import { type DialTcp, openTls } from './open-tls.ts'
import { explainDates, verifyPeer } from './verify-peer.ts'

export interface DialOptions {
  readonly identity: Pick<Identity, 'key' | 'certificate' | 'authority'>
  /** `HOST:PORT`. */
  readonly address: string
  readonly protocol: Exclude<keyof typeof ALPN, 'enrol'>
  /** What has to be there; its certificate says so. */
  readonly expects: 'edge' | 'controller'
  readonly signal: AbortSignal
  /** Milliseconds since 1970, for texts. Default `Date.now`. */
  readonly now?: () => number
  /** Default: as Node does. */
  readonly dial?: DialTcp
}

/** A connection to another part that has proved who it is. */
export interface Dialled {
  readonly socket: TLSSocket
  readonly peer: MemberIdentity
}

/**
 * Connects to another part and checks it: the chain to the pinned authority and the role in its certificate. Bounded by ten seconds.
 * Whether it lets this member in is known only when it says something: a refusal comes as GOAWAY.
 * @throws {GatewayError} `GATEWAY_UNREACHABLE`, `GATEWAY_PEER`; `GATEWAY_IDENTITY` when the own certificate does not count any more
 */
export async function dialPart({
  identity,
  address,
  protocol,
  expects,
  signal,
  now = Date.now,
  dial,
}: DialOptions): Promise<Dialled> {
  const own = explainDates(identity.certificate, now())
  if (own !== undefined)
    throw new GatewayError('GATEWAY_IDENTITY', `With its own certificate it cannot go on. ${own}`)
  const { key, certificate, authority } = identity
  const socket = await openTls({
    address,
    protocol,
    signal,
    credentials: { key, cert: certificate, ca: authority },
    ...(dial && { dial }),
  })
  const verified = verifyPeer(socket, new X509Certificate(authority), now())
  if (verified.peer?.kind === expects) return { socket, peer: verified.peer }
  socket.on('error', () => {}).destroy()
  const text = verified.peer
    ? `It is ${article(verified.peer.kind)}, not ${article(expects)}.`
    : verified.text
  throw new GatewayError('GATEWAY_PEER', `${address} is not what it has to be. ${text}`)
}

const article = (kind: MemberIdentity['kind']) => (/^[ae]/.test(kind) ? `an ${kind}` : `a ${kind}`)
