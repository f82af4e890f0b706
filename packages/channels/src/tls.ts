import { randomBytes } from 'node:crypto'
import type { Socket } from 'node:net'
import { createSecureContext, type SecureContext, type SecureContextOptions, TLSSocket } from 'node:tls'
import { onAbort } from './deferred.ts'
import { ChannelError } from './errors.ts'

/** How a listener speaks TLS. */
export interface SessionTlsOptions {
  /** Key, certificate, versions, ciphers, CA: what `tls.createSecureContext` takes. */
  readonly contextOptions: SecureContextOptions
  /** Ask for a client certificate. Default false. */
  readonly requestCert?: boolean
  /** Refuse clients without a certificate that the CA signed. Default false. */
  readonly rejectUnauthorized?: boolean
}

/**
 * The TLS side of one control connection. Its ticket keys are its own, so that a data connection that resumes is proved
 * to come from the same client.
 */
export class SessionTls {
  readonly context: SecureContext
  readonly #options: SessionTlsOptions

  constructor(options: SessionTlsOptions) {
    this.#options = options
    this.context = createSecureContext({ ...options.contextOptions, ticketKeys: randomBytes(48) })
  }

  /** @throws {ChannelError} `CHANNEL_TLS_HANDSHAKE` */
  async wrapControl(socket: Socket, signal: AbortSignal): Promise<TLSSocket> {
    const tls = new TLSSocket(socket, {
      isServer: true,
      secureContext: this.context,
      requestCert: this.#options.requestCert ?? false,
      rejectUnauthorized: this.#options.rejectUnauthorized ?? false,
    })
    try {
      await new Promise<void>((resolve, reject) => {
        tls.once('secure', resolve)
        tls.once('error', reject)
        tls.once('close', () => reject(new Error('the peer closed the connection during the handshake')))
        onAbort(signal, () => reject(new Error('it took too long')))
      })
    } catch (error) {
      tls.destroy()
      const text = error instanceof Error ? error.message : String(error)
      throw new ChannelError('CHANNEL_TLS_HANDSHAKE', `the TLS handshake failed: ${text}`, { cause: error })
    }
    return tls
  }
}

/** CCC: ends TLS and goes on in the clear on the same connection. RFC 4217 section 12.3. */
export function unwrapControl(_socket: TLSSocket): Socket {
  throw new ChannelError('CHANNEL_TLS_HANDSHAKE', 'CCC is not there yet')
}
