import { constants } from 'node:os'
import { StorageError, type StorageErrorCode } from '../errors.ts'
import { failure } from '../failure.ts'

interface Meaning {
  readonly code: StorageErrorCode
  /** A sentence that says more than the usual one of the code. */
  readonly text?: string
}

const OPEN_FILES = 'The server has too many files open. Try again later.'

/** What the errors of POSIX mean for a client. What is absent is a failure of the disk. */
const MEANINGS: Readonly<Record<string, Meaning>> = {
  ENOENT: { code: 'STORAGE_NOT_FOUND' },
  EEXIST: { code: 'STORAGE_EXISTS' },
  ENOTEMPTY: { code: 'STORAGE_NOT_EMPTY' },
  EISDIR: { code: 'STORAGE_NOT_A_FILE', text: 'That is a folder.' },
  ENXIO: { code: 'STORAGE_NOT_A_FILE' },
  ENODEV: { code: 'STORAGE_NOT_A_FILE' },
  ENOTDIR: { code: 'STORAGE_NOT_A_FOLDER' },
  EACCES: { code: 'STORAGE_FORBIDDEN' },
  EPERM: { code: 'STORAGE_FORBIDDEN' },
  EROFS: { code: 'STORAGE_FORBIDDEN', text: "The server's volume is read-only." },
  ELOOP: { code: 'STORAGE_FORBIDDEN', text: 'Too many links follow one another.' },
  ENAMETOOLONG: { code: 'STORAGE_BAD_NAME', text: 'That name is too long. Choose a shorter one.' },
  EILSEQ: { code: 'STORAGE_BAD_NAME' },
  EINVAL: { code: 'STORAGE_BAD_NAME' },
  ERR_INVALID_ARG_VALUE: { code: 'STORAGE_BAD_NAME' },
  ETXTBSY: { code: 'STORAGE_BUSY', text: 'That is a program that is running. Try again later.' },
  EBUSY: { code: 'STORAGE_BUSY' },
  EAGAIN: { code: 'STORAGE_BUSY' },
  EMFILE: { code: 'STORAGE_BUSY', text: OPEN_FILES },
  ENFILE: { code: 'STORAGE_BUSY', text: OPEN_FILES },
  ENOSPC: { code: 'STORAGE_FULL' },
  EDQUOT: { code: 'STORAGE_FULL', text: "The server's disk quota is used up." },
  EFBIG: { code: 'STORAGE_TOO_LARGE' },
  EOVERFLOW: { code: 'STORAGE_TOO_LARGE' },
  EXDEV: { code: 'STORAGE_ACROSS' },
  ENOTSUP: { code: 'STORAGE_UNSUPPORTED' },
  EOPNOTSUPP: { code: 'STORAGE_UNSUPPORTED' },
  ENOSYS: { code: 'STORAGE_UNSUPPORTED' },
  ESTALE: { code: 'STORAGE_NOT_FOUND' },
}

// libuv has no name for these two: Node calls them `Unknown system error -122`.
const UNNAMED: ReadonlyMap<number, string> = new Map([
  [constants.errno.EDQUOT, 'EDQUOT'],
  [constants.errno.ESTALE, 'ESTALE'],
])

/** The name of a system error such as `ENOENT`; undefined for any other error. */
export function systemCode(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined
  const { code, errno } = error as NodeJS.ErrnoException
  return (errno !== undefined && UNNAMED.get(Math.abs(errno))) || code
}

/**
 * Turns what the system threw into a {@link StorageError}. Its message never holds a path of the host: the system's
 * own error, which does, stays behind as `cause`.
 */
export function fromSystem(error: unknown): StorageError {
  if (error instanceof StorageError) return error
  const name = systemCode(error)
  const meaning = name === undefined ? undefined : MEANINGS[name]
  if (meaning) return failure(meaning.code, meaning.text, { cause: error })
  const shown = name && /^E[A-Z0-9]+$/.test(name) ? ` (${name})` : ''
  return failure('STORAGE_FAILED', `The server's disk failed${shown}. Tell the administrator.`, {
    cause: error,
  })
}

/** Waits, and throws {@link StorageError}s only. */
export async function guarded<T>(work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    throw fromSystem(error)
  }
}
