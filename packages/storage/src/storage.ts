/** What an entry is. `link` is a symbolic link that was not followed; `other` a device, socket or pipe, which is never opened. */
export type EntryKind = 'file' | 'folder' | 'link' | 'other'

/** One name in a folder. */
export interface Entry {
  /** The last part of the path; `/` for the root. */
  readonly name: string
  readonly kind: EntryKind
  /** Bytes; 0 for anything but a file. */
  readonly size: number
  /** Milliseconds since 1970, UTC. */
  readonly modified: number
  /** POSIX permission bits, such as 0o644; absent where the back end has none. */
  readonly mode?: number
  /** Owner and group as the back end names them; absent where it has none. */
  readonly owner?: string
  readonly group?: string
  /** Number of hard links; absent where the back end has none. */
  readonly links?: number
  /** Same for two names of the same file, different otherwise (RFC 3659 section 7.5.5). */
  readonly unique?: string
  /** Of a link: what it points to, as written. */
  readonly target?: string
}

/** An open file to read. */
export interface ReadHandle extends AsyncDisposable {
  /** The file as it was when it was opened. */
  readonly entry: Entry
  /** Of a file on local disk: what is left of it, for whoever can make the kernel send it. Reading and advancing go on from the same place. */
  readonly file?: {
    readonly descriptor: number
    readonly position: number
    readonly left: number
    advance(bytes: number): void
  }
  /** Fills the start of `into` with what follows; 0 at the end. Never called twice at once. */
  read(into: Buffer): Promise<number>
}

/** Where an upload starts. */
export interface WriteOptions {
  /** Who writes: a broken upload is kept for this owner alone, so that only the same user continues it. */
  readonly owner: string
  /**
   * Where the first byte goes: a number of bytes that have to be there already (REST + STOR), or `end` (APPE).
   * Default 0: a new file.
   */
  readonly offset?: number | 'end'
  /** Refuse to replace what is there: `STORAGE_EXISTS`. Default false. */
  readonly exclusive?: boolean
  /** `atomic`: the name shows the new bytes after publish and never otherwise. `direct`: bytes go straight into the named file. */
  readonly mode: 'atomic' | 'direct'
  /** Bytes the client said it will send (ALLO), if it did. */
  readonly expected?: number
}

/** An upload in flight. The name shows the new bytes after `publish`, and never otherwise (in `direct` mode: at once). */
export interface Upload extends AsyncDisposable {
  /** Where the first byte of this upload goes. */
  readonly offset: number
  /** Takes the chunk whole; its memory may be used again once this has resolved. Never called twice at once. */
  write(chunk: Buffer): Promise<void>
  /** Makes the upload visible under its name. Durable when it resolves (setting `durable` of the back end). */
  publish(): Promise<Entry>
  /** Not published: kept aside for REST/APPE of the same owner, or removed when `keep` is false. */
  abandon(options: { keep: boolean }): Promise<void>
}

/** Space of the volume that holds a path. */
export interface Space {
  readonly freeBytes: number
  readonly totalBytes: number
}

/** What a back end can do beyond the minimum. */
export interface StorageFeatures {
  readonly modes: boolean
  readonly links: boolean
  readonly times: boolean
}

/**
 * A file back end. Paths are absolute, POSIX, normalised (`/`, `/a/b`): no `.`, `..`, empty part, NUL or trailing slash;
 * names that are not UTF-8 hold lone surrogates (see `decodeName` of the protocol package) and survive the round trip.
 * No path ever leaves the root of the back end. Failures are {@link StorageError}s.
 */
export interface Storage {
  readonly features: StorageFeatures
  /** What the path leads to; links inside the root are followed. A kept broken upload of `owner` counts as a file of its size when nothing has the name. */
  stat(path: string, options?: { owner?: string; follow?: boolean }): Promise<Entry>
  /** One level, in batches, in the back end's own order, never the whole folder in memory. Links are reported as links with `target`. */
  list(
    path: string,
    options?: { signal?: AbortSignal; followLinks?: boolean },
  ): AsyncIterable<readonly Entry[]>
  read(path: string, offset: number): Promise<ReadHandle>
  write(path: string, options: WriteOptions): Promise<Upload>
  makeFolder(path: string): Promise<void>
  removeFile(path: string): Promise<void>
  removeFolder(path: string): Promise<void>
  /** Replaces a file of the new name, as POSIX rename does. */
  rename(from: string, to: string): Promise<void>
  copy(from: string, to: string, options: { signal: AbortSignal }): Promise<void>
  /** Sets the modification time (milliseconds since 1970, UTC). */
  setModified(path: string, modified: number): Promise<void>
  setMode(path: string, mode: number): Promise<void>
  makeLink(path: string, target: string): Promise<void>
  space(path: string): Promise<Space>
}
