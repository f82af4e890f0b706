import { createHash } from 'node:crypto'
import type { BigIntStats } from 'node:fs'
import { posix } from 'node:path'
import type { LocalPlace } from '../model/index.ts'
import type { Properties } from '../placeholders.ts'

/** A file that a trigger has found. */
export interface FoundFile {
  /** Below the folder of the trigger, with slashes between. */
  readonly relative: string
  readonly size: number
  /** When it came to be as it is, in milliseconds: its change time, which no client can set. */
  readonly changedMs: number
  /** When it came into being; 0 where the file system does not know. */
  readonly bornMs: number
  readonly modifiedNs: bigint
  readonly inode: bigint
  readonly bornNs: bigint
}

/** What is not a file of anybody yet: uploads under way, and parts of pulls. See the names of storage and of pulls. */
const HIDDEN = /^\.portolan-|\.portolan-part$/i

export const isHiddenName = (name: string) => HIDDEN.test(name)

/** What the system says of a file. */
export function foundFile(relative: string, stats: BigIntStats): FoundFile {
  return {
    relative,
    size: Number(stats.size),
    changedMs: Number(stats.ctimeMs),
    bornMs: Number(stats.birthtimeMs),
    modifiedNs: stats.mtimeNs,
    inode: stats.ino,
    bornNs: stats.birthtimeNs,
  }
}

/**
 * Tells one upload from another. Every upload makes a new file under the name, with its own inode and time of birth, which
 * stay when the client sets the file's time behind the upload (MFMT), as WinSCP and rclone do. Where the file system knows
 * no birth, the time of the last write has to do.
 */
export function uploadVersion({ size, inode, bornNs, modifiedNs }: FoundFile): string {
  return bornNs > 0n ? `${size}/${inode}/${bornNs}` : `${size}/${modifiedNs}`
}

/** Tells one content of a watched file from another. */
export const contentVersion = ({ size, modifiedNs }: FoundFile) => `${size}/${modifiedNs}`

/** The occurrence of a version of a file, for {@link NewRun.occurrence}. */
export function fileOccurrence(transfer: string, path: string, version: string): string {
  const hash = createHash('sha256').update(JSON.stringify([transfer, path, version]))
  return `file:${hash.digest('hex').slice(0, 40)}`
}

/** The path of a place: a user's as the user sees it, or one of the machine. */
const pathOf = (place: LocalPlace) => ('user' in place ? place.path : place.folder)

/** The path of something below a place, in the words of the place. */
export const pathBelow = (place: LocalPlace, relative: string) => posix.join(pathOf(place), relative)

/**
 * The properties `file.*`. `file.user` is there for places of users alone: it says in whose eyes the path is.
 * @param uploader - absent: the user of the place, if there is one
 */
export function fileRunProperties(place: LocalPlace, file: FoundFile, uploader?: string): Properties {
  const path = pathBelow(place, file.relative)
  const name = posix.basename(path)
  const dot = name.lastIndexOf('.')
  const owner = 'user' in place ? place.user : undefined
  const by = uploader ?? owner
  return {
    'file.path': path,
    'file.name': name,
    'file.folder': posix.dirname(path),
    'file.extension': dot > 0 ? name.slice(dot + 1) : '',
    'file.size': file.size,
    ...(owner !== undefined && { 'file.user': owner }),
    ...(by !== undefined && { 'file.uploader': by }),
  }
}

/** What a file's runs have to themselves: no two deliver it at once. */
export function fileExclusive(transfer: string, place: LocalPlace, relative: string): string {
  return JSON.stringify(['file', transfer, 'user' in place ? place.user : '', pathBelow(place, relative)])
}

/** What is below a folder, by paths with slashes; undefined when a path is not, or when it is deeper than is looked at. */
export function relativeTo(folder: string, path: string, subfolders: boolean): string | undefined {
  const relative = posix.relative(folder, path)
  if (relative === '' || relative === '..' || relative.startsWith('../')) return undefined
  return !subfolders && relative.includes('/') ? undefined : relative
}
