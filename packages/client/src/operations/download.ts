import { rm } from 'node:fs/promises'
import type { ByteSink, Throttle } from '@portolan/channels'
import { AsciiDecoder, type HashAlgorithm } from '@portolan/protocol'
import { FtpError, isRestartRefused } from '../errors.ts'
import { PartFile } from '../files/part-file.ts'
import type { Session } from '../session/session.ts'
import type { Transferred } from '../transfer/order.ts'
import { runTransfer } from '../transfer/transfer.ts'
import { arrivedWrong } from './arrival.ts'
import { modifiedOf, sizeOf, statPath } from './facts.ts'
import { remoteChecksum } from './remote-checksum.ts'

/** What is known of the remote file before it is fetched. */
export interface KnownFile {
  /** Bytes. */
  readonly size?: number | undefined
  /** Milliseconds since 1970, UTC. */
  readonly modified?: number | undefined
}

/** How a download is done. */
export interface DownloadOptions {
  readonly signal?: AbortSignal
  /** `ascii` turns CRLF into LF; nothing can be resumed or compared then. Default `binary`. */
  readonly type?: 'binary' | 'ascii'
  /** What a listing said; spares the questions. Default: asked by MLST, or SIZE and MDTM. */
  readonly known?: KnownFile
  /** Go on where an earlier download of the same version ended. Default true. */
  readonly resume?: boolean
  /** Compare with the server's checksum, the size, or nothing. Default `size`. */
  readonly verify?: 'checksum' | 'size' | 'none'
  /** Give the local file the remote one's time. Default true. */
  readonly keepTime?: boolean
  /** Connections that fetch one part each, for files of at least 8 MiB. Default 1. */
  readonly segments?: number
  /** Another transfer follows: its data connection may be asked for ahead. */
  readonly more?: boolean
  /** Told the bytes that are there, and those there will be. */
  readonly onProgress?: (bytes: number, total: number | undefined) => void
}

/** What a download was. */
export interface DownloadResult {
  /** Of the whole file. */
  readonly bytes: number
  /** Of which were there before. */
  readonly resumedAt: number
  readonly modified: number | undefined
  readonly end: Transferred['end']
  readonly checksum?: { readonly algorithm: HashAlgorithm; readonly hash: string }
}

/** What one try of a download to a file has. */
export interface FileDownload {
  readonly session: Session
  readonly remote: string
  readonly local: string
  readonly options: DownloadOptions
  readonly throttle: Throttle | undefined
  readonly signal: AbortSignal
  /** The parts that earlier tries of this download have left. */
  readonly parts: Set<string>
}

/** Size and time of a remote file as far as the server tells. @throws {FtpError} `FTP_REPLY` when it does not exist */
export async function learnFile(session: Session, remote: string, signal: AbortSignal): Promise<KnownFile> {
  if (session.has('MLST')) {
    const { kind, size, modified } = await statPath(session, remote, signal)
    if (kind === 'folder')
      throw new FtpError('FTP_REPLY', `The path ${remote} is a folder: mirror fetches folders.`, {
        phase: 'command',
      })
    return { size, modified }
  }
  const size = await sizeOf(session, remote, signal)
  return { size, modified: size === undefined ? undefined : await modifiedOf(session, remote, signal) }
}

/**
 * One try at fetching a file. What arrived is kept beside the name for the next try, also when this one fails; the name
 * shows the file once it is whole and verified.
 */
export async function downloadToFile(download: FileDownload): Promise<DownloadResult> {
  const { session, remote, local, options, signal } = download
  const ascii = options.type === 'ascii'
  const known = options.known ?? (await learnFile(session, remote, signal))
  const expected = ascii ? undefined : known.size
  await using part = await PartFile.open({
    path: local,
    version: ascii ? undefined : versionOf(known),
    resume: options.resume ?? true,
    expected,
  })
  await dropOthers(download.parts, part.partPath)
  const { end, resumedAt } = await fetchRest(download, { part, expected, ascii })
  const bytes = part.position
  if (expected !== undefined && bytes !== expected) {
    await part.restart()
    const text = `The file ${remote} had ${expected} bytes, and ${bytes} arrived: it changed meanwhile.`
    throw new FtpError('FTP_CHANGED', text, { phase: 'completion', retryable: true })
  }
  const checksum = options.verify === 'checksum' ? await verify(download, part) : undefined
  await part.publish((options.keepTime ?? true) ? known.modified : undefined)
  return { bytes, resumedAt, modified: known.modified, end, ...(checksum && { checksum }) }
}

