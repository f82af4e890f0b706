import { StorageError, type StorageErrorCode } from '@portolan/storage'
import { FileAccessError, type FileAccessErrorCode } from '../file-access.ts'
import type { Permission } from '../policy/permissions.ts'
import { QuotaExceeded } from '../policy/quota-gate.ts'

/** What a failure of the storage is to the web client. The one table of its kind. */
const STORAGE_CODES: Readonly<Record<StorageErrorCode, FileAccessErrorCode>> = {
  STORAGE_NOT_FOUND: 'FILE_MISSING',
  STORAGE_EXISTS: 'FILE_EXISTS',
  STORAGE_NOT_EMPTY: 'FILE_EXISTS',
  STORAGE_NOT_A_FILE: 'FILE_NAME',
  STORAGE_NOT_A_FOLDER: 'FILE_NAME',
  STORAGE_FORBIDDEN: 'FILE_DENIED',
  STORAGE_BAD_NAME: 'FILE_NAME',
  STORAGE_OUTSIDE: 'FILE_DENIED',
  STORAGE_BUSY: 'FILE_BUSY',
  STORAGE_FULL: 'FILE_FULL',
  STORAGE_TOO_LARGE: 'FILE_FULL',
  STORAGE_BAD_OFFSET: 'FILE_NAME',
  STORAGE_ACROSS: 'FILE_DENIED',
  STORAGE_UNSUPPORTED: 'FILE_FAILED',
  STORAGE_FAILED: 'FILE_FAILED',
}

/** The reply code that FTP would have given: transfers of both are counted by it. */
const REPLY_CODES: Readonly<Record<FileAccessErrorCode, number>> = {
  FILE_MISSING: 550,
  FILE_EXISTS: 550,
  FILE_DENIED: 550,
  FILE_NAME: 553,
  FILE_QUOTA: 552,
  FILE_FULL: 452,
  FILE_BUSY: 450,
  FILE_BROKEN: 426,
  FILE_FAILED: 451,
}

const ACTIONS: Readonly<Partial<Record<Permission, string>>> = {
  list: 'see what is in',
  read: 'download',
  write: 'upload to',
  delete: 'delete',
  rename: 'rename or move',
  makeFolder: 'make the folder',
  removeFolder: 'remove the folder',
}

/** Any failure as one of the web client. */
export function fileFailure(cause: unknown): FileAccessError {
  if (cause instanceof FileAccessError) return cause
  if (cause instanceof QuotaExceeded) return new FileAccessError('FILE_QUOTA', cause.message, { cause })
  if (cause instanceof StorageError) {
    return new FileAccessError(STORAGE_CODES[cause.code], cause.message, { cause })
  }
  if (cause instanceof DOMException && cause.name === 'TimeoutError') {
    return new FileAccessError('FILE_BUSY', 'That took too long and was left unfinished.', { cause })
  }
  const text = 'The server failed while it worked on this. The administrator can find the cause in the log.'
  return new FileAccessError('FILE_FAILED', text, { cause })
}

/** A permission is missing. */
export function denied(permission: Permission, path: string): FileAccessError {
  return new FileAccessError('FILE_DENIED', `You may not ${ACTIONS[permission] ?? permission} ${path}.`)
}

/** See {@link REPLY_CODES}. */
export function replyCode(error: FileAccessError): number {
  return REPLY_CODES[error.code]
}
