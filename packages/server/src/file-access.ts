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
  /** Of a link: what it leads to; absent where that is nothing, or nothing that may be seen. */
  readonly leadsTo?: 'file' | 'folder'
  readonly size: number
  /** Milliseconds since 1970. */
  readonly modified: number
  /** What this user may do with it. */
  readonly may: { readonly read: boolean; readonly rename: boolean; readonly delete: boolean }
}

/** What a folder is, and what it holds. */
export interface FolderView {
  readonly path: string
  /** In the order of the disk. */
  readonly entries: readonly FileEntry[]
  /** There are more than the 50,000 that are told. */
  readonly cut?: true
  /** What this user may do in it. */
  readonly may: { readonly write: boolean; readonly makeFolder: boolean }
  /** What is left of the quota that uploads into this folder count to, and of how much; absent: no limit. */
  readonly quota?: FileQuota
}

/** What is left of a quota. A part without a limit is absent. */
export interface FileQuota {
  readonly bytes?: number
  readonly files?: number
  readonly of: { readonly bytes?: number; readonly files?: number }
}

/** A part of a file. */
export interface FileRange {
  readonly offset: number
  /** Absent: to the end. */
  readonly length?: number
}

/** A file as it was when it was opened. */
export interface FileFacts {
  readonly size: number
  readonly modified: number
}

/** A download that has begun. */
export interface FileDownload extends FileFacts {
  /** Bytes of `body`. */
  readonly length: number
  /**
   * From `offset` on. Reading it to its end is a complete transfer; destroying it a broken one. It ends with an error when
   * the file became shorter meanwhile, or when nobody read on for `timeouts.stall`. It may outlive the access.
   */
  readonly body: Readable
}

/**
 * A user's files, by another way than FTP: the same folders, permissions, quotas, rates and events. Paths are virtual and
 * absolute. Everything rejects with {@link FileAccessError}.
 */
export interface FileAccess extends AsyncDisposable {
  readonly user: string
  list(path: string): Promise<FolderView>
  stat(path: string): Promise<FileEntry>
  /** @param choose - which part, once the file is open; what it throws is thrown, and nothing is downloaded */
  download(path: string, choose?: (file: FileFacts) => FileRange | undefined): Promise<FileDownload>
  /**
   * Takes the body whole and publishes it, or leaves nothing under the name. `overwrite` false refuses a name that exists.
   * A body that is refused is not destroyed: what is left of it is the caller's.
   * @param options.size - bytes that the body has to have; absent: as many as come
   */
  upload(
    path: string,
    body: Readable,
    options: { overwrite: boolean; size?: number; signal: AbortSignal },
  ): Promise<FileEntry>
  makeFolder(path: string): Promise<void>
  /** Replaces nothing: `FILE_EXISTS`. */
  rename(from: string, to: string): Promise<void>
  /** Folders with all that is below them; nothing is removed when a part of them may not be. Links, not what they lead to. */
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
