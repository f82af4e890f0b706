import type { Readable } from 'node:stream'
import { baseName, type Entry, joinPath, parentPath, type ReadHandle, type Upload } from '@portolan/storage'
import type { SessionEvent } from '../events.ts'
import {
  type FileAccess,
  FileAccessError,
  type FileDownload,
  type FileEntry,
  type FileFacts,
  type FileQuota,
  type FileRange,
  type FolderView,
} from '../file-access.ts'
import type { ControllerLink } from '../link.ts'
import type { Account } from '../policy/account.ts'
import type { Permission } from '../policy/permissions.ts'
import { rateGate } from '../policy/rate-gate.ts'
import type { UserFiles } from '../session/user-files.ts'
import { openUpload } from '../transfer/open-upload.ts'
import { entryView } from './entry-view.ts'
import { denied, fileFailure } from './failure.ts'
import { FileBody } from './file-body.ts'
import { receiveBody } from './receive-body.ts'
import { removePath } from './removal.ts'
import { webPath } from './web-path.ts'
import { WebRecord } from './web-record.ts'
import type { WebTransfer, WebTransfers } from './web-transfers.ts'

/** Entries of one folder that are told. */
const MAX_ENTRIES = 50_000
/** Links of one folder that are looked behind. */
const MAX_LINKS = 1_000
/** How long a folder may take to be read. */
const LIST_MS = 60_000

const MIB = 1024 * 1024

/** What an access works with. */
export interface UserAccessParts {
  readonly account: Account
  readonly files: UserFiles
  readonly quota: FileQuota['of'] | undefined
  readonly address: string
  readonly transfers: WebTransfers
  readonly link: ControllerLink
  /** Milliseconds: see {@link receiveBody}. */
  readonly stallMs: number
  emit(event: SessionEvent): void
}

/** A user's files, by the rules of its account. */
export class UserAccess implements FileAccess {
  readonly #parts: UserAccessParts
  /** This access, and every download that runs. */
  #holders = 1
  #disposed = false

  constructor(parts: UserAccessParts) {
    this.#parts = parts
  }

  get user(): string {
    return this.#parts.account.user
  }

  list(text: string): Promise<FolderView> {
    return translated(async () => {
      const path = this.#allowed('list', text)
      const { files } = this.#parts
      const found: Entry[] = []
      let cut = false
      for await (const batch of files.storage.list(path, { signal: AbortSignal.timeout(LIST_MS) })) {
        found.push(...batch)
        cut = found.length > MAX_ENTRIES
        if (cut) break
      }
      const quota = await this.#quotaAt(path)
      return {
        path,
        entries: await this.#views(path, found.slice(0, MAX_ENTRIES)),
        ...(cut && { cut }),
        may: { write: files.may('write', path), makeFolder: files.may('makeFolder', path) },
        ...(quota && { quota }),
      }
    })
  }

