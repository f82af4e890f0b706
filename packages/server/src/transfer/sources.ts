import { createDeflate } from 'node:zlib'
import type { ByteSource } from '@portolan/channels'
import { AsciiEncoder } from '@portolan/protocol'

/** Ends a source after a number of bytes: RANG. */
export function limitSource(source: ByteSource, bytes: number): ByteSource {
  let left = bytes
  return {
    async read(into) {
      if (left === 0) return 0
      const got = await source.read(left < into.length ? into.subarray(0, left) : into)
      left -= got
      return got
    },
  }
}

/**
 * Converts to TYPE A while reading. A buffer of n bytes is filled from n/2 bytes of the file, since every one of
 * them may be a line feed that becomes two bytes.
 */
export function asciiSource(source: ByteSource): ByteSource {
  const encoder = new AsciiEncoder()
  let raw: Buffer | undefined
  return {
    async read(into) {
      const half = Math.max(1, into.length >> 1)
      raw ??= Buffer.allocUnsafe(half)
      const got = await source.read(raw.subarray(0, Math.min(half, raw.length)))
      return got === 0 ? 0 : encoder.encode(raw.subarray(0, got)).copy(into)
    },
  }
}

/** Bytes asked of a source at once when it is read as chunks. */
const CHUNK = 64 * 1024

/** The chunks of a source. Each has memory of its own. */
export async function* chunksOf(source: ByteSource): AsyncGenerator<Buffer> {
  for (;;) {
    const into = Buffer.allocUnsafe(CHUNK)
    const got = await source.read(into)
    if (got === 0) return
    yield into.subarray(0, got)
  }
}

/** MODE Z: a zlib stream (RFC 1950), as draft-preston-ftpext-deflate asks for, not raw deflate. */
export async function* deflateSource(
  chunks: AsyncIterable<Uint8Array>,
  level: number,
): AsyncGenerator<Buffer> {
  const deflate = createDeflate({ level })
  const feed = (async () => {
    for await (const chunk of chunks) {
      await new Promise<void>((resolve, reject) => {
        deflate.write(chunk, error => (error ? reject(error) : resolve()))
      })
    }
    deflate.end()
  })()
  feed.catch((error: Error) => deflate.destroy(error))
  try {
    for await (const chunk of deflate) yield chunk as Buffer
    await feed
  } finally {
    deflate.destroy()
  }
}
