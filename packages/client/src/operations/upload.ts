import type { ByteSource, Throttle } from '@portolan/channels'
import { AsciiEncoder, type HashAlgorithm, type Reply } from '@portolan/protocol'
import { FtpError, isRestartRefused } from '../errors.ts'
import { checksumFile } from '../files/checksum.ts'
import { FileSource } from '../files/file-source.ts'
import type { Session } from '../session/session.ts'
import type { Transferred } from '../transfer/order.ts'
import { runTransfer } from '../transfer/transfer.ts'
import { setMode, setModified, sizeOf } from './facts.ts'
import { remoteAlgorithms, remoteChecksum } from './remote-checksum.ts'
import { renamePath } from './rename.ts'

/** How an upload is done. */
export interface UploadOptions {
  readonly signal?: AbortSignal
  /** `ascii` turns LF into CRLF; nothing can be resumed or compared then. Default `binary`. */
  readonly type?: 'binary' | 'ascii'
  /** `store` replaces, `append` adds to what is there, `unique` lets the server choose a name (STOU). Default `store`. */
  readonly how?: 'store' | 'append' | 'unique'
  /** Upload under a temporary name and rename it when it is whole. Default false. */
  readonly atomic?: boolean
  /** Go on behind the bytes that an earlier upload has left. Default false; a retry within one upload always does. */
  readonly resume?: boolean
  /** Compare with the server's checksum, its size, or nothing. Default `none`: the server's 226 is believed. */
  readonly verify?: 'checksum' | 'size' | 'none'
  /** Give the remote file the local one's time, where the server can. Default false. */
  readonly keepTime?: boolean
  /** Give the remote file the local one's permissions by SITE CHMOD. Default false. */
  readonly keepMode?: boolean
  /** Bytes of the local file as far as known; small files are opened faster. */
  readonly size?: number
  readonly more?: boolean
  /** Told the bytes sent, and those there will be. */
  readonly onProgress?: (bytes: number, total: number | undefined) => void
}

/** What an upload was. */
export interface UploadResult {
  /** Of the whole file. */
  readonly bytes: number
  readonly resumedAt: number
  /** The name that the server chose, with `unique`. */
  readonly name?: string
  readonly checksum?: { readonly algorithm: HashAlgorithm; readonly hash: string }
}

/** What one try at an upload of a local file has. */
export interface FileUpload {
  readonly session: Session
  readonly local: string
  readonly remote: string
  readonly options: UploadOptions
  readonly throttle: Throttle | undefined
  readonly signal: AbortSignal
  /** An earlier try of the same upload has sent something. */
  readonly again: boolean
  /** Told where this try goes on: bytes that the server has for certain. */
  readonly onOffset?: (bytes: number) => void
}

/** One try at sending a file. */
export async function uploadFile(upload: FileUpload): Promise<UploadResult> {
  const { session, local, remote, options, signal } = upload
  await using source = await FileSource.open(local, options.size)
  const target = options.atomic ? temporaryName(remote) : remote
  const found = await findOffset(upload, target, source.size)
  const { reply, resumedAt } = await sendFrom(upload, target, source, found)
  const name = options.how === 'unique' ? nameIn(reply.lines.join(' ')) : undefined
  const whole = options.how === 'append' ? undefined : source.size
  const checksum = await verify(upload, name ?? target, whole)
  if (options.atomic) await replace(session, target, remote, signal)
  const final = name ?? remote
  if (options.keepTime) await keep(session, () => setModified(session, final, source.modified, signal))
  if (options.keepMode) await keep(session, () => setMode(session, final, source.mode, signal))
  return { bytes: source.size, resumedAt, ...(name !== undefined && { name }), ...(checksum && { checksum }) }
}

