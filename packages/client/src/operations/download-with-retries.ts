import type { FtpClient } from '../client.ts'
import { aborted, FtpError, isRestartRefused } from '../errors.ts'
import { NEVER } from '../never.ts'
import {
  type DownloadOptions,
  type DownloadResult,
  downloadToFile,
  downloadToSink,
  type KnownFile,
  learnFile,
} from './download.ts'
import { downloadSegments, SEGMENTED_FROM } from './segments.ts'

/** Where downloaded bytes may go: a local path, or a stream, which is not ended. */
export type DownloadTarget = string | NodeJS.WritableStream

/** A download that is tried again, on another session, from where it broke. */
export async function downloadWithRetries(
  client: FtpClient,
  remote: string,
  target: DownloadTarget,
  options: DownloadOptions,
): Promise<DownloadResult> {
  const signal = options.signal ?? NEVER
  if (typeof target !== 'string') return downloadToStream(client, remote, target, { ...options, signal })
  let moved = 0
  let before = 0
  const progressing: DownloadOptions = {
    ...options,
    onProgress: (bytes, total) => {
      moved = bytes
      options.onProgress?.(bytes, total)
    },
  }
  const segments = options.segments ?? 1
  const throttle = client.throttle
  const whole = segments > 1 && (await learn(client, remote, options, signal))
  if (whole && (whole.size ?? 0) >= SEGMENTED_FROM) {
    try {
      return await downloadSegments(client, {
        remote,
        local: target,
        options,
        known: whole,
        throttle,
        signal,
      })
    } catch (error) {
      if (!isRestartRefused(error)) throw error
    }
  }
  const parts = new Set<string>()
  // What a try has fetched belongs to this very download; what a listing said before it broke may be old.
  const { known: _old, ...again } = { ...progressing, resume: true }
  return client.use(
    `the download of ${remote}`,
    signal,
    'safe',
    (session, attempt) => {
      before = moved
      return downloadToFile({
        session,
        remote,
        local: target,
        options: attempt === 0 ? progressing : again,
        throttle,
        signal,
        parts,
      })
    },
    () => moved > before,
  )
}

function learn(
  client: FtpClient,
  remote: string,
  options: DownloadOptions,
  signal: AbortSignal,
): Promise<KnownFile> {
  if (options.known) return Promise.resolve(options.known)
  return client.use(remote, signal, 'safe', session => learnFile(session, remote, signal))
}

async function downloadToStream(
  client: FtpClient,
  remote: string,
  target: NodeJS.WritableStream,
  options: DownloadOptions & { readonly signal: AbortSignal },
): Promise<DownloadResult> {
  const { type = 'binary', onProgress, signal } = options
  let written = 0
  let before = 0
  const sink = {
    write: async (chunk: Buffer) => {
      // The chunk's memory is used again, and a stream may keep what it was given.
      await writeTo(target, Buffer.from(chunk), signal)
      written += chunk.length
    },
  }
  const known = await learn(client, remote, options, signal)
  const expected = type === 'ascii' ? undefined : known.size
  const { end } = await client.use<Pick<DownloadResult, 'end'>>(
    `the download of ${remote}`,
    signal,
    'safe',
    async session => {
      before = written
      if (type === 'ascii' && written > 0)
        throw new FtpError('FTP_TRANSFER', `The file ${remote} broke off, and ASCII cannot be resumed.`, {
          phase: 'transfer',
        })
      // A stream cannot take back what it was given.
      if (expected !== undefined && written > expected) throw changed(remote, expected, written)
      if (expected !== undefined && expected > 0 && written === expected) return { end: 'claimed' }
      const offset = written
      return downloadToSink(session, remote, sink, {
        offset,
        type,
        signal,
        expected,
        throttle: client.throttle,
        onProgress: bytes => onProgress?.(offset + bytes, expected),
      })
    },
    () => written > before,
  )
  if (expected !== undefined && written !== expected) throw changed(remote, expected, written)
  return { bytes: written, resumedAt: 0, modified: known.modified, end }
}

function changed(remote: string, expected: number, written: number): FtpError {
  return new FtpError('FTP_CHANGED', `The file ${remote} had ${expected} bytes, and ${written} arrived.`, {
    phase: 'completion',
  })
}

/** Writes with backpressure. @throws what ended the stream */
function writeTo(target: NodeJS.WritableStream, chunk: Buffer, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(aborted('local', signal))
    signal.addEventListener('abort', stop, { once: true })
    target.write(chunk, error => {
      signal.removeEventListener('abort', stop)
      if (error) reject(error)
      else resolve()
    })
  })
}
