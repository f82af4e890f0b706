import type { Readable } from 'node:stream'
import type { Upload } from '@portolan/storage'
import { FileAccessError } from '../file-access.ts'

/** How a body is received. */
export interface ReceiveOptions {
  /** Ends the body: whoever sends it is gone, or the server stops. */
  readonly signal: AbortSignal
  /** Milliseconds without a byte after which the body is broken. */
  readonly stallMs: number
  /** Bytes the body has to have; absent: as many as come. */
  readonly size: number | undefined
  /** Waited for before bytes are written. */
  readonly throttle: ((bytes: number) => Promise<void> | undefined) | undefined
  onProgress(bytes: number): void
}

/**
 * Writes a body into an upload, one chunk after the other, so that no more is held than the stream's own buffer.
 * @throws {FileAccessError} `FILE_BROKEN` when the body breaks, stalls, or has another size than was said
 * @throws whatever the upload throws; the rest of the body is then left unread
 */
export async function receiveBody(
  body: Readable,
  upload: Pick<Upload, 'write'>,
  { signal, stallMs, size, throttle, onProgress }: ReceiveOptions,
): Promise<void> {
  let waiting = true
  const stalled = () => {
    if (waiting) body.destroy(broken(`nothing came for ${Math.round(stallMs / 1000)} seconds`))
  }
  const timer = setTimeout(stalled, stallMs)
  const gone = () => body.destroy(broken('it was broken off'))
  signal.addEventListener('abort', gone)
  let bytes = 0
  try {
    const chunks = body.iterator({ destroyOnReturn: false })
    for (;;) {
      if (signal.aborted) throw broken('it was broken off')
      const chunk = await nextOf(chunks)
      waiting = false
      if (!chunk) break
      bytes += chunk.length
      if (size !== undefined && bytes > size)
        throw broken(`it goes on after the ${size} bytes that were announced`)
      const wait = throttle?.(chunk.length)
      if (wait) await wait
      await upload.write(chunk)
      onProgress(bytes)
      waiting = true
      timer.refresh()
    }
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', gone)
  }
  if (size !== undefined && bytes < size) throw broken(`it ended after ${bytes} of ${size} bytes`)
}

async function nextOf(chunks: AsyncIterator<unknown>): Promise<Buffer | undefined> {
  let next: IteratorResult<unknown>
  try {
    next = await chunks.next()
  } catch (cause) {
    throw cause instanceof FileAccessError ? cause : broken('the connection broke', cause)
  }
  if (next.done) return undefined
  const { value } = next
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.byteLength)
  if (typeof value === 'string') return Buffer.from(value)
  throw broken('it holds something that is no bytes')
}

function broken(text: string, cause?: unknown): FileAccessError {
  return new FileAccessError(
    'FILE_BROKEN',
    `The upload is not whole: ${text}. Nothing was stored; upload it again.`,
    {
      cause,
    },
  )
}
