import type { Entry, Storage, Upload, WriteOptions } from '@portolan/storage'
import type { ControllerLink } from '../link.ts'
import { QuotaGate, type Replaced } from '../policy/quota-gate.ts'
import type { UserFiles } from '../session/user-files.ts'

/** What an upload begins with. */
export interface OpenUploadAsk {
  readonly path: string
  readonly offset: number | 'end'
  readonly mode: WriteOptions['mode']
  readonly exclusive: boolean
  /** Who grants bytes of the quota; absent: the user has none. */
  readonly quota: ControllerLink | undefined
}

/**
 * Begins an upload into a user's files. With a quota, every byte is granted before it is written, and what was not
 * published goes back.
 * @throws {StorageError | QuotaExceeded}
 */
export async function openUpload(files: UserFiles, ask: OpenUploadAsk): Promise<Upload> {
  const link = files.countsToQuota(ask.path) ? ask.quota : undefined
  const quota = link && (await claim(link, files, ask.path))
  let upload: Upload | undefined
  try {
    upload = await files.storage.write(ask.path, {
      owner: files.owner,
      offset: ask.offset,
      mode: ask.mode,
      ...(ask.exclusive && { exclusive: true }),
    })
    if (!quota) return upload
    await quota.take(upload.offset)
    return new CountedUpload(upload, quota, () => replacedBy(files.storage, ask.path))
  } catch (error) {
    quota?.release()
    await upload?.abandon({ keep: true })
    throw error
  }
}

/** An upload whose bytes count to a quota. */
class CountedUpload implements Upload {
  readonly offset: number
  readonly #upload: Upload
  readonly #quota: QuotaGate
  readonly #look: () => Promise<Replaced>

  constructor(upload: Upload, quota: QuotaGate, look: () => Promise<Replaced>) {
    this.offset = upload.offset
    this.#upload = upload
    this.#quota = quota
    this.#look = look
  }

  async write(chunk: Buffer): Promise<void> {
    await this.#quota.take(chunk.length)
    await this.#upload.write(chunk)
  }

  publish(): Promise<Entry> {
    return this.#quota.publish(this.#look, () => this.#upload.publish())
  }

  async abandon(options: { keep: boolean }): Promise<void> {
    this.#quota.release()
    await this.#upload.abandon(options)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#quota.release()
    await this.#upload[Symbol.asyncDispose]()
  }
}

/** The upload's claim on the quota. The file that it replaces counts already. */
async function claim(link: ControllerLink, files: UserFiles, path: string): Promise<QuotaGate> {
  const before = await replacedBy(files.storage, path)
  const quota = new QuotaGate(link, files.owner, before.bytes)
  if (before.files === 0) await quota.takeFile()
  return quota
}

/** What an upload takes the place of. */
async function replacedBy(storage: Storage, path: string): Promise<Replaced> {
  const entry = await storage.stat(path).catch(() => undefined)
  return entry ? { bytes: entry.size, files: 1 } : { bytes: 0, files: 0 }
}
