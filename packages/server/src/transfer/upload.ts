import type { Reply } from '@portolan/protocol'
import { baseName, type Upload } from '@portolan/storage'
import type { Session } from '../session/session.ts'
import { openUpload } from './open-upload.ts'
import { asciiSink, type EndingSink, inflateSink, plainSink, StreamFormatError } from './sinks.ts'
import { runTransfer } from './transfer.ts'

/** What STOR, APPE and STOU differ in. */
export interface UploadAsk {
  readonly command: 'STOR' | 'APPE' | 'STOU'
  readonly path: string
  readonly offset: number | 'end'
  readonly exclusive?: boolean
}

/**
 * Receives a file. Nothing stands under its name until the stream has ended cleanly and the storage has made it
 * durable; only then is it answered 226. A broken one is kept aside, so that REST or APPE continue it.
 */
export async function runUpload(session: Session, ask: UploadAsk): Promise<Reply> {
  session.data.check(ask.command)
  const { files, account } = session
  const { uploads } = session.context.settings
  const upload = await openUpload(files, {
    path: ask.path,
    offset: ask.offset,
    mode: uploads.mode,
    exclusive: ask.exclusive ?? false,
    quota: account?.quota ? session.owner.link : undefined,
  })
  const sink = receiving(session, upload)
  return runTransfer(session, {
    command: ask.command,
    path: ask.path,
    direction: 'upload',
    announce:
      ask.command === 'STOU'
        ? `FILE: ${baseName(ask.path)}`
        : `Receiving ${baseName(ask.path)}${from(upload.offset)}.`,
    async move(connection, options) {
      try {
        const end = await connection.receive(sink, options)
        // A clean end of the connection is not enough: the format has to be at its end as well.
        if (end.kind === 'clean') await sink.end()
        return end
      } catch (error) {
        if (!(error instanceof StreamFormatError)) throw error
        const bytes = session.transfer?.bytes ?? 0
        return { kind: 'broken', bytes, cause: { code: 'format', text: error.message } }
      }
    },
    async complete(end) {
      await upload.publish()
      const name = ask.command === 'STOU' ? `Stored as ${baseName(ask.path)}: ` : ''
      return `${name}${end.bytes} bytes received.`
    },
    async fail(keep) {
      sink.destroy()
      await upload.abandon({ keep })
    },
  })
}

function from(offset: number): string {
  return offset > 0 ? ` from byte ${offset}` : ''
}

/** The way of the received bytes: MODE, TYPE, storage. */
function receiving(session: Session, upload: Upload): EndingSink {
  const { type, mode } = session.representation
  const stored = plainSink(upload)
  const typed = type === 'ascii' ? asciiSink(stored) : stored
  return mode === 'deflate' ? inflateSink(typed) : typed
}
