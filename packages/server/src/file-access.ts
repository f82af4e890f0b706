import type { Readable } from 'node:stream'

/** Who wants at files without an FTP session, and from where. */
export interface FileAccessAsk {
  readonly user: string
  readonly address: string
}

/** What a folder holds. */
export interface FileEntry {
  readonly name: string
  readonly type: 'file' | 'folder' | 'link' | 'other'
  readonly size: number
  /** Milliseconds since 1970. */
  readonly modified: number
  /** What this user may do with it. */
  readonly may: { readonly read: boolean; readonly rename: boolean; readonly delete: boolean }
}

/** What a folder is, and what it holds. */
export interface FolderView {
  readonly path: string
  readonly entries: readonly FileEntry[]
  /** What this user may do in it. */
  readonly may: { readonly write: boolean; readonly makeFolder: boolean }
  /** What is left of the quota; absent: no limit. */
  readonly quota?: { readonly bytes?: number; readonly files?: number }
}

/** A download that has begun. */
export interface FileDownload {
  readonly size: number
  readonly modified: number
  /** From `offset` on. Reading it to its end is a complete transfer; destroying it a broken one. */
  readonly body: Readable
}

/**
 * A user's files, by another way than FTP: the same folders, permissions, quotas, rates and events. Paths are virtual and
 * absolute. Everything rejects with {@link FileAccessError}.
 */
export interface FileAccess extends AsyncDisposable {
  readonly user: string
  list(path: string): Promise<FolderView>
  download(path: string, range?: { offset: number; length?: number }): Promise<FileDownload>
  /** Takes the body whole and publishes it, or leaves nothing under the name. `overwrite` false refuses a name that exists. */
  upload(
    path: string,
    body: Readable,
    options: { overwrite: boolean; size?: number; signal: AbortSignal },
  ): Promise<FileEntry>
  makeFolder(path: string): Promise<void>
  rename(from: string, to: string): Promise<void>
  /** Folders with all that is below them. */
  remove(path: string): Promise<void>
}

/**
 * - `FILE_MISSING`, `FILE_EXISTS`, `FILE_DENIED`, `FILE_NAME`: no such name, there already, not allowed, no valid path.
 * - `FILE_QUOTA`, `FILE_FULL`: the user's quota, or the disk.
 * - `FILE_BUSY`: too many at once.
 * - `FILE_BROKEN`: the body ended before its size, or was broken off.
 * - `FILE_FAILED`: the file system says no.
 */
export type FileAccessErrorCode =
  | 'FILE_MISSING'
  | 'FILE_EXISTS'
  | 'FILE_DENIED'
  | 'FILE_NAME'
  | 'FILE_QUOTA'
  | 'FILE_FULL'
  | 'FILE_BUSY'
  | 'FILE_BROKEN'
  | 'FILE_FAILED'

/** Why files could not be got at. The message is for the user. */
export class FileAccessError extends Error {
  override readonly name = 'FileAccessError'
  readonly code: FileAccessErrorCode

  constructor(code: FileAccessErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
