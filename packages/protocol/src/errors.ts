/**
 * What was wrong with a text of the protocol. Stable across releases:
 *
 * - `PROTOCOL_BAD_ARGUMENT`: an argument that its command does not allow (a server answers 501).
 * - `PROTOCOL_BAD_ADDRESS`: a text that is not an IP address literal.
 * - `PROTOCOL_UNSUPPORTED_FAMILY`: an address family that the form cannot hold or that is unknown (522, RFC 2428 section 2).
 * - `PROTOCOL_CONTROL_CHARACTER`: CR, LF or NUL where it would forge a second command.
 * - `PROTOCOL_BAD_REPLY`: the peer sent something that is not a reply, or a reply without what it has to say.
 * - `PROTOCOL_REPLY_TOO_LONG`: a reply beyond the bounds of its reader.
 * - `PROTOCOL_LISTING_TOO_LONG`: a listing beyond the bounds of its reader.
 */
export type ProtocolErrorCode =
  | 'PROTOCOL_BAD_ARGUMENT'
  | 'PROTOCOL_BAD_ADDRESS'
  | 'PROTOCOL_UNSUPPORTED_FAMILY'
  | 'PROTOCOL_CONTROL_CHARACTER'
  | 'PROTOCOL_BAD_REPLY'
  | 'PROTOCOL_REPLY_TOO_LONG'
  | 'PROTOCOL_LISTING_TOO_LONG'

/**
 * A text that breaks the protocol. `message` is a sentence for the person at the other end and says what is
 * allowed.
 */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError'
  readonly code: ProtocolErrorCode

  constructor(code: ProtocolErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

/** The argument of a command is not allowed. */
export function badArgument(message: string): ProtocolError {
  return new ProtocolError('PROTOCOL_BAD_ARGUMENT', message)
}
