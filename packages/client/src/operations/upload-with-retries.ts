import type { FtpClient } from '../client.ts'
import { NEVER } from '../never.ts'
import { type UploadOptions, type UploadResult, uploadFile, uploadStream } from './upload.ts'

/** Where bytes to upload may come from: a local path, bytes, or what can be read once. */
export type UploadSource = string | AsyncIterable<Uint8Array> | Uint8Array

/** An upload that is tried again, on another session, from what the server has; not what can be read once or would be added twice. */
export async function uploadWithRetries(
  client: FtpClient,
  source: UploadSource,
  remote: string,
  options: UploadOptions,
): Promise<UploadResult> {
  const signal = options.signal ?? NEVER
  const throttle = client.throttle
  if (typeof source !== 'string') {
    const stream = source instanceof Uint8Array ? once(source) : source
    const repeat = source instanceof Uint8Array && options.how !== 'append' && options.how !== 'unique'
    return client.use(`the upload of ${remote}`, signal, repeat ? 'safe' : 'unsent', session =>
      uploadStream(session, source instanceof Uint8Array ? once(source) : stream, remote, {
        ...options,
        throttle,
        signal,
      }),
    )
  }
  let sent = false
  let offset = 0
  let before = 0
  const progressing: UploadOptions = {
    ...options,
    onProgress: (bytes, total) => {
      sent = true
      options.onProgress?.(bytes, total)
    },
  }
  const repeat = options.how === 'append' || options.how === 'unique' ? 'unsent' : 'safe'
  return client.use(
    `the upload of ${remote}`,
    signal,
    repeat,
    (session, attempt) => {
      before = offset
      return uploadFile({
        session,
        local: source,
        remote,
        options: progressing,
        throttle,
        signal,
        again: attempt > 0 && sent,
        onOffset: bytes => {
          offset = bytes
        },
      })
    },
    // What was sent may be lost on the way: only what the server was found to have is progress.
    () => offset > before,
  )
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}
