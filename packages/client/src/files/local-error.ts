import { FtpError } from '../errors.ts'

/** What the system's codes mean to the person whose file it is. */
const MEANINGS: Readonly<Record<string, string>> = {
  ENOENT: 'it does not exist',
  EACCES: 'this user may not',
  EPERM: 'this user may not',
  EISDIR: 'it is a folder',
  ENOTDIR: 'a part of its path is no folder',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the quota is used up',
  EROFS: 'the file system is read-only',
  EMFILE: 'this process has too many files open',
  ENAMETOOLONG: 'the name is too long for this file system',
  ELOOP: 'it is a link, which is not followed here',
  EEXIST: 'something of that name is there already',
  EFBIG: 'the file is too large for this file system',
}

/** The failure of something done to a local file, such as `write`. An {@link FtpError} is handed back as it is. */
export function localError(doing: string, path: string, error: unknown): FtpError {
  if (error instanceof FtpError) return error
  const code =
    error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
  const known = code === undefined ? undefined : MEANINGS[code]
  const why = known ?? (error instanceof Error ? error.message : String(error))
  return new FtpError('FTP_LOCAL', `Cannot ${doing} ${path}: ${why}.`, { phase: 'local', cause: error })
}
