import { randomBytes } from 'node:crypto'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { createSecureContext, type SecureContext, type SecureContextOptions, TLSSocket } from 'node:tls'
import { rememberLink } from './ccc.ts'
import { ControlLink } from './control-link.ts'
import { ChannelError } from './errors.ts'
import { handshake } from './handshake.ts'
import { serverSide, type TlsSide } from './tls-side.ts'

/** How a listener speaks TLS. */
export interface SessionTlsOptions {
  /** Key, certificate, versions, ciphers, CA of client certificates: what `tls.createSecureContext` takes. */
  readonly contextOptions: SecureContextOptions
  /** Ask for a client certificate. `authorized` of the socket says whether the CA signed it. Default false. */
  readonly requestCert?: boolean
  /** Refuse clients without a certificate that the CA signed. Default false. */
  readonly rejectUnauthorized?: boolean
}

/**
 * The TLS side of one control connection. Its ticket keys are its own, so that a data connection that resumes is proved
 * to come from the same client, in TLS 1.2 and 1.3, as often as the client likes. Costs about 30 KB and 0.2 ms.
 */
export class SessionTls implements TlsSide {
  readonly role = 'server'
  readonly #context: SecureContext
  readonly #options: SessionTlsOptions

  /** @throws {Error} of OpenSSL when the key or the certificate cannot be used */
  constructor(options: SessionTlsOptions) {
    this.#options = options
    this.#context = createSecureContext({
      // Without an own list, Node loads the CAs of the whole web: none of them may vouch for a client here.
      ca: [],
      ...options.contextOptions,
      ticketKeys: randomBytes(48),
      // OpenSSL refuses to resume a session that was made with a client certificate when it has no context.
      sessionIdContext: 'ftp',
    })
  }

  /** For the data connections of the session: the same tickets, no client certificate. */
  wrap(stream: Duplex): TLSSocket {
    return serverSide(this.#context).wrap(stream)
  }

  /**
   * Does the server's side of the handshake on a control connection. Bytes that the socket has read already and nobody
   * has taken are the first of TLS.
   * @throws {ChannelError} `CHANNEL_TLS_HANDSHAKE` with what the client did; the socket is closed then
   */
  async wrapControl(socket: Socket, signal: AbortSignal): Promise<TLSSocket> {
    const { requestCert = false, rejectUnauthorized = false } = this.#options
    const link = new ControlLink(socket)
    const tls = new TLSSocket(link, {
      isServer: true,
      secureContext: this.#context,
      requestCert: requestCert || rejectUnauthorized,
      rejectUnauthorized,
    })
    tls.on('error', ignore)
    try {
      await handshake(tls, { peer: 'client', signal, what: 'control connection' })
      if (requestCert || rejectUnauthorized) judgeCertificate(tls, rejectUnauthorized)
    } catch (error) {
      tls.destroy()
      throw error
    }
    rememberLink(tls, link)
    return tls
  }
}

/** tls.Server does this for its own sockets only: without it every certificate would do. */
function judgeCertificate(tls: TLSSocket, required: boolean): void {
  const problem = verifyError(tls)
  tls.authorized = problem === undefined
  const sent = Object.keys(tls.getPeerCertificate()).length > 0
  if (!problem || (!required && !sent)) return
  throw new ChannelError(
    'CHANNEL_TLS_HANDSHAKE',
    `the TLS handshake of the control connection failed: the client’s certificate is not accepted: ${problem} (setting tls.clientCertificates)`,
  )
}

/** What OpenSSL found wrong with the peer's certificate. Node has no public name for it; not being able to ask counts as wrong. */
function verifyError(tls: TLSSocket): string | undefined {
  const ssl: unknown = Reflect.get(tls, 'ssl')
  if (typeof ssl !== 'object' || ssl === null || !('verifyError' in ssl)) return 'it cannot be verified'
  if (typeof ssl.verifyError !== 'function') return 'it cannot be verified'
  const problem: unknown = ssl.verifyError()
  if (problem === null || problem === undefined) return undefined
  return problem instanceof Error ? problem.message : String(problem)
}

function ignore(): void {}
