import type { Reply } from '@portolan/protocol'
import { baseName, type Upload } from '@portolan/storage'
import type { Account } from '../policy/account.ts'
import { QuotaGate, type Replaced } from '../policy/quota-gate.ts'
import type { Session } from '../session/session.ts'
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
  session.data.check()
  const { files, account } = session
  const { uploads } = session.context.settings
  const counts = account?.quota && files.countsToQuota(ask.path)
  const quota = counts ? await claim(session, account, ask.path) : undefined
  let upload: Upload
  try {
    upload = await files.storage.write(ask.path, {
      owner: files.owner,
      offset: ask.offset,
      mode: uploads.mode,
      ...(ask.exclusive && { exclusive: true }),
    })
    await quota?.take(upload.offset)
  } catch (error) {
    quota?.release()
    throw error
  }
  const sink = receiving(session, upload, quota)
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
      if (quota)
        await quota.publish(
          () => replacedBy(session, ask.path),
          () => upload.publish(),
        )
      else await upload.publish()
      const name = ask.command === 'STOU' ? `Stored as ${baseName(ask.path)}: ` : ''
      return `${name}${end.bytes} bytes received.`
    },
    async fail(keep) {
      sink.destroy()
      quota?.release()
      await upload.abandon({ keep })
    },
  })
}

function from(offset: number): string {
  return offset > 0 ? ` from byte ${offset}` : ''
}

/** The upload's claim on the quota. The file that it replaces counts already. */
async function claim(session: Session, account: Account, path: string): Promise<QuotaGate> {
  const before = await replacedBy(session, path)
  const quota = new QuotaGate(session.owner.link, account.user, before.bytes)
  if (before.files === 0) await quota.takeFile()
  return quota
}

/** What an upload takes the place of. */
async function replacedBy(session: Session, path: string): Promise<Replaced> {
  const entry = await session.files.storage.stat(path).catch(() => undefined)
  return entry ? { bytes: entry.size, files: 1 } : { bytes: 0, files: 0 }
}

/** The way of the received bytes: MODE, TYPE, quota, storage. */
function receiving(session: Session, upload: Upload, quota: QuotaGate | undefined): EndingSink {
  const { type, mode } = session.representation
  const stored = plainSink(
    quota
      ? {
          async write(chunk) {
            await quota.take(chunk.length)
            await upload.write(chunk)
          },
        }
      : upload,
  )
  const typed = type === 'ascii' ? asciiSink(stored) : stored
  return mode === 'deflate' ? inflateSink(typed) : typed
}
