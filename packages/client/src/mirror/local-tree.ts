import type { BigIntStats, Dirent, Stats } from 'node:fs'
import { lstatSync, statSync } from 'node:fs'
import { lstat, mkdir, readdir, readlink, realpath, rmdir, symlink, unlink } from 'node:fs/promises'
import { basename, dirname, join, sep } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import { decodeName, type EntryKind } from '@portolan/protocol'
import { aborted, FtpError } from '../errors.ts'
import { localError } from '../files/local-error.ts'
import { onDisk } from '../files/local-path.ts'
import type { TargetTree, TreeEntry, TreeFolder } from './tree.ts'

/** Entries looked at before others have their turn. */
const AT_ONCE = 200

/** A tree of local files. As a target, no link below its root is ever followed. */
export class LocalTree implements TargetTree {
  readonly #root: string
  readonly #follow: boolean
  #real: string | undefined

  /** @param options - `follow`: take links for what they point to; for a source alone */
  constructor(root: string, { follow = false }: { readonly follow?: boolean } = {}) {
    this.#root = root
    this.#follow = follow
  }

  pathOf(path: string): string {
    return path === '' ? this.#root : join(this.#root, ...path.split('/'))
  }

  identity(): string | undefined {
    return this.#follow ? identityOf(onDisk(this.#root)) : undefined
  }

  async root(signal: AbortSignal): Promise<TreeFolder | undefined> {
    const stats = statSync(onDisk(this.#root), { throwIfNoEntry: false })
    return stats?.isDirectory() ? this.list('', signal) : undefined
  }

  async list(path: string, signal: AbortSignal): Promise<TreeFolder> {
    const folder = this.pathOf(path)
    const entries: TreeEntry[] = []
    try {
      const names = await readdir(onDisk(folder), { withFileTypes: true, encoding: 'buffer' })
      for (const [index, dirent] of names.entries()) {
        if (index % AT_ONCE === AT_ONCE - 1) await turn()
        if (signal.aborted) throw aborted('local', signal)
        const entry = await this.#look(folder, dirent)
        if (entry) entries.push(entry)
      }
    } catch (error) {
      throw localError('list', folder, error)
    }
    return { entries, unparsed: 0, end: 'proved' }
  }

  async makeFolder(path: string): Promise<void> {
    const folder = this.pathOf(path)
    try {
      if (path === '') {
        await mkdir(onDisk(folder), { recursive: true })
        return
      }
      await mkdir(onDisk(folder)).catch(async error => {
        if (!isCode(error, 'EEXIST') || !(await lstat(onDisk(folder))).isDirectory()) throw error
      })
    } catch (error) {
      throw localError('make', folder, error)
    }
    await this.checkInside(path)
  }

  /**
   * Refuses a folder that is not below the root: somebody has put a link in its path.
   *
   * @throws {FtpError} `FTP_NAME`
   */
  async checkInside(path: string): Promise<void> {
    const folder = this.pathOf(path)
    try {
      this.#real ??= await realpath(this.#root)
      const real = decodeName(await realpath(onDisk(folder), { encoding: 'buffer' }))
      if (path === '' || real.startsWith(this.#real.endsWith(sep) ? this.#real : this.#real + sep)) return
    } catch (error) {
      throw localError('write to', folder, error)
    }
    throw new FtpError(
      'FTP_NAME',
      `The path ${folder} leads out of ${this.#root}: nothing is written there.`,
      {
        phase: 'local',
      },
    )
  }

  /** Makes a link, in place of one that is there. The target was checked, see {@link staysInside}. */
  async makeLink(path: string, target: string): Promise<void> {
    const link = this.pathOf(path)
    try {
      await unlink(onDisk(link)).catch(error => {
        if (!isCode(error, 'ENOENT')) throw error
      })
      await symlink(onDisk(target), onDisk(link))
    } catch (error) {
      throw localError('make the link', link, error)
    }
  }

  async removeFile(path: string): Promise<void> {
    await this.#remove(path, unlink)
  }

  async removeFolder(path: string): Promise<void> {
    await this.#remove(path, rmdir)
  }

  async #remove(path: string, remove: (path: string | Buffer) => Promise<void>): Promise<void> {
    const found = this.pathOf(path)
    try {
      await this.checkInside(path.slice(0, Math.max(0, path.lastIndexOf('/'))))
      await remove(onDisk(found))
    } catch (error) {
      if (isCode(error, 'ENOENT')) return
      throw localError('remove', found, error)
    }
  }

  async #look(folder: string, dirent: Dirent<Buffer>): Promise<TreeEntry | undefined> {
    const name = decodeName(dirent.name)
    const path = onDisk(join(folder, name))
    try {
      const stats = lstatSync(path)
      if (!stats.isSymbolicLink()) return entryOf(name, stats, this.#follow ? path : undefined)
      if (this.#follow) {
        const pointed = pointedTo(path)
        if (pointed) return entryOf(name, pointed, path)
      }
      const target = decodeName(await readlink(path, { encoding: 'buffer' }))
      return { ...entryOf(name, stats), target }
    } catch (error) {
      // It went while the folder was listed.
      if (isCode(error, 'ENOENT')) return undefined
      throw error
    }
  }
}

/** What a link leads to; undefined for nothing, a loop, or what this user may not see. */
function pointedTo(path: string | Buffer): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false })
  } catch {
    return undefined
  }
}

