import { X509Certificate } from 'node:crypto'
import { createServer as createTcpServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer, type TLSSocket } from 'node:tls'
import type { Status } from '../codes.ts'
import type { EnrolReply, EnrolRequest } from '../control/messages.ts'
import { GatewayError } from '../errors.ts'
import type { MemberIdentity } from '../pki/types.ts'
import { ALPN } from '../wire/types.ts'
import { plainAddress } from './address.ts'
import { answerEnrol } from './answer-enrol.ts'
import { Gate } from './gate.ts'
import { lineOf } from './one-line.ts'
import { AddressRate } from './rate.ts'
import { refuseLink, sayLast } from './refuse-link.ts'
import { HANDSHAKE_MS, reasonOf, TLS_SETTINGS, type TlsIdentity } from './tls-settings.ts'
import { verifyPeer } from './verify-peer.ts'

type PartProtocol = keyof typeof ALPN

/** Bounds of what strangers can make a listener do. */
interface ListenLimits {
  /** Connections whose handshake is not over. Default 512, and 64 from one address. */
  readonly handshakes: number
  readonly handshakesPerAddress: number
  /** Milliseconds. Default 10,000. */
  readonly handshakeMs: number
  /** Connections for enrolment. Default 128, and 16 from one address. */
  readonly enrolments: number
  readonly enrolmentsPerAddress: number
  /** Of one address: so many at once, then so many a second. Default 60 and 2: an office comes from one address. */
  readonly enrolBurst: number
  readonly enrolPerSecond: number
  /** Milliseconds that the request may take to come. Default 10,000. */
  readonly enrolMs: number
}

const LIMITS: ListenLimits = {
  handshakes: 512,
  handshakesPerAddress: 64,
  handshakeMs: HANDSHAKE_MS,
  enrolments: 128,
  enrolmentsPerAddress: 16,
  enrolBurst: 60,
  enrolPerSecond: 2,
  enrolMs: 10_000,
}

export interface ListenOptions {
  readonly host: string
  /** 0: any free port. */
  readonly port: number
  readonly identity: TlsIdentity
  readonly protocols: readonly PartProtocol[]
  /** Undefined: the member may come in. The certificate has been checked against the authority and its end, nothing else. */
  isValid(peer: MemberIdentity): Status | undefined
  /** A member with a certificate that counts, of the kind that the protocol is for. The socket is the callee's from here on. */
  onPart(
    protocol: Exclude<PartProtocol, 'enrol'>,
    socket: TLSSocket,
    peer: MemberIdentity,
    from: string,
  ): void
  onEnrol(request: EnrolRequest, from: string): Promise<EnrolReply>
  /** Somebody was not let in. It is told of each; whoever logs it bounds the log. */
  onRefused(address: string, status: Status): void
  readonly limits?: Partial<ListenLimits>
  /** Milliseconds since 1970, for texts. Default `Date.now`. */
  readonly now?: () => number
}

export interface PartListener extends AsyncDisposable {
  readonly address: string
  readonly port: number
  /** Handshakes that are not over. */
  readonly inHandshake: number
  /** Shows another certificate from now on; links that stand are as they were. */
  replace(identity: TlsIdentity): void
  /** Takes no new connections; those that stand go on. */
  stop(): void
}

const KIND_OF: Record<Exclude<PartProtocol, 'enrol'>, MemberIdentity['kind']> = {
  agent: 'agent',
  connector: 'connector',
  control: 'edge',
}

/** A connection before its handshake is over. */
interface Newcomer {
  readonly address: string
  readonly leave: () => void
  secure: boolean
  why: string
}

/**
 * Listens for members and for those who want to become one. The protocol (ALPN) says which; each member has to show a certificate of
 * the authority that is of the kind of its protocol and that {@link ListenOptions.isValid} lets in.
 * @throws {GatewayError} `GATEWAY_UNREACHABLE` when the address cannot be bound
 */
