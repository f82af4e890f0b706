import { X509Certificate } from 'node:crypto'
import { isIP, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import {
  connect,
  createSecureContext,
  type SecureContext,
  type SecureContextOptions,
  type SecureVersion,
  type TLSSocket,
} from 'node:tls'
import { rememberLink } from './ccc.ts'
import { ControlLink } from './control-link.ts'
import { ChannelError } from './errors.ts'
import { handshake } from './handshake.ts'
import {
  adviceFor,
  CertificateError,
  certificateFacts,
  isPinned,
  type PeerCertificateFacts,
  parsePin,
  problemOf,
} from './peer-certificate.ts'
import { TicketQueue } from './ticket-queue.ts'
import type { TlsSide } from './tls-side.ts'

/**
 * The one identity under which control and data connections of one server are verified and resumed. Node drops a session
 * that is offered under another (CVE-2026-48934), so a data connection must not be wrapped under the address of PASV.
 */
export interface TlsIdentity {
  /** What was asked for: a name or an address literal. Of a literal it is what is verified. */
  readonly host: string
  /** The name that is sent (SNI, RFC 6066 section 3) and verified. Absent for literals, for which it is not allowed. */
  readonly servername?: string
}

/** How a client speaks TLS with one server. */
export interface ClientTlsOptions {
  /** The server, as the user names it: behind a proxy as well. */
  readonly host: string
  /** The name to send and to verify in place of `host`. */
  readonly servername?: string
  /** Authorities to trust, as PEM. Default: those of Node. */
  readonly ca?: string | Buffer | readonly (string | Buffer)[]
  /** The client's own certificate and key, as PEM, where the server asks for one. */
  readonly cert?: string | Buffer
  readonly key?: string | Buffer
  readonly passphrase?: string
  /** Accept only certificates that are valid for the server. Default true. */
  readonly verify?: boolean
  /**
   * SHA-256 of certificates or of public keys that are accepted, in one of the forms of `parsePin`. One that matches is
   * enough: authority, name and dates do not count then, and one that matches none is refused even when `verify` is false.
   */
  readonly pins?: readonly string[]
  /** Default: Node's, which is TLS 1.2. */
  readonly minVersion?: SecureVersion
  readonly maxVersion?: SecureVersion
  /** As OpenSSL lists them. */
  readonly ciphers?: string
  /** Resume the control connection's session on data connections, which many servers require. Default true. */
  readonly resume?: boolean
}

/**
 * The client's side of TLS towards one server: one for each control connection. Data connections are held to the same
 * identity, and resume the session of the control connection.
 */
export class ClientTls {
  readonly identity: TlsIdentity
  /** The side to hand to `DataConnection.secure`. */
  readonly data: TlsSide
  readonly #context: SecureContext
  readonly #verify: boolean
  readonly #pins: readonly Buffer[]
  readonly #resume: boolean
  #tickets = new TicketQueue()
  readonly #whenJudged = new WeakMap<TLSSocket, () => void>()
  #control: { readonly certificate: X509Certificate; readonly facts: PeerCertificateFacts } | undefined

  /** @throws {ChannelError} `CHANNEL_SETTING` for a CA, certificate, key, cipher or pin that cannot be used */
  constructor(options: ClientTlsOptions) {
    this.identity = identityOf(options)
    this.#verify = options.verify ?? true
    this.#pins = (options.pins ?? []).map(parsePin)
    this.#resume = options.resume ?? true
    this.#context = contextOf(options)
    this.data = {
      role: 'client',
      wrap: stream => this.#wrapData(stream),
      verify: stream => this.#judgeData(stream),
    }
  }

  /** The certificate of the control connection; undefined before its handshake is done. */
  get certificate(): PeerCertificateFacts | undefined {
    return this.#control?.facts
  }

  /** How many session tickets are left that were not used. */
  get tickets(): number {
    return this.#tickets.size
  }

  /**
   * Does the client's side of the handshake on a control connection, and judges the server's certificate. May be called
   * again for a new connection to the same server, whose tickets then replace the old ones.
   * @throws {ChannelError} `CHANNEL_TLS_HANDSHAKE` with what the server did, a {@link CertificateError} when it is the
   * certificate; the socket is closed then
   */
  async wrapControl(socket: Socket, signal: AbortSignal): Promise<TLSSocket> {
    const tickets = new TicketQueue()
    this.#tickets = new TicketQueue()
    this.#control = undefined
    const link = new ControlLink(socket)
    const tls = this.#connect(link)
    if (this.#resume) tls.on('session', ticket => tickets.add(ticket))
    try {
      await handshake(tls, { peer: 'server', signal, what: 'control connection' })
      this.#control = this.#judge(tls, 'control connection')
      this.#tickets = tickets
    } catch (error) {
      tls.destroy()
      throw error
    }
    rememberLink(tls, link)
    return tls
  }

  #wrapData(stream: Duplex): TLSSocket {
    if (!this.#resume) return this.#connect(stream)
    const tickets = this.#tickets
    const tls = this.#connect(stream, tickets.take())
    const keep = (ticket: Buffer) => {
      // A full handshake began a session of its own. A server that wants the control connection's would not know it.
      if (tls.isSessionReused() || tickets.size === 0) tickets.add(ticket)
    }
    // Who resumes a session is not judged again: those of somebody who was not judged yet must not get among ours.
    const early: Buffer[] = []
    const wait = (ticket: Buffer) => early.push(ticket)
    tls.on('session', wait)
    this.#whenJudged.set(tls, () => {
      tls.off('session', wait).on('session', keep)
      for (const ticket of early) keep(ticket)
    })
    return tls
  }

  #connect(stream: Duplex, session?: Buffer): TLSSocket {
    const tls = connect({
      socket: stream,
      ...this.identity,
      secureContext: this.#context,
      // Node would only destroy the socket. This way the certificate can be shown, and pins can be compared, before
      // anything is sent: see #judge, which nothing gets past.
      rejectUnauthorized: false,
      ...(session && { session }),
    })
    tls.on('error', ignore)
    return tls
  }

  #judgeData(tls: TLSSocket): void {
    // Whoever resumes knows the secret of a session that was judged when it was made. No certificate is shown then.
    if (!tls.isSessionReused()) {
      const { certificate } = this.#judge(tls, 'data connection')
      const vouched = this.#verify || this.#pins.length > 0
      // Nobody vouches for the server; it can be held to being the same one.
      if (!vouched && this.#control && !certificate.raw.equals(this.#control.certificate.raw)) {
        throw this.#refused('CERT_DIFFERS', certificateFacts(certificate), 'data connection')
      }
    }
    this.#whenJudged.get(tls)?.()
  }

  #judge(tls: TLSSocket, what: string): { certificate: X509Certificate; facts: PeerCertificateFacts } {
    const certificate = tls.getPeerX509Certificate()
    if (!certificate && tls.destroyed) {
      throw new ChannelError(
        'CHANNEL_TLS_HANDSHAKE',
        `the TLS handshake of the ${what} failed: the server closed the connection as soon as it was done`,
      )
    }
    if (!certificate) {
      const problem = { code: 'NO_CERTIFICATE', text: 'the server showed none' }
      throw new CertificateError(`the ${what} is not under TLS as it should be: ${problem.text}`, problem)
    }
    const bare = certificateFacts(certificate)
    const code = tls.authorized ? undefined : codeOf(tls.authorizationError)
    const problem = code === undefined ? undefined : problemOf(code, this.#name, bare)
    const facts = { ...bare, ...(problem && { problem }) }
    if (this.#pins.length > 0) {
      if (!isPinned(certificate, this.#pins)) throw this.#refused('PIN_MISMATCH', bare, what)
    } else if (this.#verify && code !== undefined) {
      throw this.#refused(code, bare, what)
    }
    return { certificate, facts }
  }

  #refused(code: string, bare: PeerCertificateFacts, what: string): CertificateError {
    const problem = problemOf(code, this.#name, bare)
    return new CertificateError(
      `the certificate of the server is not accepted on the ${what}: ${problem.text}; ${adviceFor(code, bare)}`,
      problem,
      { ...bare, problem },
    )
  }

  /** What the certificate has to be for. */
  get #name(): string {
    return this.identity.servername ?? this.identity.host
  }
}