/** Goes on behind the bytes that the server has; where it forbids that (ProFTPD: AllowStoreRestart off), sends all of them again. */
async function sendFrom(
  upload: FileUpload,
  target: string,
  source: FileSource,
  offset: number,
): Promise<{ readonly reply: Reply; readonly resumedAt: number }> {
  upload.onOffset?.(offset)
  source.seek(offset)
  try {
    const { reply } = await sendRest(upload, target, source, offset)
    return { reply, resumedAt: offset }
  } catch (error) {
    if (offset === 0 || !forbidsResuming(error)) throw error
    upload.session.decide('resume', {
      code: 'resume-refused',
      text: `The server does not let an upload go on: ${target} is sent from its beginning.`,
    })
    return sendFrom(upload, target, source, 0)
  }
}

function forbidsResuming(error: unknown): boolean {
  if (!(error instanceof FtpError) || error.code !== 'FTP_REPLY' || error.phase !== 'command') return false
  return /restart|append|resum|\bREST\b/i.test(error.reply?.lines.join(' ') ?? '')
}

/** Sends a source from its present byte on. @param offset - bytes that the server has already */
async function sendRest(
  upload: FileUpload,
  target: string,
  source: FileSource,
  offset: number,
): Promise<Transferred> {
  // Where REST does not go with STOR, APPE goes on at the end of what is there.
  const byAppend = upload.options.how === 'append' || (offset > 0 && !restartsUploads(upload.session))
  try {
    return await send(upload, target, source, { offset, byAppend })
  } catch (error) {
    if (!isRestartRefused(error)) throw error
    return send(upload, target, source, { offset, byAppend: true })
  }
}

async function send(
  { session, options, throttle, signal }: FileUpload,
  target: string,
  source: FileSource,
  { offset, byAppend }: { readonly offset: number; readonly byAppend: boolean },
): Promise<Transferred> {
  const ascii = options.type === 'ascii'
  const verb = options.how === 'unique' ? 'STOU' : byAppend ? 'APPE' : 'STOR'
  return runTransfer(
    session,
    {
      verb,
      argument: verb === 'STOU' ? undefined : target,
      type: ascii ? 'A' : 'I',
      offset: verb === 'STOR' ? offset : 0,
      signal,
      throttle,
      more: options.more ?? false,
      onProgress: bytes => options.onProgress?.(offset + bytes, source.size),
    },
    (connection, move) => connection.send(ascii ? asciiSource(source) : source, move),
  )
}

/** RFC 3659 section 5: `REST STREAM` in FEAT. */
function restartsUploads(session: Session): boolean {
  return /STREAM/i.test(session.facts.features?.get('REST') ?? '')
}

/** How many bytes the server has of this file already. */
async function findOffset(
  { session, options, again, signal, local }: FileUpload,
  target: string,
  size: number,
): Promise<number> {
  const resumable = options.type !== 'ascii' && (options.how ?? 'store') === 'store'
  if (!resumable || !(again || options.resume)) return 0
  const there = await sizeOf(session, target, signal)
  if (there === undefined || there === 0 || there > size) return 0
  if (!again && !(await samePrefix(session, target, local, there, signal))) return 0
  session.decide('resume', {
    code: 'resume-upload',
    text: `The server has ${there} bytes of ${target}: the upload goes on from there.`,
  })
  return there
}

/** Whether what the server has is the beginning of the local file: by its checksum, where it computes one; else its size has to do. */
async function samePrefix(
  session: Session,
  target: string,
  local: string,
  bytes: number,
  signal: AbortSignal,
): Promise<boolean> {
  const [algorithm] = remoteAlgorithms(session)
  if (!algorithm) return true
  try {
    const theirs = await remoteChecksum(session, target, algorithm, signal)
    return theirs.hash === (await checksumFile(local, theirs.algorithm, { end: bytes, signal }))
  } catch (error) {
    // Part of an upload that is not published yet has a size and no checksum.
    if (error instanceof FtpError && error.code === 'FTP_REPLY') return true
    throw error
  }
}

