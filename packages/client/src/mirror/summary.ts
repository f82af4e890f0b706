import type { Because } from '@portolan/channels'
import type { FtpError } from '../errors.ts'

/** What is done about one entry, or would be. */
export interface MirrorAction {
  readonly kind:
    | 'make-folder'
    | 'download'
    | 'upload'
    | 'link'
    | 'keep'
    | 'skip'
    | 'delete-file'
    | 'delete-folder'
  /** Below the root, with `/` between names. */
  readonly path: string
  /** Of a file, where it is known. */
  readonly bytes?: number
  readonly because: Because
}

/** What a mirror tells while it runs. Paths are below the root. */
export type MirrorEvent =
  /** It is going to be done; in a dry run that is all. */
  | { readonly type: 'planned'; readonly action: MirrorAction }
  /** A transfer begins, after it has waited for a session. */
  | { readonly type: 'started'; readonly action: MirrorAction }
  | {
      readonly type: 'progress'
      readonly path: string
      readonly bytes: number
      readonly total: number | undefined
    }
  | { readonly type: 'done'; readonly action: MirrorAction }
  | { readonly type: 'failed'; readonly path: string; readonly error: FtpError }
  | { readonly type: 'warning'; readonly path: string; readonly because: Because }

/** An entry that could not be mirrored. */
export interface MirrorFailure {
  readonly path: string
  readonly error: FtpError
}

/**
 * What a mirror came to. Every entry of the source that was seen is in exactly one of `transferred`, `unchanged`, `links`,
 * `folders`, `skipped` and `failed`: they add up to `entries`.
 */
export interface MirrorSummary {
  readonly entries: number
  /** Files. */
  readonly transferred: number
  /** Files that are the same in the target. */
  readonly unchanged: number
  /** Links made again. */
  readonly links: number
  /** Folders gone through, without the root. */
  readonly folders: number
  /** Of these, those that the target did not have; the root counts here. */
  readonly foldersMade: number
  /** Left out: excluded, not included, links, devices. */
  readonly skipped: number
  readonly failed: readonly MirrorFailure[]
  /** Entries removed from the target; in a dry run those that would be. */
  readonly deleted: number
  /** Entries of the target that could not be removed. */
  readonly notDeleted: readonly MirrorFailure[]
  /** Why nothing was removed although it was asked for. */
  readonly deleteRefused?: Because
  /** Lines of the source's listings that nobody could read: entries that are not in `entries`. */
  readonly unparsed: number
  /** Of the files transferred. In a dry run as far as their sizes are known. */
  readonly bytes: number
  /** Of these, those that an earlier run had transferred. */
  readonly resumed: number
}
