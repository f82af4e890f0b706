/**
 * - `GATEWAY_INVITATION`: the text of an invitation is cut off or not one.
 * - `GATEWAY_ENROL_REFUSED`: the key or the certificate request was refused; the text says why as far as a stranger may know.
 * - `GATEWAY_SIGN_IN_REFUSED`: wrong name, password, code or token.
 * - `GATEWAY_CODE_NEEDED`: the second factor is needed.
 * - `GATEWAY_REVOKED`: this member was revoked: it enrols anew or not at all.
 * - `GATEWAY_UNREACHABLE`: no edge, or no controller, could be reached within its bound.
 * - `GATEWAY_PEER`: the other side is not what it has to be: its certificate, its role, its protocol.
 * - `GATEWAY_PROTOCOL`: the other side sent what is no valid frame or message.
 * - `GATEWAY_IDENTITY`: the folder with the certificate cannot be read, or does not fit.
 * - `GATEWAY_INTERCEPT`: interception cannot be set up on this machine.
 * - `GATEWAY_INVALID`: a segment, group, rule or publication that cannot work; `problems` has the fields.
 * - `GATEWAY_USED`: it is still used by others.
 * - `GATEWAY_MISSING`: there is no such thing.
 * - `GATEWAY_CLOSED`: it was stopped.
 */
export type GatewayErrorCode =
  | 'GATEWAY_INVITATION'
  | 'GATEWAY_ENROL_REFUSED'
  | 'GATEWAY_SIGN_IN_REFUSED'
  | 'GATEWAY_CODE_NEEDED'
  | 'GATEWAY_REVOKED'
  | 'GATEWAY_UNREACHABLE'
  | 'GATEWAY_PEER'
  | 'GATEWAY_PROTOCOL'
  | 'GATEWAY_IDENTITY'
  | 'GATEWAY_INTERCEPT'
  | 'GATEWAY_INVALID'
  | 'GATEWAY_USED'
  | 'GATEWAY_MISSING'
  | 'GATEWAY_CLOSED'

/** One mistake, or one thing worth knowing, of a value: `path` such as `ports[0].to`, empty for the whole. */
export interface Finding {
  readonly path: string
  readonly message: string
}

/** Every failure of this package that is thrown on purpose. How a stream ended is no error but a value. */
export class GatewayError extends Error {
  override readonly name = 'GatewayError'
  readonly code: GatewayErrorCode
  readonly problems: readonly Finding[]

  constructor(
    code: GatewayErrorCode,
    message: string,
    options: ErrorOptions & { problems?: readonly Finding[] } = {},
  ) {
    super(message, options)
    this.code = code
    this.problems = options.problems ?? []
  }
}
