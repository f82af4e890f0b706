/**
 * Why a data connection could not be had. Stable across releases:
 *
 * - `CHANNEL_SETTING`: a range, address or rule that cannot be used as it is written.
 * - `CHANNEL_NO_PORT`: every port of the range is taken for this client, for longer than the bounded wait.
 * - `CHANNEL_LISTEN`: the system refused to listen on a port of the range.
 * - `CHANNEL_ACCEPT_TIMEOUT`: nobody came to the passive port in time.
 * - `CHANNEL_REPLACED`: a newer PASV, EPSV, PORT or EPRT, or the end of the session, took its place.
 * - `CHANNEL_DIAL`: the peer refused, or did not answer in time.
 * - `CHANNEL_BOUNCE`: the address or port announced by the peer is not one we dial (RFC 2577 section 3).
 * - `CHANNEL_ADDRESS`: the address to tell the client cannot be found (a DNS name without an answer, no IPv4 address for PASV).
 * - `CHANNEL_TLS_HANDSHAKE`: the TLS handshake failed, or the peer's certificate is not accepted.
 * - `CHANNEL_PROXY_HEADER`: a PROXY protocol header that is missing, malformed or from a network that is not trusted.
 * - `CHANNEL_ABORTED`: the caller's signal ended the wait.
 */
export type ChannelErrorCode =
  | 'CHANNEL_SETTING'
  | 'CHANNEL_NO_PORT'
  | 'CHANNEL_LISTEN'
  | 'CHANNEL_ACCEPT_TIMEOUT'
  | 'CHANNEL_REPLACED'
  | 'CHANNEL_DIAL'
  | 'CHANNEL_BOUNCE'
  | 'CHANNEL_ADDRESS'
  | 'CHANNEL_TLS_HANDSHAKE'
  | 'CHANNEL_PROXY_HEADER'
  | 'CHANNEL_ABORTED'

/** A data connection could not be had. `message` is a sentence for the person at the other end and says what to do where that is known. */
export class ChannelError extends Error {
  override readonly name: string = 'ChannelError'
  readonly code: ChannelErrorCode

  constructor(code: ChannelErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
