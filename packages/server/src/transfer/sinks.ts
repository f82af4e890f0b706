import { createInflate, type Inflate } from 'node:zlib'
import type { ByteSink } from '@portolan/channels'
import { AsciiDecoder } from '@portolan/protocol'

/** A sink that holds something back until it knows that nothing follows. */
export interface EndingSink extends ByteSink {
  /** Hands on what was held back. @throws {StreamFormatError} when the stream ends in the middle of its format */
  end(): Promise<void>
  /** Gives up: frees what the sink holds. */
  destroy(): void
}

/** The bytes are not what the transfer mode promises: never a complete file, whatever TCP says. */
export class StreamFormatError extends Error {
  override readonly name = 'StreamFormatError'
  readonly code = 'STREAM_FORMAT'
}

/** A plain sink as an {@link EndingSink}. */
export function plainSink(sink: ByteSink): EndingSink {
  return { write: chunk => sink.write(chunk), end: async () => {}, destroy: () => {} }
}

/** TYPE A on receipt: CRLF becomes the local line feed. */
export function asciiSink(next: EndingSink): EndingSink {
  const decoder = new AsciiDecoder()
  return {
    async write(chunk) {
      const text = decoder.decode(chunk)
      if (text.length > 0) await next.write(text)
    },
    async end() {
      const rest = decoder.end()
      if (rest.length > 0) await next.write(rest)
      await next.end()
    },
    destroy: () => next.destroy(),
  }
}

/**
 * MODE Z on receipt. The inflated bytes wait in zlib's own bounded buffers until `next` has taken them, so a small
 * upload that inflates to gigabytes costs no memory. A stream that does not come to its own end is broken.
 */
export function inflateSink(next: EndingSink): EndingSink {
  const inflate = createInflate()
  let failure: unknown
  let fed = 0
  const drained = drain(inflate, next).catch((error: unknown) => {
    failure = isZlibError(error)
      ? new StreamFormatError('the data is not a whole zlib stream (MODE Z)')
      : error
    inflate.destroy()
  })
  return {
    async write(chunk) {
      if (failure) throw failure
      await new Promise<void>(resolve => {
        const done = () => {
          inflate.off('close', done)
          resolve()
        }
        inflate.once('close', done)
        inflate.write(chunk, done)
      })
      fed += chunk.length
      if (failure) throw failure
      // zlib passes over what follows the end of its stream, and a client may go on for ever.
      if (inflate.bytesWritten < fed)
        throw new StreamFormatError('the data goes on after its zlib stream (MODE Z)')
    },
    async end() {
      inflate.end()
      await drained
      if (failure) throw failure
      await next.end()
    },
    destroy() {
      inflate.destroy()
      next.destroy()
    },
  }
}

async function drain(inflate: Inflate, next: EndingSink): Promise<void> {
  for await (const chunk of inflate) await next.write(chunk as Buffer)
}

function isZlibError(error: unknown): boolean {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('Z_')
}