  stat(text: string): Promise<FileEntry> {
    return translated(async () => {
      const path = webPath(text)
      const { files } = this.#parts
      if (!files.may('list', parentPath(path)) && !files.may('read', path))
        throw denied('list', parentPath(path))
      const entry = await files.storage.stat(path, { follow: false })
      return entryView(files, path, entry, entry.kind === 'link' ? await this.#leadsTo(path) : undefined)
    })
  }

  async download(text: string, choose?: (file: FileFacts) => FileRange | undefined): Promise<FileDownload> {
    const { path, transfer } = await translated(async () => ({
      path: this.#allowed('read', text),
      transfer: this.#begin(),
    }))
    try {
      return await this.#open(path, choose, transfer)
    } catch (error) {
      transfer[Symbol.dispose]()
      throw error
    }
  }

  upload(
    text: string,
    body: Readable,
    { overwrite, size, signal }: { overwrite: boolean; size?: number; signal: AbortSignal },
  ): Promise<FileEntry> {
    return translated(async () => {
      const path = this.#allowed('write', text)
      using transfer = this.#begin()
      await this.#checkRoom(path, overwrite, size)
      const upload = await openUpload(this.#parts.files, {
        path,
        offset: 0,
        // Whatever the setting: what breaks here is not continued, so nothing may stand under the name.
        mode: 'atomic',
        exclusive: !overwrite,
        quota: this.#parts.account.quota ? this.#parts.link : undefined,
      })
      const bound = AbortSignal.any([signal, transfer.signal])
      const entry = await this.#receive(path, body, upload, size, bound)
      return entryView(this.#parts.files, path, entry, undefined)
    })
  }

  makeFolder(text: string): Promise<void> {
    return translated(async () => {
      const path = this.#allowed('makeFolder', text)
      await this.#parts.files.storage.makeFolder(path)
      this.#parts.emit({ type: 'file', change: 'folder-made', path })
    })
  }

  rename(fromText: string, toText: string): Promise<void> {
    return translated(async () => {
      const from = this.#allowed('rename', fromText)
      const to = this.#allowed('rename', toText)
      const { files } = this.#parts
      for (const path of [from, to]) if (files.hasRulesBelow(path)) throw keepsItsName(path)
      await files.storage.stat(from, { follow: false })
      if (from === to) return
      if (await this.#exists(to)) throw exists(to)
      await files.storage.rename(from, to)
      this.#parts.emit({ type: 'file', change: 'renamed', path: from, to })
    })
  }

  remove(text: string): Promise<void> {
    return translated(async () => {
      await removePath(this.#parts, webPath(text))
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#disposed) return
    this.#disposed = true
    await this.#release()
  }

  /** The path that is meant, where the permission holds on it. */
  #allowed(permission: Permission, text: string): string {
    const path = webPath(text)
    if (!this.#parts.files.may(permission, path)) throw denied(permission, path)
    return path
  }

  #begin(): WebTransfer {
    if (this.#disposed) throw new FileAccessError('FILE_BUSY', 'These files were closed. Try again.')
    const transfer = this.#parts.transfers.begin(this.user)
    this.#holders += 1
    return {
      signal: transfer.signal,
      [Symbol.dispose]: () => {
        transfer[Symbol.dispose]()
        void this.#release()
      },
    }
  }

  async #release(): Promise<void> {
    this.#holders -= 1
    if (this.#holders === 0) await this.#parts.files[Symbol.asyncDispose]()
  }

  async #open(
    path: string,
    choose: ((file: FileFacts) => FileRange | undefined) | undefined,
    transfer: WebTransfer,
  ): Promise<FileDownload> {
    const { storage } = this.#parts.files
    let file = await translated(() => storage.read(path, 0))
    try {
      const { size, modified } = file.entry
      const { offset, length = size - offset } = choose?.({ size, modified }) ?? { offset: 0 }
      if (offset > 0) {
        // A handle has one place: the part is read by another one.
        await file[Symbol.asyncDispose]()
        file = await translated(() => storage.read(path, offset))
        if (file.entry.size !== size || file.entry.modified !== modified) {
          throw new FileAccessError('FILE_BUSY', 'The file is being changed. Try again.')
        }
      }
      const bytes = Math.min(length, size - offset)
      return { size, modified, length: bytes, body: this.#body(path, file, bytes, transfer) }
    } catch (error) {
      await file[Symbol.asyncDispose]()
      throw error
    }
  }

  #body(path: string, file: ReadHandle, length: number, transfer: WebTransfer): FileBody {
    const record = this.#record('GET', path, 'download')
    return new FileBody(file, {
      length,
      signal: transfer.signal,
      stallMs: this.#parts.stallMs,
      throttle: this.#throttle('download', transfer.signal),
      onEnd(bytes, error) {
        record.end(bytes, error)
        transfer[Symbol.dispose]()
      },
    })
  }

  async #receive(
    path: string,
    body: Readable,
    upload: Upload,
    size: number | undefined,
    signal: AbortSignal,
  ): Promise<Entry> {
    const record = this.#record('PUT', path, 'upload')
    let received = 0
    try {
      await receiveBody(body, upload, {
        signal,
        stallMs: this.#parts.stallMs,
        size,
        throttle: this.#throttle('upload', signal),
        onProgress(bytes) {
          received = bytes
        },
      })
      const entry = await upload.publish()
      record.end(received, undefined)
      return entry
    } catch (error) {
      await upload.abandon({ keep: false })
      const failure = fileFailure(error)
      record.end(received, failure)
      throw failure
    }
  }

  /** Refuses before the first byte what could not be kept: nobody likes to learn after a gigabyte that it did not fit. */
  async #checkRoom(path: string, overwrite: boolean, size: number | undefined): Promise<void> {
    const { files, account, link } = this.#parts
    const existing = await files.storage.stat(path).catch(() => undefined)
    if (existing && (!overwrite || existing.kind !== 'file')) throw exists(path)
    if (size === undefined || size === 0) return
    const { freeBytes } = await files.storage.space(parentPath(path))
    if (size > freeBytes) {
      throw new FileAccessError('FILE_FULL', `The server has only ${roomText(freeBytes)} free.`)
    }
    if (!account.quota || !files.countsToQuota(path)) return
    const left = (await link.quotaLeft(account.user)).bytes
    if (left !== undefined && size > left + (existing?.size ?? 0)) {
      throw new FileAccessError(
        'FILE_QUOTA',
        `Only ${roomText(left)} are left of your quota: delete something first.`,
      )
    }
  }

  async #quotaAt(path: string): Promise<FileQuota | undefined> {
    const { account, files, link, quota } = this.#parts
    if (!account.quota || !quota || !files.countsToQuota(path)) return undefined
    return { ...(await link.quotaLeft(account.user)), of: quota }
  }

  async #views(folder: string, entries: readonly Entry[]): Promise<FileEntry[]> {
    let links = 0
    const views: FileEntry[] = []
    for (const entry of entries) {
      const path = joinPath(folder, entry.name)
      const look = entry.kind === 'link' && ++links <= MAX_LINKS
      views.push(entryView(this.#parts.files, path, entry, look ? await this.#leadsTo(path) : undefined))
    }
    return views
  }

  async #leadsTo(path: string): Promise<'file' | 'folder' | undefined> {
    const target = await this.#parts.files.storage.stat(path).catch(() => undefined)
    return target?.kind === 'file' || target?.kind === 'folder' ? target.kind : undefined
  }

  async #exists(path: string): Promise<boolean> {
    return await this.#parts.files.storage.stat(path, { follow: false }).then(
      () => true,
      () => false,
    )
  }

  #throttle(direction: 'upload' | 'download', signal: AbortSignal) {
    const { account, link } = this.#parts
    const perSecond = direction === 'upload' ? account.uploadRate : account.downloadRate
    return perSecond ? rateGate(link, { user: account.user, direction, perSecond, signal }) : undefined
  }

  #record(command: 'GET' | 'PUT', path: string, direction: 'download' | 'upload'): WebRecord {
    const { address, emit } = this.#parts
    return new WebRecord({ command, path, direction, remote: address }, emit)
  }
}

/** Whatever goes wrong, as a {@link FileAccessError}. */
async function translated<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw fileFailure(error)
  }
}

function exists(path: string): FileAccessError {
  return new FileAccessError('FILE_EXISTS', `There is something called ${baseName(path)} already.`)
}

function keepsItsName(path: string): FileAccessError {
  const text = `Something below ${path} has permissions of its own, so it keeps its name.`
  return new FileAccessError('FILE_DENIED', text)
}

/** Rounded down: what is promised has to be there. */
function roomText(bytes: number): string {
  return bytes < MIB ? `${bytes} bytes` : `${Math.floor(bytes / MIB)} MiB`
}