function identityOf({ host, servername }: ClientTlsOptions): TlsIdentity {
  // The dot that ends a full name is no part of the name in TLS.
  const name = (servername ?? host).replace(/\.$/, '')
  return Object.freeze({
    host: isIP(name) === 0 ? host : name,
    ...(isIP(name) === 0 && { servername: name }),
  })
}

function contextOf(options: ClientTlsOptions): SecureContext {
  const { ca, cert, key, passphrase, minVersion, maxVersion, ciphers } = options
  const contextOptions: SecureContextOptions = {
    ...(ca !== undefined && { ca: typeof ca === 'string' || Buffer.isBuffer(ca) ? ca : [...ca] }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
    ...(passphrase !== undefined && { passphrase }),
    ...(minVersion !== undefined && { minVersion }),
    ...(maxVersion !== undefined && { maxVersion }),
    ...(ciphers !== undefined && { ciphers }),
  }
  try {
    // A file that holds no certificate is passed over by Node: no server would be trusted, and nobody would know why.
    for (const one of [contextOptions.ca ?? []].flat()) new X509Certificate(one)
    return createSecureContext(contextOptions)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new ChannelError(
      'CHANNEL_SETTING',
      `the CA, certificate, key, versions or ciphers for TLS cannot be used: ${why}`,
      { cause: error },
    )
  }
}

/** Node keeps the code as a text, whatever the types say; when nothing can be said of it, it is wrong all the same. */
function codeOf(error: unknown): string {
  if (typeof error === 'string') return error
  if (error instanceof Error) return 'code' in error ? String(error.code) : error.message
  return 'UNVERIFIED'
}

function ignore(): void {}
