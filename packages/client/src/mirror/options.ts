import type { EntryKind } from '@portolan/protocol'
import type { FtpClient } from '../client.ts'
import { FtpError } from '../errors.ts'
import { compileSelection, type Selection } from './selection.ts'
import type { MirrorEvent } from './summary.ts'

/** What makes a file that is on both sides changed. */
export type CompareBy = 'size-time' | 'size' | 'checksum' | 'newer' | 'always'

/** What becomes of links of the source. */
export type LinkRule = 'skip' | 'follow' | 'copy'

/** What to mirror, and how. */
export interface MirrorOptions {
  /** `download` makes the local folder like the remote one, `upload` the other way round. */
  readonly direction: 'download' | 'upload'
  /** The remote folder. An upload makes it, with those above. */
  readonly remote: string
  /** The local folder. A download makes it, with those above. It may be a link itself; no link below it is written through. */
  readonly local: string
  readonly signal?: AbortSignal
  /**
   * Remove from the target what the source does not have, after all transfers, and only when the source was listed
   * completely. Also lets a file take the place of a folder, and a folder that of a file. Default false.
   */
  readonly delete?: boolean
  /** The most entries that may be removed; more than that, and none is. Default: no bound. */
  readonly maxDelete?: number
  /**
   * Globs of the files wanted; all others are left alone on both sides. A pattern without `/` fits a name in any folder,
   * others the path below the root; `docs/` is a folder with all below it. Default: everything.
   */
  readonly include?: readonly string[]
  /** Globs of what is left alone on both sides, also when it is included. `cache/` leaves out whole folders. */
  readonly exclude?: readonly string[]
  /**
   * Default `size-time`: a file is changed when its size differs or the source is newer, beyond the coarser precision of
   * both times. `newer` looks at the times alone, `checksum` has the server compute one where the sizes are equal.
   */
  readonly compare?: CompareBy
  /** Sessions at once. Default: the client's `connections`. Fewer when the server allows fewer. */
  readonly parallel?: number
  /** Change nothing: the actions go to `onEvent`, and the summary says what would have been done. Default false. */
  readonly dryRun?: boolean
  /**
   * Links of the source: left out, taken for what they point to, or made again as links (downloads only, and only those
   * that stay below the root). Default `skip`.
   */
  readonly links?: LinkRule
  /** Give each file the time of its source, where the target can. Default true. */
  readonly keepTime?: boolean
  /** Give each file the permissions of its source, where both sides can. Default false. */
  readonly keepMode?: boolean
  /** How each transferred file is verified. Default: `size` for downloads, `none` for uploads. */
  readonly verify?: 'checksum' | 'size' | 'none'
  /** Upload each file under a temporary name and rename it when it is whole. Default false. */
  readonly atomic?: boolean
  /** Told of everything that is done, or would be. Must not throw. */
  readonly onEvent?: (event: MirrorEvent) => void
}

/** Options with every default in its place. */
export interface MirrorSettings {
  readonly direction: 'download' | 'upload'
  readonly remote: string
  readonly local: string
  readonly delete: boolean
  readonly maxDelete: number
  readonly selection: Selection
  readonly compare: CompareBy
  readonly parallel: number
  readonly dryRun: boolean
  readonly links: LinkRule
  readonly keepTime: boolean
  readonly keepMode: boolean
  readonly verify: 'checksum' | 'size' | 'none' | undefined
  readonly atomic: boolean
  readonly onEvent: ((event: MirrorEvent) => void) | undefined
}

/** More sessions than this help nobody and offend servers. */
const MOST_PARALLEL = 256

/** @throws {FtpError} `FTP_SETTING` with what is allowed */
export function resolveMirror(client: FtpClient, options: MirrorOptions): MirrorSettings {
  const { direction, links = 'skip', parallel = client.options.connections } = options
  const { maxDelete = Number.POSITIVE_INFINITY } = options
  if (!Number.isInteger(parallel) || parallel < 1 || parallel > MOST_PARALLEL)
    throw setting(`${parallel} sessions are not allowed: use 1 to ${MOST_PARALLEL}.`)
  if (!(maxDelete >= 0)) throw setting('The most entries to delete is a number from 0 up.')
  if (links === 'copy' && direction === 'upload')
    throw setting('FTP has no command to make links: uploads can skip or follow them.')
  if (options.local === '') throw setting('The local folder is empty: give a path, such as `.`.')
  return {
    direction,
    remote: options.remote,
    local: options.local,
    delete: options.delete ?? false,
    maxDelete,
    selection: compileSelection(options.include ?? [], options.exclude ?? []),
    compare: options.compare ?? 'size-time',
    parallel,
    dryRun: options.dryRun ?? false,
    links,
    keepTime: options.keepTime ?? true,
    keepMode: options.keepMode ?? false,
    verify: options.verify,
    atomic: options.atomic ?? false,
    onEvent: options.onEvent,
  }
}

/** How a kind is called in sentences. */
export const KIND_NAMES: Readonly<Record<EntryKind, string>> = {
  file: 'a file',
  folder: 'a folder',
  link: 'a link',
  other: 'neither a file nor a folder',
  unknown: 'of a kind that the server does not tell',
}

function setting(message: string): FtpError {
  return new FtpError('FTP_SETTING', message, { phase: 'settings' })
}