/** The file became another between two tries: nobody needs what was fetched of the old one. */
async function dropOthers(parts: Set<string>, mine: string): Promise<void> {
  for (const path of parts) if (path !== mine) await rm(path, { force: true })
  parts.clear()
  parts.add(mine)
}

interface Rest {
  readonly part: PartFile
  readonly expected: number | undefined
  readonly ascii: boolean
}

/** Fetches what the part does not have yet; all of it from a server that cannot begin in the middle. */
async function fetchRest(
  download: FileDownload,
  rest: Rest,
): Promise<{ readonly end: Transferred['end']; readonly resumedAt: number }> {
  const { session, remote } = download
  const { part, expected } = rest
  const resumedAt = part.position
  if (resumedAt > 0)
    session.decide('resume', {
      code: 'resume-download',
      text: `${resumedAt} bytes of ${remote} are there: the download goes on from byte ${resumedAt}.`,
    })
  if (expected !== undefined && expected > 0 && resumedAt === expected) return { end: 'proved', resumedAt }
  try {
    return { end: await fetchFrom(download, rest, resumedAt), resumedAt }
  } catch (error) {
    if (error instanceof FtpError && error.code === 'FTP_CHANGED') await part.restart()
    if (resumedAt === 0 || !isRestartRefused(error)) throw error
    session.decide('resume', {
      code: 'restart-refused',
      text: `The file ${remote} is fetched anew: the server has no REST.`,
    })
    await part.restart()
    return { end: await fetchFrom(download, rest, 0), resumedAt: 0 }
  }
}

async function fetchFrom(
  { session, remote, options, throttle, signal }: FileDownload,
  { part, expected, ascii }: Rest,
  offset: number,
): Promise<Transferred['end']> {
  const sink = ascii ? asciiSink(part) : part
  const { end } = await runTransfer(
    session,
    {
      verb: 'RETR',
      argument: remote,
      type: ascii ? 'A' : 'I',
      offset,
      signal,
      expected,
      throttle,
      more: options.more ?? false,
      onProgress: bytes => options.onProgress?.(offset + bytes, expected),
    },
    async (connection, move) => {
      const ended = await connection.receive(sink, move)
      if (ascii) await flushAscii(sink)
      return ended
    },
  )
  return end
}

/** Tells one version of a remote file from another. */
function versionOf({ size, modified }: KnownFile): string | undefined {
  if (size === undefined || modified === undefined) return undefined
  return `${size.toString(36)}-${Math.floor(modified / 1000).toString(36)}`
}

interface AsciiSink extends ByteSink {
  flush?(): Promise<void>
}

function asciiSink(target: ByteSink): AsciiSink {
  const decoder = new AsciiDecoder()
  return {
    write: chunk => target.write(decoder.decode(chunk)),
    flush: () => target.write(decoder.end()),
  }
}

async function flushAscii(sink: AsciiSink): Promise<void> {
  await sink.flush?.()
}

async function verify({ session, remote, signal }: FileDownload, part: PartFile) {
  const theirs = await remoteChecksum(session, remote, undefined, signal)
  const wrong = await arrivedWrong(remote, theirs, part.partPath, signal)
  if (!wrong) return theirs
  await part.restart()
  throw wrong
}

/** Fetches a file into a sink of the caller's, from a byte on. */
export async function downloadToSink(
  session: Session,
  remote: string,
  sink: ByteSink,
  options: {
    readonly offset: number
    readonly type: 'binary' | 'ascii'
    readonly signal: AbortSignal
    readonly expected: number | undefined
    readonly throttle: Throttle | undefined
    readonly onProgress: ((bytes: number) => void) | undefined
  },
): Promise<Transferred> {
  const ascii = options.type === 'ascii'
  const target: AsciiSink = ascii ? asciiSink(sink) : sink
  return runTransfer(
    session,
    { verb: 'RETR', argument: remote, ...options, type: ascii ? 'A' : 'I' },
    async (connection, move) => {
      const ended = await connection.receive(target, move)
      if (ascii) await flushAscii(target)
      return ended
    },
  )
}
