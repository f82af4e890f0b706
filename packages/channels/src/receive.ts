import type { Socket } from 'node:net'
import type { ByteSink, PumpOptions } from './data-connection.ts'
import { onAbort } from './deferred.ts'
import type { BreakCause, StreamEnd } from './stream-end.ts'
import type { TlsTap } from './tls-tap.ts'

/** Receives until the peer ends. */
export async function receiveStream(
  stream: Socket,
  tap: TlsTap | undefined,
  sink: ByteSink,
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
  const truncated = () =>
    setImmediate(() => {
      if (!stream.readableEnded) fail({ code: 'truncated', text: 'TCP ended under TLS without close_notify' })
    })
  tap?.once('fin', truncated)
  if (tap?.ended) truncated()
  const off = onAbort(options.signal, () => fail(options.signal.reason))
  try {
    for await (const chunk of stream) {
      await options.throttle?.(chunk.length)
      await sink.write(chunk)
      bytes += chunk.length
      options.onProgress?.(bytes)
    }
  } catch (error) {
    if (!cause) {
      fail({ code: 'aborted', text: 'the sink failed' })
      throw error
    }
  } finally {
    off()
  }
  if (cause) return { kind: 'broken', bytes, cause }
  stream.end()
  stream.destroySoon()
  return { kind: 'clean', bytes }
}
