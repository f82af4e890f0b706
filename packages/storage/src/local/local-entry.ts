import { constants, type Stats } from 'node:fs'
import { failure } from '../failure.ts'
import type { Entry, EntryKind } from '../storage.ts'
import type { OpenNode } from './node-opener.ts'
import type { Owners } from './owners.ts'

/** Makes an entry of what the system says. `target` is given for a link. */
export function entryOf(name: string, stats: Stats, owners: Owners, target?: string): Entry {
  const kind = kindOf(stats)
  const entry = {
    name,
    kind,
    size: kind === 'file' ? stats.size : 0,
    modified: Math.round(stats.mtimeMs),
    mode: stats.mode & 0o7777,
    owner: owners.user(stats.uid),
    group: owners.group(stats.gid),
    links: stats.nlink,
    // Some file systems number their files beyond what a double holds: two files would then look like one.
    ...(Number.isSafeInteger(stats.ino) && { unique: `${stats.dev.toString(36)}-${stats.ino.toString(36)}` }),
  }
  return target === undefined ? entry : { ...entry, target }
}

export function kindOf(stats: Stats): EntryKind {
  const type = stats.mode & constants.S_IFMT
  if (type === constants.S_IFREG) return 'file'
  if (type === constants.S_IFDIR) return 'folder'
  return type === constants.S_IFLNK ? 'link' : 'other'
}

/** What a looked-up regular file is. @throws {StorageError} `STORAGE_NOT_A_FILE` for anything else */
export function fileStats(node: OpenNode): Stats {
  const stats = node.stats()
  if (stats.isFile()) return stats
  throw failure('STORAGE_NOT_A_FILE', stats.isDirectory() ? 'That is a folder.' : undefined)
}
