import { lstat, realpath } from 'node:fs/promises'
import { basename, dirname, isAbsolute, join, relative, sep } from 'node:path'
import { compilePermissions, type UserRecord } from '@portolan/server'
import { type EffectiveUser, effectiveUser, type Settings } from '@portolan/settings'
import { resolvePath } from '@portolan/storage'
import type { LocalPlace } from '@portolan/transfers/model'
import { folderProblem, newFolderProblem } from '../../resources/users/folder-check.ts'

/** What places are found by. */
export interface PlacesOptions {
  /** A user as it is now; undefined: there is none. */
  lookup(name: string): Promise<UserRecord | undefined>
  settings(): Pick<Settings, 'groups'>
  /** Folder that the node keeps its state in. */
  readonly dataFolder: string
  readonly now?: () => number
}

type Need = 'read' | 'write'

/** Why a place of this server cannot be used, as a sentence. */
export class PlaceError extends Error {
  override readonly name = 'PlaceError'
}

/**
 * Finds the places of transfers on disk: a path of a user leads where it leads by FTP, as long as the user may be there; a
 * folder of the machine is itself, unless the node keeps its state there.
 */
export class Places {
  readonly #options: PlacesOptions

  constructor(options: PlacesOptions) {
    this.#options = options
  }

  /**
   * Where a place is on disk, links followed. What is not there yet is where it would be.
   * @throws {PlaceError}
   */
  async resolve(place: LocalPlace, need: Need): Promise<string> {
    return 'user' in place ? this.#ofUser(place, need) : this.#ofMachine(place.folder)
  }

  async #ofUser({ user: name, path }: { user: string; path: string }, need: Need): Promise<string> {
    const user = await this.#user(name)
    const virtual = virtualPath(path)
    const mounts = [
      ...user.folders.filter(folder => folder.path !== '/'),
      { path: '/', folder: user.home, readOnly: false },
    ].toSorted((a, b) => b.path.length - a.path.length)
    const may = compilePermissions(
      user.permissions,
      mounts.filter(({ readOnly }) => readOnly).map(mount => mount.path),
    )
    if (!may(virtual, need)) throw new PlaceError(`the user ${name} may not ${need} ${virtual}`)
    const mount = mounts.find(({ path: at }) => at === '/' || virtual === at || virtual.startsWith(`${at}/`))
    const inner = mount === undefined || mount.path === '/' ? virtual : virtual.slice(mount.path.length)
    return confined(mount?.folder ?? user.home, inner, `${virtual} of the user ${name}`)
  }

  async #user(name: string): Promise<EffectiveUser> {
    const { lookup, settings, now = Date.now } = this.#options
    const user = await lookup(name)
    if (!user) throw new PlaceError(`there is no user ${name}`)
    if (!user.enabled) throw new PlaceError(`the user ${name} is disabled`)
    if (user.expires !== undefined && Date.parse(user.expires) < now())
      throw new PlaceError(`the user ${name} has expired`)
    return effectiveUser(settings(), user)
  }

  async #ofMachine(folder: string): Promise<string> {
    const { dataFolder } = this.#options
    const stats = await lstat(folder).catch(() => undefined)
    // Of a file, and of what is to be made, the folder around it is what counts.
    const isFolder = stats !== undefined && !stats.isFile()
    const problem = await (isFolder ? folderProblem : newFolderProblem)(folder, dataFolder)
    if (problem !== undefined) throw new PlaceError(problem)
    return isFolder ? realpath(folder) : join(await realpath(dirname(folder)), basename(folder))
  }
}

function virtualPath(path: string): string {
  if (path.split('/').some(part => part === '..')) throw new PlaceError(`${path} must not lead upwards by ..`)
  // Uploads that are not whole, which nobody sees by FTP either.
  if (/(^|\/)\.portolan-/i.test(path))
    throw new PlaceError(`${path} is a name that the server keeps to itself`)
  return resolvePath('/', path)
}

/** A path below a folder, links followed, as long as they do not lead out of it. */
async function confined(folder: string, inner: string, what: string): Promise<string> {
  const root = await realpath(folder).catch(() => undefined)
  if (root === undefined) throw new PlaceError(`the folder that holds ${what} is not there`)
  const missing: string[] = []
  for (let path = join(root, inner); ; path = dirname(path)) {
    const found = await realpath(path).catch(() => undefined)
    if (found !== undefined) {
      if (!isWithin(found, root)) throw new PlaceError(`${what} leads out of the folders of the user`)
      return join(found, ...missing)
    }
    if (await lstat(path).catch(() => undefined)) throw new PlaceError(`${what} is a link that leads nowhere`)
    missing.unshift(basename(path))
  }
}

function isWithin(path: string, folder: string): boolean {
  const way = relative(folder, path)
  return way === '' || (way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way))
}