export async function listenForParts(options: ListenOptions): Promise<PartListener> {
  const { onRefused, onPart, isValid, onEnrol, now = Date.now } = options
  const limits = { ...LIMITS, ...options.limits }
  const handshakes = new Gate({ total: limits.handshakes, perAddress: limits.handshakesPerAddress })
  const enrolments = new Gate({ total: limits.enrolments, perAddress: limits.enrolmentsPerAddress })
  const rate = new AddressRate({ burst: limits.enrolBurst, perSecond: limits.enrolPerSecond })
  const offered = new Map(options.protocols.map(protocol => [ALPN[protocol] as string, protocol]))
  const newcomers = new Map<string, Newcomer>()
  const sockets = new Set<Socket>()
  let authority = new X509Certificate(options.identity.authority)

  const tls = createTlsServer({
    ...TLS_SETTINGS,
    ...contextOf(options.identity),
    requestCert: true,
    // Those who enrol have none yet; the others are looked at below, so that they can be told why.
    rejectUnauthorized: false,
    handshakeTimeout: limits.handshakeMs,
    ALPNCallback: ({ protocols }) => protocols.find(protocol => offered.has(protocol)),
  })
  tls.on('tlsClientError', (error, socket) => {
    const newcomer = newcomers.get(keyOf(socket))
    if (newcomer) newcomer.why = `No TLS connection was made: ${reasonOf(error)}.`
    socket.destroy()
  })
  tls.on('secureConnection', socket => {
    const newcomer = newcomers.get(keyOf(socket))
    if (!newcomer) return socket.destroy()
    newcomer.secure = true
    newcomer.leave()
    const protocol = offered.get(socket.alpnProtocol || '')
    if (protocol === undefined)
      refuse(socket, newcomer.address, 'It speaks no protocol of these parts (ALPN).')
    else if (protocol === 'enrol') enrol(socket, newcomer.address)
    else admit(protocol, socket, newcomer.address)
  })

  const server = createTcpServer({ noDelay: true }, socket => {
    const address = plainAddress(socket.remoteAddress)
    const leave = handshakes.enter(address)
    if (leave === undefined) {
      socket.resetAndDestroy()
      onRefused(address, { code: 'EDG_BUSY', text: 'Too many connections are in their handshake.' })
      return
    }
    const key = keyOf(socket)
    const newcomer: Newcomer = {
      address,
      leave,
      secure: false,
      why: 'It ended before the handshake was over.',
    }
    newcomers.set(key, newcomer)
    sockets.add(socket)
    socket.on('error', () => {})
    socket.once('close', () => {
      newcomers.delete(key)
      sockets.delete(socket)
      leave()
      if (!newcomer.secure) onRefused(address, { code: 'POL_HANDSHAKE', text: newcomer.why })
    })
    tls.emit('connection', socket)
  })

  const refuse = (socket: TLSSocket, address: string, text: string) => {
    socket.on('error', () => {})
    socket.destroy()
    onRefused(address, { code: 'POL_HANDSHAKE', text })
  }

  const enrol = (socket: TLSSocket, address: string) => {
    const leave = rate.take(address, performance.now()) ? enrolments.enter(address) : undefined
    if (leave === undefined) {
      const text = 'Too many enrolments and sign-ins come from that address.'
      sayLast(
        socket,
        lineOf({ type: 'refused', code: 'GATEWAY_UNREACHABLE', text: `${text} Try again in a minute.` }),
      )
      onRefused(address, { code: 'EDG_BUSY', text })
      return
    }
    void answerEnrol(
      socket,
      limits.enrolMs,
      request => onEnrol(request, address),
      status => onRefused(address, status),
    ).finally(leave)
  }

  const admit = (protocol: Exclude<PartProtocol, 'enrol'>, socket: TLSSocket, address: string) => {
    const verified = verifyPeer(socket, authority, now())
    if (!verified.peer) {
      const status: Status = { code: 'POL_CERTIFICATE', text: verified.text }
      if (verified.ours) refuseLink(socket, status)
      else socket.on('error', () => {}).destroy()
      onRefused(address, status)
      return
    }
    const { peer } = verified
    const status: Status | undefined =
      peer.kind === KIND_OF[protocol]
        ? isValid(peer)
        : {
            code: 'POL_CERTIFICATE',
            text: `The certificate is of kind ${peer.kind}, not ${KIND_OF[protocol]}.`,
          }
    if (status === undefined) return onPart(protocol, socket, peer, address)
    refuseLink(socket, status)
    onRefused(address, {
      ...status,
      text: `${status.text} (${peer.kind} ${peer.id}, certificate ${peer.serial})`,
    })
  }

  const bound = await listen(server, options.host, options.port)
  return {
    ...bound,
    get inHandshake() {
      return handshakes.inside
    },
    replace(identity) {
      tls.setSecureContext({ ...TLS_SETTINGS, ...contextOf(identity) })
      authority = new X509Certificate(identity.authority)
    },
    stop() {
      server.close()
    },
    async [Symbol.asyncDispose]() {
      const closed = new Promise<void>(resolve => server.close(() => resolve()))
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}

/** The chain has the authority itself: who enrols knows no more of it than its fingerprint. */
const contextOf = ({ key, certificate, authority }: TlsIdentity) => ({
  key,
  cert: `${certificate}\n${authority}`,
  ca: authority,
})

const keyOf = ({ remoteAddress, remotePort }: Pick<Socket, 'remoteAddress' | 'remotePort'>) =>
  `${remoteAddress} ${remotePort}`

function listen(server: Server, host: string, port: number): Promise<{ address: string; port: number }> {
  return new Promise((resolve, reject) => {
    server.once('error', cause => {
      const text = `The address ${host} port ${port} cannot be bound: ${cause.message}.`
      reject(new GatewayError('GATEWAY_UNREACHABLE', text, { cause }))
    })
    server.listen({ host, port }, () => {
      const bound = server.address()
      server.removeAllListeners('error').on('error', () => {})
      if (bound === null || typeof bound === 'string') reject(new Error('the listener has no address'))
      else resolve({ address: bound.address, port: bound.port })
    })
  })
}