/** @param identify - where folders have to be told from one another, since links may lead into one again */
function entryOf(name: string, stats: Stats, identify?: string | Buffer): TreeEntry {
  const kind = kindOf(stats)
  const unique = kind === 'folder' && identify !== undefined ? identityOf(identify) : undefined
  return {
    name,
    kind,
    ...(kind === 'file' && { size: stats.size }),
    modified: Math.floor(stats.mtimeMs),
    precision: 'ms',
    mode: stats.mode & 0o7777,
    ...(unique !== undefined && { unique }),
  }
}

/** Numbers of files may be above 2^53. */
function identityOf(path: string | Buffer): string | undefined {
  const stats: BigIntStats | undefined = statSync(path, { bigint: true, throwIfNoEntry: false })
  return stats && `${stats.dev}:${stats.ino}`
}

function kindOf(stats: Stats): EntryKind {
  if (stats.isFile()) return 'file'
  if (stats.isDirectory()) return 'folder'
  return stats.isSymbolicLink() ? 'link' : 'other'
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}

/**
 * Whether a link's target stays below the root: relative, and climbing no higher than that. It may climb at its beginning
 * alone: behind a name, which may be another link, nobody knows where `..` leads.
 *
 * @param path - of the link, below the root
 */
export function staysInside(path: string, target: string): boolean {
  if (target === '' || /^[/\\]|^[A-Za-z]:|\0/.test(target)) return false
  const parts = target.split(/[/\\]/).filter(part => part !== '' && part !== '.')
  const named = parts.findIndex(part => part !== '..')
  const climbs = named < 0 ? parts.length : named
  return climbs < path.split('/').length && !parts.slice(climbs).includes('..')
}

/** Whether the file system at a path takes `Readme` and `README` for one: asked where it has letters, else by the system. */
export function foldsCase(path: string, platform: NodeJS.Platform = process.platform): boolean {
  const byPlatform = platform === 'darwin' || platform === 'win32'
  for (let at = path; ; at = dirname(at)) {
    const other = join(dirname(at), swapCase(basename(at)))
    const stats = other === at ? undefined : statSync(at, { throwIfNoEntry: false })
    if (stats) {
      const twin = statSync(other, { throwIfNoEntry: false })
      return twin !== undefined && twin.ino === stats.ino && twin.dev === stats.dev
    }
    if (dirname(at) === at) return byPlatform
  }
}

function swapCase(text: string): string {
  const upper = text.toUpperCase()
  return upper === text ? text.toLowerCase() : upper
}