async function verify(
  { session, options, local, signal }: FileUpload,
  target: string,
  size: number | undefined,
) {
  if (size === undefined || options.type === 'ascii' || (options.verify ?? 'none') === 'none')
    return undefined
  if (options.verify === 'checksum') {
    const theirs = await remoteChecksum(session, target, undefined, signal)
    const ours = await checksumFile(local, theirs.algorithm, { signal })
    if (ours === theirs.hash) return theirs
    throw new FtpError(
      'FTP_VERIFY',
      `The file ${target} has ${theirs.algorithm} ${theirs.hash} on the server, and ${local} has ${ours}.`,
      { phase: 'completion', retryable: true },
    )
  }
  const there = await sizeOf(session, target, signal)
  if (there === undefined || there === size) return undefined
  throw new FtpError(
    'FTP_VERIFY',
    `The file ${target} has ${there} bytes on the server instead of ${size}.`,
    {
      phase: 'completion',
      retryable: true,
    },
  )
}

/** Beside the name, so that the rename stays within a folder. */
function temporaryName(remote: string): string {
  const slash = remote.lastIndexOf('/') + 1
  return `${remote.slice(0, slash)}.${remote.slice(slash)}.portolan-part`
}

/** Some servers do not rename over a file that is there: then that one goes first. */
async function replace(session: Session, from: string, to: string, signal: AbortSignal): Promise<void> {
  try {
    await renamePath(session, from, to, signal)
  } catch (error) {
    if (!(error instanceof FtpError) || error.code !== 'FTP_REPLY') throw error
    const removed = await session.ask('DELE', to, signal)
    if (removed.code >= 300) throw error
    await renamePath(session, from, to, signal)
  }
}

/** Times and permissions are worth having, not worth failing for. */
async function keep(session: Session, set: () => Promise<void>): Promise<void> {
  try {
    await set()
  } catch (error) {
    if (!(error instanceof FtpError) || session.control.error) throw error
    session.warn('attributes-not-kept', error.message)
  }
}

/** RFC 1123 section 4.1.2.9: `FILE: name`; others put it at the end or in quotes. */
function nameIn(text: string): string | undefined {
  return (
    /FILE:\s*"?([^"]+?)"?\s*$/i.exec(text)?.[1] ??
    /"([^"]+)"/.exec(text)?.[1] ??
    /(?:unique file name:?|as)\s+(\S+?)\)?\.?$/i.exec(text)?.[1]
  )
}

function asciiSource(source: ByteSource): AsyncIterable<Uint8Array> {
  return (async function* () {
    const encoder = new AsciiEncoder()
    const buffer = Buffer.allocUnsafe(64 * 1024)
    for (;;) {
      const count = await source.read(buffer)
      if (count === 0) return
      yield Buffer.from(encoder.encode(buffer.subarray(0, count)))
    }
  })()
}

/** Sends bytes that cannot be read twice. */
export async function uploadStream(
  session: Session,
  source: AsyncIterable<Uint8Array>,
  remote: string,
  options: UploadOptions & { readonly throttle: Throttle | undefined; readonly signal: AbortSignal },
): Promise<UploadResult> {
  const target = options.atomic ? temporaryName(remote) : remote
  const verb = options.how === 'unique' ? 'STOU' : options.how === 'append' ? 'APPE' : 'STOR'
  const ascii = options.type === 'ascii'
  const { bytes, reply } = await runTransfer(
    session,
    {
      verb,
      argument: verb === 'STOU' ? undefined : target,
      type: ascii ? 'A' : 'I',
      signal: options.signal,
      throttle: options.throttle,
      onProgress: count => options.onProgress?.(count, undefined),
    },
    (connection, move) => connection.send(ascii ? asciiStream(source) : source, move),
  )
  if (options.atomic) await replace(session, target, remote, options.signal)
  const name = verb === 'STOU' ? nameIn(reply.lines.join(' ')) : undefined
  return { bytes, resumedAt: 0, ...(name !== undefined && { name }) }
}

async function* asciiStream(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const encoder = new AsciiEncoder()
  for await (const chunk of source) yield encoder.encode(Buffer.from(chunk))
}
