import { statfsSync } from 'node:fs'
import { StoreError } from '../errors.ts'

/** Below this many free blocks a failed write is taken for a full disk: SQLite says "disk I/O error" for some. */
const FEW_BLOCKS = 16

/** The error of the store for one of SQLite. `file` is the database's. */
export function sqliteError(error: unknown, file: string): StoreError {
  if (error instanceof StoreError) return error
  const code = codeOf(error)
  const reason = error instanceof Error ? error.message : String(error)
  const options = { cause: error }
  if (code.startsWith('SQLITE_FULL') || (code.startsWith('SQLITE_IOERR') && isFull(file))) {
    return new StoreError(
      'STORE_FULL',
      `the disk of ${file} is full; nothing was written. Make room on it, then try again`,
      options,
    )
  }
  if (isBusy(error)) {
    return new StoreError(
      'STORE_UNAVAILABLE',
      `${file} is being written by another process, which does not come to an end; try again`,
      options,
    )
  }
  if (code.startsWith('SQLITE_CORRUPT') || code.startsWith('SQLITE_NOTADB')) {
    return new StoreError(
      'STORE_CORRUPT',
      `${file} is damaged or is no database (${reason}); put it aside and restore a backup with portolan restore`,
      options,
    )
  }
  if (/^SQLITE_(CANTOPEN|READONLY|PERM|AUTH)/.test(code)) {
    return new StoreError(
      'STORE_FOLDER',
      `${file} cannot be opened for writing (${reason}); give it, and its folder, to the user that portolan runs as`,
      options,
    )
  }
  return new StoreError('STORE_UNAVAILABLE', `${file}: ${reason}`, options)
}

/** Whether another connection holds the lock that was asked for. */
export const isBusy = (error: unknown): boolean => /^SQLITE_(BUSY|LOCKED)/.test(codeOf(error))

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
}

function isFull(file: string): boolean {
  try {
    return statfsSync(file).bavail < FEW_BLOCKS
  } catch {
    return false
  }
}
