import type { EntryKind, Precision } from '@portolan/protocol'

/** One entry of either tree, as far as a mirror looks at it. */
export interface TreeEntry {
  /** As the protocol package decodes names: bytes that are no UTF-8 are lone surrogates. A hostile server chose it. */
  readonly name: string
  readonly kind: EntryKind
  /** Bytes; absent where nobody tells. */
  readonly size?: number
  /** Milliseconds since 1970, UTC. */
  readonly modified?: number
  readonly precision?: Precision
  /** POSIX permission bits. */
  readonly mode?: number
  /** Of a link: what it points to. */
  readonly target?: string
  /** It is a link, shown as what it points to: it is removed as a link. */
  readonly followed?: boolean
  /** Of a link to a folder: the path that it leads to, as far as its text tells. */
  readonly leadsTo?: string
  /** The same for two names of one folder, to find loops. */
  readonly unique?: string
}

/** What one folder of a tree holds. */
export interface TreeFolder {
  readonly entries: readonly TreeEntry[]
  /** Lines of the listing that nobody could read: entries that are there and not known. */
  readonly unparsed: number
  /** `claimed`: the end of the listing was not proved, so that some may be missing. */
  readonly end: 'proved' | 'claimed'
}

/** A tree that is read. Paths are relative to its root, with `/` between names; the root is empty. */
export interface Tree {
  /** @throws {FtpError} when it cannot be listed */
  list(path: string, signal: AbortSignal): Promise<TreeFolder>
  /** What tells the root from its folders, see {@link TreeEntry.unique}. */
  identity(): string | undefined
  /** The path as the transfer and the error texts need it. */
  pathOf(path: string): string
}

/** A tree that is changed. */
export interface TargetTree extends Tree {
  /** What the root holds; undefined when there is none, or nobody may look. */
  root(signal: AbortSignal): Promise<TreeFolder | undefined>
  /** Makes a folder; one that is there already is no failure, a link in its place is. */
  makeFolder(path: string, signal: AbortSignal): Promise<void>
  /** Removes a file or a link. */
  removeFile(path: string, signal: AbortSignal): Promise<void>
  /** Removes an empty folder. */
  removeFolder(path: string, signal: AbortSignal): Promise<void>
}

/** A path within a tree. */
export function within(folder: string, name: string): string {
  return folder === '' ? name : `${folder}/${name}`
}
