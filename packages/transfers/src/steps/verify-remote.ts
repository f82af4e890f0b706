import { type FtpClient, FtpError } from '@portolan/client'
import { checksumOf } from '../files/checksum.ts'
import { lookAt } from '../files/remote-look.ts'

/** What is to be at the partner. */
export interface SentFile {
  /** At the partner. */
  readonly path: string
  /** On disk. */
  readonly local: string
  readonly size: number
  readonly by: 'checksum' | 'size'
}

/**
 * Compares what a partner has with the file that was sent: by its checksum where it computes one, else by its size.
 *
 * @returns the checksum, where there was one, as `SHA-256 2cf2...`
 * @throws {FtpError} `FTP_VERIFY` when they differ
 */
export async function verifySent(
  client: FtpClient,
  { path, local, size, by }: SentFile,
  signal: AbortSignal,
): Promise<string | undefined> {
  const theirs = by === 'checksum' ? await checksumAt(client, path, signal) : undefined
  if (theirs) {
    const ours = await checksumOf(local, theirs.algorithm, { size, signal })
    if (ours === theirs.hash) return `${theirs.algorithm} ${ours}`
    throw differs(`${path} has ${theirs.algorithm} ${theirs.hash} at the partner, and ${local} has ${ours}`)
  }
  const look = await lookAt(client, path, signal)
  if (look.there === 'no') throw differs(`${path} is not there although the partner has taken it`)
  if (look.there === 'yes' && look.size !== undefined && look.size !== size)
    throw differs(`${path} has ${look.size} bytes at the partner instead of ${size}`)
  return undefined
}

/** The checksum that a partner computes; undefined where it does not. */
export async function checksumAt(
  client: FtpClient,
  path: string,
  signal: AbortSignal,
): Promise<Awaited<ReturnType<FtpClient['checksum']>> | undefined> {
  try {
    return await client.checksum(path, undefined, { signal })
  } catch (error) {
    if (!(error instanceof FtpError)) throw error
    const cannot = error.code === 'FTP_UNSUPPORTED' || error.code === 'FTP_REPLY'
    if (cannot || (error.code === 'FTP_PROTOCOL' && error.phase === 'command')) return undefined
    throw error
  }
}

function differs(text: string): FtpError {
  return new FtpError('FTP_VERIFY', `The file ${text}.`, { phase: 'completion', retryable: true })
}
