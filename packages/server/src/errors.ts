/**
 * Why the server cannot start, or cannot take new settings. Stable across releases:
 *
 * - `SERVER_LISTEN`: the address and port of a listener cannot be had.
 * - `SERVER_FOLDER`: a home or virtual folder is missing or cannot be entered.
 * - `SERVER_CERTIFICATE`: a certificate, key or CA file is missing, unreadable or does not fit.
 * - `SERVER_SETTING`: a setting that only the running server can judge, such as the key of a reply text.
 * - `SERVER_WORKER`: the worker processes do not come up.
 * - `SERVER_CLOSED`: the server was closed before or while this was asked.
 */
export type ServerErrorCode =
  | 'SERVER_LISTEN'
  | 'SERVER_FOLDER'
  | 'SERVER_CERTIFICATE'
  | 'SERVER_SETTING'
  | 'SERVER_WORKER'
  | 'SERVER_CLOSED'

/** The server cannot do what was asked. `message` is one line for the administrator. */
export class ServerError extends Error {
  override readonly name = 'ServerError'
  readonly code: ServerErrorCode

  constructor(code: ServerErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
