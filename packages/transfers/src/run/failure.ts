import { DialError } from '@portolan/channels'
import { FtpError, type FtpErrorCode } from '@portolan/client'
import { StoreError } from '@portolan/store'
import { TransferError } from '../errors.ts'

/**
 * Why a run could not do something, where no other package says it. Stable across releases:
 *
 * - `RUN_EXISTS`: the final name is taken, and the step says that it must not be.
 * - `RUN_SOURCE_GONE`: the file that was to be moved is not there.
 * - `RUN_SOURCE_CHANGED`: the file changed again and again while it was moved.
 * - `RUN_PLACE`: a place of this server cannot be used: its user, folder or permission is not there.
 * - `RUN_NAME`: a name that leads out of its folder, or cannot be a file's name.
 * - `RUN_TOO_MANY`: more files than one run takes.
 * - `RUN_WEBHOOK`, `RUN_MAIL`, `RUN_PROGRAM`: the step of that name did not succeed.
 * - `RUN_BROKEN`: an error that nobody foresaw.
 */
export type RunErrorCode =
  | 'RUN_EXISTS'
  | 'RUN_SOURCE_GONE'
  | 'RUN_SOURCE_CHANGED'
  | 'RUN_PLACE'
  | 'RUN_NAME'
  | 'RUN_TOO_MANY'
  | 'RUN_WEBHOOK'
  | 'RUN_MAIL'
  | 'RUN_PROGRAM'
  | 'RUN_BROKEN'

/** A failure of a run. */
export class RunError extends Error {
  override readonly name = 'RunError'
  readonly code: RunErrorCode
  /** Whether the same may succeed later. */
  readonly transient: boolean

  constructor(
    code: RunErrorCode,
    message: string,
    options: ErrorOptions & { readonly transient?: boolean } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.transient = options.transient ?? false
  }
}

/** Some files of a step failed; `code` is that of the failure that decides. */
export class FilesFailed extends Error {
  override readonly name = 'FilesFailed'
  readonly code: string
  readonly transient: boolean

  constructor(code: string, message: string, transient: boolean, cause: unknown) {
    super(message, { cause })
    this.code = code
    this.transient = transient
  }
}

/** What a failure means to its run. */
export interface Failure {
  readonly code: string
  readonly text: string
  /** Trying again later can help. */
  readonly transient: boolean
  /** `file`: the next file may succeed all the same; `all`: nothing of this step will now. */
  readonly reach: 'file' | 'all'
}

/** These pass: the partner or the way to it is not as it is meant to be. */
const PASSING: ReadonlySet<FtpErrorCode> = new Set([
  'FTP_CONNECT',
  'FTP_GREETING',
  'FTP_PROTOCOL',
  'FTP_TIMEOUT',
  'FTP_CLOSED',
  'FTP_DATA',
  'FTP_TRANSFER',
  'FTP_VERIFY',
  'FTP_CHANGED',
  'FTP_BUSY',
  'FTP_ABORTED',
])

/** About one file, not about the partner. */
const OF_ONE_FILE: ReadonlySet<string> = new Set([
  'FTP_REPLY',
  'FTP_VERIFY',
  'FTP_CHANGED',
  'FTP_NAME',
  'RUN_EXISTS',
  'RUN_SOURCE_GONE',
  'RUN_SOURCE_CHANGED',
  'RUN_NAME',
])

/** What the system says of a state that passes: no room, no handles, a disk that does not answer. */
const PASSING_ERRNO: ReadonlySet<string> = new Set([
  'ENOSPC',
  'EDQUOT',
  'EMFILE',
  'ENFILE',
  'EAGAIN',
  'EBUSY',
  'EIO',
  'ESTALE',
  'ETIMEDOUT',
  'ENOMEM',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENETDOWN',
])

/** Tells transient from permanent, by code. */
export function failureOf(error: unknown): Failure {
  if (error instanceof FtpError) return ofPartner(error)
  if (error instanceof RunError) {
    const { code, message, transient } = error
    return { code, text: message, transient, reach: reachOf(code) }
  }
  if (error instanceof FilesFailed) {
    const { code, message, transient } = error
    return { code, text: message, transient, reach: 'file' }
  }
  if (error instanceof TransferError) {
    return { code: error.code, text: error.message, transient: false, reach: 'all' }
  }
  if (error instanceof StoreError) {
    const transient = error.code === 'STORE_UNAVAILABLE' || error.code === 'STORE_FULL'
    return { code: error.code, text: error.message, transient, reach: 'all' }
  }
  const errno = errnoOf(error)
  const text = error instanceof Error ? error.message : String(error)
  if (errno !== undefined)
    return { code: errno, text, transient: PASSING_ERRNO.has(errno), reach: reachOfErrno(errno) }
  return { code: 'RUN_BROKEN', text, transient: true, reach: 'all' }
}

function ofPartner(error: FtpError): Failure {
  const text = error.hint === undefined ? error.message : `${error.message} ${error.hint}`
  const errno = error.code === 'FTP_LOCAL' ? errnoOf(error.cause) : undefined
  if (errno !== undefined)
    return { code: error.code, text, transient: PASSING_ERRNO.has(errno), reach: reachOfErrno(errno) }
  return { code: error.code, text, transient: passes(error), reach: reachOf(error.code) }
}

function passes({ code, reply, retryable, cause }: FtpError): boolean {
  if (code === 'FTP_CONNECT') return !(cause instanceof DialError && cause.outcome === 'forbidden')
  // 552: RFC 959 calls it permanent, and means a quota or a disk that somebody may make room on.
  if (code === 'FTP_REPLY') return retryable || reply?.code === 552
  return retryable || PASSING.has(code)
}

const reachOf = (code: string) => (OF_ONE_FILE.has(code) ? 'file' : 'all')
const reachOfErrno = (errno: string) =>
  ['ENOENT', 'EACCES', 'EPERM', 'EISDIR'].includes(errno) ? 'file' : 'all'

function errnoOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return undefined
  return /^E[A-Z0-9]+$/.test(error.code) ? error.code : undefined
}
