import type { FtpError, FtpErrorCode } from '@portolan/client'
import { UserError } from '../user-error.ts'

/** Exit codes of the commands of the client. */
export const CLIENT_EXIT = {
  done: 0,
  /** Some of it failed, or all of it for reasons of the files themselves. */
  failed: 1,
  /** A URL, flag or setting that cannot be used. */
  usage: 2,
  login: 3,
  /** No data connection, or one that broke. */
  data: 4,
  /** No control connection, or one that broke. */
  network: 5,
  /** Ctrl-C: 128 and the number of SIGINT. */
  interrupted: 130,
  /** SIGTERM, likewise. */
  terminated: 143,
} as const

/** What the help says of them. */
export const EXIT_HELP =
  'Exit codes: 0 done, 1 some failed, 2 usage, 3 login, 4 data connection, 5 network, 130 Ctrl-C.'

/** For `phase`, see {@link byPhase}. */
const BY_CODE: Readonly<Record<FtpErrorCode, number | 'phase'>> = {
  FTP_SETTING: CLIENT_EXIT.usage,
  FTP_CONNECT: CLIENT_EXIT.network,
  FTP_GREETING: CLIENT_EXIT.network,
  FTP_TLS: CLIENT_EXIT.network,
  FTP_LOGIN: CLIENT_EXIT.login,
  FTP_BUSY: CLIENT_EXIT.login,
  FTP_REPLY: 'phase',
  FTP_PROTOCOL: CLIENT_EXIT.network,
  FTP_TIMEOUT: 'phase',
  FTP_CLOSED: CLIENT_EXIT.network,
  FTP_DATA: CLIENT_EXIT.data,
  FTP_TRANSFER: CLIENT_EXIT.data,
  FTP_VERIFY: CLIENT_EXIT.failed,
  FTP_CHANGED: CLIENT_EXIT.failed,
  FTP_LOCAL: CLIENT_EXIT.failed,
  FTP_NAME: CLIENT_EXIT.failed,
  FTP_UNSUPPORTED: CLIENT_EXIT.failed,
  FTP_ABORTED: CLIENT_EXIT.interrupted,
}

const DATA_PHASES = new Set(['data-setup', 'data-connect', 'data-tls', 'transfer'])
/** RFC 959 section 4.2.1: cannot open data connection; connection closed, transfer aborted. */
const DATA_REPLIES = new Set([425, 426])

/** The exit code of a failure when nothing else went well. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof UserError) return CLIENT_EXIT.usage
  if (!isFtpError(error)) return CLIENT_EXIT.failed
  const code = BY_CODE[error.code]
  return code === 'phase' ? byPhase(error) : code
}

/** Of several: what all have in common, else that some failed. */
export function exitCodeOfRun(done: number, failures: readonly unknown[]): number {
  if (failures.length === 0) return CLIENT_EXIT.done
  const codes = new Set(failures.map(exitCodeOf))
  const [only] = codes
  return done > 0 || codes.size > 1 || only === undefined ? CLIENT_EXIT.failed : only
}

/** By its name, so that whoever has a failure need not load the client. */
export function isFtpError(error: unknown): error is FtpError {
  return error instanceof Error && error.name === 'FtpError'
}

function byPhase({ code, phase, reply }: FtpError): number {
  if (DATA_PHASES.has(phase) || (reply && DATA_REPLIES.has(reply.code))) return CLIENT_EXIT.data
  if (code === 'FTP_TIMEOUT') return CLIENT_EXIT.network
  return phase === 'login' ? CLIENT_EXIT.login : CLIENT_EXIT.failed
}
