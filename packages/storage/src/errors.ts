/** Why a file operation failed. Stable across releases. */
export type StorageErrorCode =
  | 'STORAGE_NOT_FOUND'
  | 'STORAGE_EXISTS'
  | 'STORAGE_NOT_EMPTY'
  | 'STORAGE_NOT_A_FILE'
  | 'STORAGE_NOT_A_FOLDER'
  | 'STORAGE_FORBIDDEN'
  | 'STORAGE_BAD_NAME'
  | 'STORAGE_OUTSIDE'
  | 'STORAGE_BUSY'
  | 'STORAGE_FULL'
  | 'STORAGE_TOO_LARGE'
  | 'STORAGE_BAD_OFFSET'
  | 'STORAGE_ACROSS'
  | 'STORAGE_UNSUPPORTED'
  | 'STORAGE_FAILED'

/** A file operation failed. `message` is a sentence without the path of the host's disk: it may go to the client. */
export class StorageError extends Error {
  override readonly name = 'StorageError'
  readonly code: StorageErrorCode

  constructor(code: StorageErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
