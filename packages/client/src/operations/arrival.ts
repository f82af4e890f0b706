import { FtpError } from '../errors.ts'
import { checksumFile } from '../files/checksum.ts'
import type { RemoteChecksum } from './remote-checksum.ts'

/**
 * Compares what arrived with what the server has.
 *
 * @param path - the local file
 * @returns the failure when they differ
 */
export async function arrivedWrong(
  remote: string,
  theirs: RemoteChecksum,
  path: string,
  signal: AbortSignal,
): Promise<FtpError | undefined> {
  const ours = await checksumFile(path, theirs.algorithm, { signal })
  if (ours === theirs.hash) return undefined
  return new FtpError(
    'FTP_VERIFY',
    `The file ${remote} arrived with ${theirs.algorithm} ${ours}, and the server has ${theirs.hash}.`,
    { phase: 'completion', retryable: true },
  )
}
