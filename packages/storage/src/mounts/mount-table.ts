import { failure } from '../failure.ts'
import { checkPath } from '../hidden-names.ts'
import { isWithin, joinPath, partsOf } from '../path.ts'
import type { Storage } from '../storage.ts'

/** A storage and the path at which it stands. */
export interface Mount {
  readonly path: string
  readonly storage: Storage
}

/** A path of all, as the storage that holds it knows it. */
export interface Mounted {
  readonly mount: Mount
  /** The path inside the storage. */
  readonly inner: string
}

/** Which storage holds which path. */
export class MountTable {
  /** The longest path first: the first that fits is the one. */
  readonly #mounts: readonly Mount[]

  /** @throws {StorageError} `STORAGE_BAD_NAME` for a path that is not normalised, `STORAGE_EXISTS` for one that is there twice */
  constructor(mounts: readonly Mount[]) {
    const paths = new Set<string>()
    for (const { path } of mounts) {
      checkPath(path)
      if (paths.has(path)) throw failure('STORAGE_EXISTS', `Two storages are mounted at ${path}.`)
      paths.add(path)
    }
    this.#mounts = mounts.toSorted((a, b) => b.path.length - a.path.length)
  }

  /** The storage that holds a path; undefined where there is only a way to other mounts, or nothing. */
  holding(path: string): Mounted | undefined {
    const mount = this.#mounts.find(candidate => isWithin(candidate.path, path))
    return mount && { mount, inner: innerPath(mount, path) }
  }

  /** True for a mount point, and for a folder on the way to one: neither can be removed, renamed or replaced. */
  isFixed(path: string): boolean {
    return path === '/' || this.#mounts.some(mount => isWithin(path, mount.path))
  }

  /** True for a folder on the way to a mount point, whatever else stands there. */
  isOnTheWay(path: string): boolean {
    return this.#mounts.some(mount => mount.path !== path && isWithin(path, mount.path))
  }

  /** The names in a folder that are mount points or lead to some. */
  namesIn(folder: string): ReadonlySet<string> {
    const depth = partsOf(folder).length
    const names = new Set<string>()
    for (const { path } of this.#mounts) {
      const name = path !== folder && isWithin(folder, path) ? partsOf(path)[depth] : undefined
      if (name !== undefined) names.add(name)
    }
    return names
  }
}

/** The path of all for a path inside a mounted storage. */
export function outerPath({ path }: Mount, inner: string): string {
  if (path === '/') return inner
  return inner === '/' ? path : joinPath(path, inner.slice(1))
}

function innerPath(mount: Mount, path: string): string {
  if (mount.path === '/') return path
  return path === mount.path ? '/' : path.slice(mount.path.length)
}
