import { StorageError, type StorageErrorCode } from './errors.ts'

/** What a client reads when nothing more exact is known. The one table of its kind. */
const TEXTS: Readonly<Record<StorageErrorCode, string>> = {
  STORAGE_NOT_FOUND: 'There is no file or folder of that name.',
  STORAGE_EXISTS: 'That name is taken. Choose another or remove it first.',
  STORAGE_NOT_EMPTY: 'The folder is not empty. Remove what is in it first.',
  STORAGE_NOT_A_FILE: 'That is not a file.',
  STORAGE_NOT_A_FOLDER: 'That is not a folder.',
  STORAGE_FORBIDDEN: "The server's file system does not allow that.",
  STORAGE_BAD_NAME: 'That name cannot be used. Choose another.',
  STORAGE_OUTSIDE: 'That link leads outside of the served files.',
  STORAGE_BUSY: 'That is in use. Try again later.',
  STORAGE_FULL: 'No space is left on the server.',
  STORAGE_TOO_LARGE: 'The file is larger than the server can hold.',
  STORAGE_BAD_OFFSET: 'There are not that many bytes to continue from. Ask for the size and start there.',
  STORAGE_ACROSS: 'That cannot be moved to another volume. Copy it and remove the old one.',
  STORAGE_UNSUPPORTED: "The server's file system cannot do that.",
  STORAGE_FAILED: "The server's disk failed. Tell the administrator.",
}

/** The error of a code, with its usual sentence unless a better one is given. */
export function failure(
  code: StorageErrorCode,
  text: string = TEXTS[code],
  options?: ErrorOptions,
): StorageError {
  return new StorageError(code, text, options)
}

/** Whether an error is a storage failure of that code. */
export function isFailure(error: unknown, code: StorageErrorCode): boolean {
  return error instanceof StorageError && error.code === code
}
