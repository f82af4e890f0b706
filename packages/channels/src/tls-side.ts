import type { Duplex } from 'node:stream'
import { type SecureContext, TLSSocket } from 'node:tls'

/** Our side of TLS on a data connection: what `DataConnection.secure` needs of the session that it belongs to. */
export interface TlsSide {
  /** Which side of the handshake we do. The server is the server in active mode, too (RFC 4217 section 7). */
  readonly role: 'server' | 'client'
  /** Puts TLS on a connected stream. The handshake begins by itself. */
  wrap(stream: Duplex): TLSSocket
  /**
   * Judges the peer once the handshake is done, before a byte is moved. Absent: every peer is right.
   * @throws {ChannelError} `CHANNEL_TLS_HANDSHAKE` with what is wrong
   */
  verify?(stream: TLSSocket): void
}

/** The server's side, made from a secure context. Does not judge: that a data connection resumed is told by `DataTls.reused`. */
export function serverSide(context: SecureContext): TlsSide {
  return {
    role: 'server',
    wrap: stream => new TLSSocket(stream, { isServer: true, secureContext: context }),
  }
}
