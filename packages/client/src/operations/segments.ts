import { type FileHandle, open, rename, rm } from 'node:fs/promises'
import type { Throttle } from '@portolan/channels'
import type { FtpClient } from '../client.ts'
import { FtpError } from '../errors.ts'
import { localError } from '../files/local-error.ts'
import { partPathOf } from '../files/part-file.ts'
import { runTransfer } from '../transfer/transfer.ts'
import { arrivedWrong } from './arrival.ts'
import type { DownloadOptions, DownloadResult, KnownFile } from './download.ts'
import { remoteChecksum } from './remote-checksum.ts'

/** Files below this size go by one connection: a second one costs more than it brings. */
export const SEGMENTED_FROM = 8 * 1024 * 1024
/** The smallest part that is worth a connection, in bytes. */
const SMALLEST = 4 * 1024 * 1024

/** A segmented download. */
export interface SegmentedDownload {
  readonly remote: string
  readonly local: string
  readonly options: DownloadOptions
  readonly known: KnownFile
  readonly throttle: Throttle | undefined
  readonly signal: AbortSignal
}

interface Segment {
  /** The next byte to fetch. */
  position: number
  /** The byte to stop before. */
  readonly end: number
}

/**
 * Fetches one file over several sessions at once: each takes a part from REST on, or exactly by RANG where the server has
 * it, and is tried again by itself. The parts meet in one file beside the name, which shows them when all are there.
 */
export async function downloadSegments(
  client: FtpClient,
  download: SegmentedDownload,
): Promise<DownloadResult> {
  const { local, options, known, signal } = download
  const size = known.size ?? 0
  const wanted = Math.max(1, Math.min(options.segments ?? 1, Math.floor(size / SMALLEST)))
  client.pool.widen(wanted, client.facts.sessions)
  const partPath = partPathOf(local, 'segments')
  const file = await open(partPath, 'w').catch(error => {
    throw localError('write', partPath, error)
  })
  let whole = false
  try {
    const segments = cut(size, wanted)
    let arrived = 0
    const count = (bytes: number) => {
      arrived += bytes
      options.onProgress?.(arrived, size)
    }
    // The first part that fails for good ends the others.
    const stop = new AbortController()
    const either = AbortSignal.any([signal, stop.signal])
    await Promise.all(
      segments.map(segment =>
        fetchSegment(client, { ...download, signal: either }, segment, file, count).catch(error => {
          stop.abort(error)
          throw error
        }),
      ),
    )
    const checksum = options.verify === 'checksum' ? await verify(client, download, partPath) : undefined
    const { modified } = known
    if (modified !== undefined && (options.keepTime ?? true))
      await file.utimes(modified / 1000, modified / 1000)
    await rename(partPath, local)
    whole = true
    return { bytes: size, resumedAt: 0, modified, end: 'claimed', ...(checksum && { checksum }) }
  } finally {
    await file.close()
    if (!whole) await rm(partPath, { force: true })
  }
}

/** Parts of about the same size that together are the file. */
function cut(size: number, parts: number): Segment[] {
  return Array.from({ length: parts }, (_, i) => ({
    position: Math.floor((size * i) / parts),
    end: Math.floor((size * (i + 1)) / parts),
  }))
}

async function fetchSegment(
  client: FtpClient,
  { remote, throttle, signal, known }: SegmentedDownload,
  segment: Segment,
  file: FileHandle,
  count: (bytes: number) => void,
): Promise<void> {
  let before = segment.position
  await client.use(
    `a part of ${remote}`,
    signal,
    'safe',
    async session => {
      before = segment.position
      const { position, end } = segment
      if (position >= end) return
      const ranged = session.has('RANG') || /RANG/i.test(session.facts.features?.get('REST') ?? '')
      const toTheEnd = end === known.size
      const sink = {
        async write(chunk: Buffer) {
          // Without RANG the server sends on behind the part.
          const mine = chunk.subarray(0, Math.max(0, segment.end - segment.position))
          for (let done = 0; done < mine.length; ) {
            const { bytesWritten } = await file.write(mine, done, mine.length - done, segment.position)
            done += bytesWritten
            segment.position += bytesWritten
            count(bytesWritten)
          }
        },
      }
      await runTransfer(
        session,
        {
          verb: 'RETR',
          argument: remote,
          type: 'I',
          signal,
          throttle,
          ...(ranged ? { range: { start: position, end: end - 1 } } : { offset: position }),
          ...(!ranged && !toTheEnd && { stopAfter: end - position }),
          ...(ranged ? { expected: end - position } : toTheEnd && { expected: known.size }),
        },
        (connection, move) => connection.receive(sink, move),
      )
      if (segment.position < segment.end)
        throw new FtpError('FTP_CHANGED', `The file ${remote} became shorter while it was fetched.`, {
          phase: 'transfer',
        })
    },
    () => segment.position > before,
  )
}

async function verify(client: FtpClient, { remote, signal }: SegmentedDownload, partPath: string) {
  const theirs = await client.use(remote, signal, 'safe', session =>
    remoteChecksum(session, remote, undefined, signal),
  )
  const wrong = await arrivedWrong(remote, theirs, partPath, signal)
  if (wrong) throw wrong
  return theirs
}
