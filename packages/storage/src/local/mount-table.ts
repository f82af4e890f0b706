import { readFile } from 'node:fs/promises'
import { encodeName } from '@portolan/protocol'
import { isWithin } from '../path.ts'

/**
 * File systems whose metadata is answered by this machine: a lookup waits for a local disk at worst.
 * FUSE is absent: what stands behind it is not known.
 */
const LOCAL_TYPES: ReadonlySet<string> = new Set([
  'bcachefs',
  'btrfs',
  'devtmpfs',
  'erofs',
  'exfat',
  'ext2',
  'ext3',
  'ext4',
  'f2fs',
  'iso9660',
  'jfs',
  'ntfs3',
  'overlay',
  'ramfs',
  'reiserfs',
  'squashfs',
  'tmpfs',
  'vfat',
  'xfs',
  'zfs',
])

/** One line of /proc/self/mountinfo: proc(5). */
interface Mount {
  readonly path: string
  readonly type: string
}

/** What is known of the volumes around a folder. */
export interface Volumes {
  /** The folder's own volume and all volumes mounted below it are of this machine. */
  readonly below: boolean
  /** So are all volumes on the way from the root of the host. */
  readonly above: boolean
}

/**
 * Whether a folder lies on this machine. False where that cannot be known. A volume mounted later is not seen.
 *
 * @param root - the folder's real path
 */
export async function volumesOf(root: string): Promise<Volumes> {
  const text = await readFile('/proc/self/mountinfo', 'latin1').catch(() => '')
  return localVolumes(parseMountInfo(text), encodeName(root).toString('latin1'))
}

/** Reads /proc/self/mountinfo; bytes stand as Latin-1. Lines of another form are left out. */
export function parseMountInfo(text: string): Mount[] {
  const mounts: Mount[] = []
  for (const line of text.split('\n')) {
    const path = line.split(' ')[4]
    // Optional fields stand before the hyphen: the type is not at a fixed place.
    const type = / - (\S+) /.exec(line)?.[1]
    if (path !== undefined && type !== undefined) mounts.push({ path: unescapeOctal(path), type })
  }
  return mounts
}

/** Which of the mounts around `root` are of this machine. */
export function localVolumes(mounts: readonly Mount[], root: string): Volumes {
  const holders = mounts.filter(mount => isWithin(mount.path, root))
  // Of two mounts on one place the later one is on top.
  const holding = holders.reduce<Mount | undefined>(
    (best, mount) => (mount.path.length >= (best?.path.length ?? 0) ? mount : best),
    undefined,
  )
  const inside = mounts.filter(mount => mount.path !== root && isWithin(root, mount.path))
  return {
    below: holding !== undefined && [holding, ...inside].every(isLocal),
    above: holders.length > 0 && holders.every(isLocal),
  }
}

function isLocal({ type }: Mount): boolean {
  return LOCAL_TYPES.has(type)
}

function unescapeOctal(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)))
}
