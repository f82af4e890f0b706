import type { Socket } from 'node:net'
import type { ByteSource, PumpOptions } from './data-connection.ts'
import { onAbort } from './deferred.ts'
import type { BreakCause, StreamEnd } from './stream-end.ts'

/** Sends a source and ends the stream. */
export async function sendStream(
  stream: Socket,
  source: ByteSource | AsyncIterable<Uint8Array>,
  options: PumpOptions,
  destroy: (cause: BreakCause) => void,
): Promise<StreamEnd> {
  let bytes = 0
  let cause: BreakCause | undefined
  const fail = (why: BreakCause) => {
    cause ??= why
    destroy(cause)
  }
  stream.on('error', () => fail({ code: 'reset', text: 'the client reset the connection' }))
  stream.setTimeout(options.stallMs, () => fail({ code: 'stalled', text: 'no byte moved' }))
  const off = onAbort(options.signal, () => fail(options.signal.reason))
  stream.resume()
  try {
    for await (const chunk of pieces(source)) {
      await options.throttle?.(chunk.length)
      await new Promise<void>(resolve => stream.write(chunk, () => resolve()))
      if (cause) break
      bytes += chunk.length
      options.onProgress?.(bytes)
    }
    if (!cause) {
      await new Promise<void>(resolve => {
        stream.once('close', () => resolve())
        stream.once('end', () => resolve())
        stream.end(() => setTimeout(resolve, 250))
      })
    }
    if (cause) return { kind: 'broken', bytes, cause }
    stream.destroy()
    return { kind: 'clean', bytes }
  } catch (error) {
    fail({ code: 'aborted', text: 'the source failed' })
    throw error
  } finally {
    off()
  }
}

async function* pieces(source: ByteSource | AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  if (Symbol.asyncIterator in source) return yield* source
  const buffer = Buffer.allocUnsafeSlow(256 * 1024)
  for (let n = await source.read(buffer); n > 0; n = await source.read(buffer)) yield buffer.subarray(0, n)
}
