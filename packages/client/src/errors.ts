import type { Because } from '@portolan/channels'
import type { Reply } from '@portolan/protocol'

/**
 * Why something failed. Stable across releases:
 *
 * - `FTP_SETTING`: an option, URL or argument that cannot be used as it is written.
 * - `FTP_CONNECT`: the control connection could not be made; `cause` is a `DialError` that says how it failed.
 * - `FTP_GREETING`: something answered, but not with the 220 of an FTP server.
 * - `FTP_TLS`: TLS of the control connection was refused or failed.
 * - `FTP_LOGIN`: user, password or account were not accepted.
 * - `FTP_REPLY`: the server refused a command.
 * - `FTP_PROTOCOL`: the server broke the protocol; the control connection is closed.
 * - `FTP_TIMEOUT`: a named timer ran out; the control connection is closed.
 * - `FTP_CLOSED`: the server ended the control connection.
 * - `FTP_DATA`: no data connection could be had; `rungs` says what was tried and why each was left.
 * - `FTP_TRANSFER`: the data connection broke before its end.
 * - `FTP_VERIFY`: what arrived is not what was sent (size or checksum).
 * - `FTP_CHANGED`: the file changed while it was transferred.
 * - `FTP_LOCAL`: a local file could not be read or written; `cause` is the system's error.
 * - `FTP_NAME`: a name from the server that would lead outside the target folder, or cannot be a file's name here.
 * - `FTP_UNSUPPORTED`: the server lacks what was asked for.
 * - `FTP_BUSY`: the server allows no more sessions.
 * - `FTP_ABORTED`: the caller's signal ended it.
 */
export type FtpErrorCode =
  | 'FTP_SETTING'
  | 'FTP_CONNECT'
  | 'FTP_GREETING'
  | 'FTP_TLS'
  | 'FTP_LOGIN'
  | 'FTP_REPLY'
  | 'FTP_PROTOCOL'
  | 'FTP_TIMEOUT'
  | 'FTP_CLOSED'
  | 'FTP_DATA'
  | 'FTP_TRANSFER'
  | 'FTP_VERIFY'
  | 'FTP_CHANGED'
  | 'FTP_LOCAL'
  | 'FTP_NAME'
  | 'FTP_UNSUPPORTED'
  | 'FTP_BUSY'
  | 'FTP_ABORTED'

/** Where in the life of a connection something failed. */
export type Phase =
  | 'settings'
  | 'connect'
  | 'greeting'
  | 'tls'
  | 'login'
  | 'command'
  | 'data-setup'
  | 'data-connect'
  | 'data-tls'
  | 'transfer'
  | 'completion'
  | 'local'

/** One rung of the mode ladder that was left, and why. */
export interface LeftRung {
  readonly rung: Rung
  readonly because: Because
}

/** The ways to a data connection, in the order of the ladder. */
export type Rung = 'EPSV' | 'PASV' | 'EPRT' | 'PORT'

/** What is known of a failure besides its sentence. */
export interface FtpErrorFacts extends ErrorOptions {
  readonly phase: Phase
  /** The command in flight, without its argument when that is secret. */
  readonly command?: string | undefined
  readonly reply?: Reply | undefined
  /** Whether the same may succeed when it is tried again. Default false. */
  readonly retryable?: boolean
  /** What to change, as a sentence. */
  readonly hint?: string | undefined
  readonly rungs?: readonly LeftRung[]
}

/** Every failure that the client throws on purpose. `message` is a sentence for people, `code` is for programs. */
export class FtpError extends Error {
  override readonly name = 'FtpError'
  readonly code: FtpErrorCode
  readonly phase: Phase
  /** The command that failed, such as `RETR report.pdf`; never a password. */
  readonly command: string | undefined
  /** The server's reply, where it was the failure or explains it. */
  readonly reply: Reply | undefined
  /** Whether trying again can help: broken connections, time-outs, 4yz replies. */
  readonly retryable: boolean
  readonly hint: string | undefined
  /** With `FTP_DATA`: the rungs of the ladder that were left. */
  readonly rungs: readonly LeftRung[]

  constructor(code: FtpErrorCode, message: string, facts: FtpErrorFacts) {
    super(sentence(message), facts.cause === undefined ? undefined : { cause: facts.cause })
    this.code = code
    this.phase = facts.phase
    this.command = facts.command
    this.reply = facts.reply
    this.retryable = facts.retryable ?? false
    this.hint = facts.hint
    this.rungs = facts.rungs ?? []
  }
}

/** A text as a sentence: a capital letter, and one full stop whatever a quoted reply ended with. */
function sentence(text: string): string {
  const trimmed = text.trimEnd().replace(/[.\s]+$/, '')
  const ended = /[!?:]$/.test(trimmed) ? trimmed : `${trimmed}.`
  // A command or a path keeps its own first letter.
  return /^[a-z]+ /.test(ended) ? ended.charAt(0).toUpperCase() + ended.slice(1) : ended
}

/**
 * The server refused a command. A 4yz may be tried again, a 5yz may not (RFC 959 section 4.2). 421 is no refusal: the
 * server ends the session, whatever was asked (section 5.4).
 */
export function replyError(command: string, reply: Reply, phase: Phase = 'command'): FtpError {
  const code = reply.code === 421 ? 'FTP_CLOSED' : 'FTP_REPLY'
  return new FtpError(code, `${command} was refused: ${replyText(reply)}`, {
    phase,
    command,
    reply,
    retryable: reply.code >= 400 && reply.code < 500,
  })
}

/** Whether a server has no REST: what it was to go on with has to begin anew. */
export function isRestartRefused(error: unknown): boolean {
  if (!(error instanceof FtpError) || error.code !== 'FTP_REPLY') return false
  return (error.command?.startsWith('REST ') ?? false) && (error.reply?.code ?? 0) >= 500
}

/** A reply as a person reads it: `550 No such file.`; several lines are joined. */
export function replyText({ code, lines }: Reply): string {
  const text = lines
    .map(line => line.trim())
    .filter(line => line !== '')
    .join(' ')
  return text === '' ? `${code}` : `${code} ${text.length > 300 ? `${text.slice(0, 300)}...` : text}`
}

/** The failure of an operation that its caller's signal ended. */
export function aborted(phase: Phase, signal: AbortSignal): FtpError {
  const reason: unknown = signal.reason
  if (reason instanceof FtpError) return reason
  const why = reason instanceof Error && reason.name === 'TimeoutError' ? 'it took too long' : 'it was ended'
  return new FtpError('FTP_ABORTED', `The operation did not finish: ${why}.`, { phase, cause: reason })
}
