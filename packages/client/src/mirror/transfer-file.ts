import { chmodSync } from 'node:fs'
import type { FtpClient } from '../client.ts'
import { FtpError } from '../errors.ts'
import { checksumFile } from '../files/checksum.ts'
import { localError } from '../files/local-error.ts'
import { onDisk } from '../files/local-path.ts'
import { modifiedOf } from '../operations/facts.ts'
import { remoteAlgorithms, remoteChecksum } from '../operations/remote-checksum.ts'
import type { MirrorSettings } from './options.ts'
import type { TreeEntry } from './tree.ts'

/** Uploads below this size are sent anew rather than continued. */
const RESUMED_FROM = 64 * 1024

/** One file to move. */
export interface FileMove {
  readonly client: FtpClient
  readonly settings: MirrorSettings
  /** Of the server. */
  readonly remote: string
  readonly local: string
  readonly source: TreeEntry
  readonly target: TreeEntry | undefined
  readonly signal: AbortSignal
  /** More files follow. */
  readonly more: boolean
  readonly onProgress: ((bytes: number, total: number | undefined) => void) | undefined
}

/** What moving a file came to. */
export interface Moved {
  readonly bytes: number
  readonly resumed: number
}

/** Fetches a file as its listing tells of it. A part that an earlier run has left is gone on with. */
export async function download(move: FileMove): Promise<Moved> {
  const { client, settings, remote, local, source, signal, more, onProgress } = move
  const { bytes, resumedAt } = await client.download(remote, local, {
    signal,
    more,
    keepTime: settings.keepTime,
    verify: settings.verify ?? 'size',
    ...(source.size !== undefined && { known: { size: source.size, modified: source.modified } }),
    ...(onProgress && { onProgress }),
  })
  if (settings.keepMode && source.mode !== undefined) {
    try {
      // Set-id bits of a stranger's choice stay out.
      chmodSync(onDisk(local), source.mode & 0o777)
    } catch (error) {
      throw localError('set the permissions of', local, error)
    }
  }
  return { bytes, resumed: resumedAt }
}

/** Sends a file. What an earlier run has sent of it is gone on with where it is certain that it is of this very file. */
export async function upload(move: FileMove): Promise<Moved> {
  const { client, settings, remote, local, source, signal, more, onProgress } = move
  const options = {
    signal,
    more,
    atomic: settings.atomic,
    keepTime: settings.keepTime,
    keepMode: settings.keepMode,
    ...(source.size !== undefined && { size: source.size }),
    ...(settings.verify && { verify: settings.verify }),
    ...(onProgress && { onProgress }),
  }
  const resume = resumes(move)
  const { bytes, resumedAt } = await client.upload(local, remote, { ...options, resume })
  const proved = settings.verify === 'checksum' || resumedAt === 0
  if (proved || !(await hasChecksums(move)) || (await sameChecksum(move)))
    return { bytes, resumed: resumedAt }
  const again = await client.upload(local, remote, options)
  return { bytes: again.bytes, resumed: 0 }
}

/**
 * Whether what the server has may be the beginning of this file: it is shorter, and was written after the file was changed
 * last. A part that is not shown yet has no time, and only a checksum of the whole tells then.
 */
function resumes({ source, target, client, settings }: FileMove): boolean {
  const { size = 0, modified } = source
  if (size < RESUMED_FROM || settings.compare === 'always') return false
  if (!target) return client.facts.features?.has('HASH') ?? false
  const begun = target.size !== undefined && target.size > 0 && target.size < size
  return begun && modified !== undefined && target.modified !== undefined && target.modified > modified
}

async function hasChecksums({ client, signal, remote }: FileMove): Promise<boolean> {
  return client.use(remote, signal, 'safe', async session => remoteAlgorithms(session).length > 0)
}

/** Whether both sides have the same bytes. @throws {FtpError} `FTP_UNSUPPORTED` where the server computes no checksum */
export async function sameChecksum({
  client,
  remote,
  local,
  signal,
}: Pick<FileMove, 'client' | 'remote' | 'local' | 'signal'>): Promise<boolean> {
  const theirs = await client.use(remote, signal, 'safe', session =>
    remoteChecksum(session, remote, undefined, signal),
  )
  try {
    return theirs.hash === (await checksumFile(local, theirs.algorithm, { signal }))
  } catch (error) {
    throw localError('read', local, error)
  }
}

/** The exact time of a remote file, where the server has MDTM: listings show minutes or days. */
export async function exactTime(
  client: FtpClient,
  remote: string,
  signal: AbortSignal,
): Promise<number | undefined> {
  return client.use(remote, signal, 'safe', async session =>
    session.has('MDTM') ? modifiedOf(session, remote, signal) : undefined,
  )
}

/** Failures after which every other file would fail as well. */
const FATAL = new Set(['FTP_CONNECT', 'FTP_GREETING', 'FTP_TLS', 'FTP_LOGIN', 'FTP_BUSY'])
const DISK_FULL = new Set(['ENOSPC', 'EDQUOT', 'EROFS'])

/** Whether a failure is not of this file alone. */
export function isFatal(error: FtpError): boolean {
  const { cause } = error
  if (error.code === 'FTP_LOCAL')
    return cause instanceof Error && 'code' in cause && DISK_FULL.has(String(cause.code))
  // A session that its server has ended can be had again; a client that was closed gives none.
  if (error.code === 'FTP_CLOSED') return !error.retryable
  return FATAL.has(error.code) || (error.code === 'FTP_DATA' && error.phase === 'data-connect')
}

/** Whether a failure is one of the connection, after all tries. */
export function isOfConnection(error: unknown): boolean {
  return (
    error instanceof FtpError &&
    (error.code === 'FTP_CLOSED' || error.code === 'FTP_TIMEOUT' || error.code === 'FTP_TRANSFER')
  )
}
