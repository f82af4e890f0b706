import { copyThrough } from './copy-through.ts'
import { failure, isFailure } from './failure.ts'
import { checkPath } from './hidden-names.ts'
import { linkTarget } from './link-target.ts'
import { type Mount, type Mounted, MountTable, outerPath } from './mounts/mount-table.ts'
import { baseName, joinPath, parentPath } from './path.ts'
import type { Entry, ReadHandle, Space, Storage, StorageFeatures, Upload, WriteOptions } from './storage.ts'

const NO_FILES_HERE = 'This folder only holds other folders of the server. Go into one of them first.'

/**
 * Makes one storage of several, each below a path of its own; the longest path that fits holds a name. Mount points show
 * up as folders, and so do the folders on the way to them, whether the storage around them has such folders or not.
 * What the storage around holds under the same name is covered.
 *
 * A file is not moved from one storage to another (`STORAGE_ACROSS`), but copied. A mount point cannot be removed or
 * renamed (`STORAGE_FORBIDDEN`). The storages are not closed with this one.
 *
 * @throws {StorageError} when a path is not normalised or there twice
 */
export function mountStorages(mounts: readonly Mount[]): Storage {
  const table = new MountTable(mounts)
  const [only] = mounts
  return only?.path === '/' && mounts.length === 1 ? only.storage : new MountedStorages(mounts, table)
}

class MountedStorages implements Storage {
  readonly features: StorageFeatures
  readonly #table: MountTable
  readonly #since = Date.now()

  constructor(mounts: readonly Mount[], table: MountTable) {
    this.#table = table
    this.features = {
      modes: mounts.every(({ storage }) => storage.features.modes),
      links: mounts.every(({ storage }) => storage.features.links),
      times: mounts.every(({ storage }) => storage.features.times),
    }
  }

  async stat(path: string, options?: { owner?: string; follow?: boolean }): Promise<Entry> {
    checkPath(path)
    const virtual = this.#table.isOnTheWay(path) ? this.#virtualFolder(path) : undefined
    const held = this.#table.holding(path)
    if (!held) {
      if (virtual) return virtual
      throw failure('STORAGE_NOT_FOUND')
    }
    try {
      const entry = shown(await held.mount.storage.stat(held.inner, options), held.mount)
      // A file of that name is covered: it cannot be a folder as well.
      return virtual && entry.kind !== 'folder' ? virtual : { ...entry, name: baseName(path) }
    } catch (error) {
      if (virtual) return virtual
      throw error
    }
  }

  async *list(
    path: string,
    options?: { signal?: AbortSignal; followLinks?: boolean },
  ): AsyncGenerator<readonly Entry[]> {
    checkPath(path)
    const names = this.#table.namesIn(path)
    const held = this.#table.holding(path)
    if (!held && names.size === 0) throw failure('STORAGE_NOT_FOUND')
    if (held) yield* this.#listHeld(held, names, options)
    if (names.size > 0)
      yield await Promise.all([...names].map(name => this.#mountEntry(joinPath(path, name))))
  }

  async read(path: string, offset: number): Promise<ReadHandle> {
    const { mount, inner } = this.#fileAt(path)
    return mount.storage.read(inner, offset)
  }

  async write(path: string, options: WriteOptions): Promise<Upload> {
    const { mount, inner } = this.#fileAt(path)
    return this.#inFolderOf(path, mount.storage.write(inner, options))
  }

  async makeFolder(path: string): Promise<void> {
    checkPath(path)
    if (this.#table.isFixed(path)) throw failure('STORAGE_EXISTS')
    const { mount, inner } = this.#holding(path)
    await this.#inFolderOf(path, mount.storage.makeFolder(inner))
  }

  async removeFile(path: string): Promise<void> {
    const { mount, inner } = this.#changeable(path)
    await mount.storage.removeFile(inner)
  }

  async removeFolder(path: string): Promise<void> {
    const { mount, inner } = this.#changeable(path)
    await mount.storage.removeFolder(inner)
  }

  async rename(from: string, to: string): Promise<void> {
    const source = this.#changeable(from)
    const target = this.#changeable(to)
    if (source.mount !== target.mount) {
      // Whether there is anything to move is told first.
      await source.mount.storage.stat(source.inner, { follow: false })
      throw failure('STORAGE_ACROSS')
    }
    await this.#inFolderOf(to, source.mount.storage.rename(source.inner, target.inner))
  }

  async copy(from: string, to: string, { signal }: { signal: AbortSignal }): Promise<void> {
    const source = this.#fileAt(from)
    const target = this.#fileAt(to)
    const copying =
      source.mount === target.mount
        ? source.mount.storage.copy(source.inner, target.inner, { signal })
        : copyThrough(source.mount.storage, source.inner, target.mount.storage, target.inner, signal)
    await copying
  }

  async setModified(path: string, modified: number): Promise<void> {
    const { mount, inner } = this.#holding(path)
    await mount.storage.setModified(inner, modified)
  }

  async setMode(path: string, mode: number): Promise<void> {
    const { mount, inner } = this.#holding(path)
    await mount.storage.setMode(inner, mode)
  }

  async makeLink(path: string, target: string): Promise<void> {
    const link = this.#changeable(path)
    const leadsTo = this.#table.holding(linkTarget(parentPath(path), target).path)
    if (leadsTo?.mount !== link.mount) {
      throw failure('STORAGE_ACROSS', 'A link cannot lead to another volume.')
    }
    await this.#inFolderOf(path, link.mount.storage.makeLink(link.inner, leadsTo.inner))
  }

  async space(path: string): Promise<Space> {
    checkPath(path)
    const held = this.#table.holding(path)
    if (held) return held.mount.storage.space(held.inner)
    if (this.#table.isFixed(path)) return { freeBytes: 0, totalBytes: 0 }
    throw failure('STORAGE_NOT_FOUND')
  }

  async *#listHeld(
    { mount, inner }: Mounted,
    covered: ReadonlySet<string>,
    options: { signal?: AbortSignal; followLinks?: boolean } | undefined,
  ): AsyncGenerator<readonly Entry[]> {
    try {
      for await (const batch of mount.storage.list(inner, options)) {
        const entries = batch.filter(entry => !covered.has(entry.name)).map(entry => shown(entry, mount))
        if (entries.length > 0) yield entries
      }
    } catch (error) {
      // The way to a mount point need not exist in the storage around it.
      const missing = isFailure(error, 'STORAGE_NOT_FOUND') || isFailure(error, 'STORAGE_NOT_A_FOLDER')
      if (covered.size === 0 || !missing) throw error
    }
  }

  /** A mount point, or a folder on the way to one, as its folder shows it; also when its storage fails just now. */
  #mountEntry(path: string): Promise<Entry> {
    return this.stat(path).catch(() => this.#virtualFolder(path))
  }

  #virtualFolder(path: string): Entry {
    return { name: baseName(path), kind: 'folder', size: 0, modified: this.#since, mode: 0o755 }
  }

  #holding(path: string): Mounted {
    checkPath(path)
    const held = this.#table.holding(path)
    if (held) return held
    const virtual = this.#table.isFixed(path) || this.#table.isFixed(parentPath(path))
    throw virtual ? failure('STORAGE_FORBIDDEN', NO_FILES_HERE) : failure('STORAGE_NOT_FOUND')
  }

  #fileAt(path: string): Mounted {
    checkPath(path)
    if (this.#table.isFixed(path)) throw failure('STORAGE_NOT_A_FILE', 'That is a folder.')
    return this.#holding(path)
  }

  #changeable(path: string): Mounted {
    checkPath(path)
    if (this.#table.isFixed(path)) {
      throw failure('STORAGE_FORBIDDEN', 'That folder is a part of the server and cannot be changed.')
    }
    return this.#holding(path)
  }

  /** A folder that is only the way to a mount point is there for the client and missing for the storage. */
  async #inFolderOf<T>(path: string, work: Promise<T>): Promise<T> {
    try {
      return await work
    } catch (error) {
      const virtual = isFailure(error, 'STORAGE_NOT_FOUND') && this.#table.isOnTheWay(parentPath(path))
      // The root of a storage is there in any case: what is missing is something else.
      if (virtual && parentPath(path) !== '/')
        throw failure('STORAGE_FORBIDDEN', NO_FILES_HERE, { cause: error })
      throw error
    }
  }
}

/** An entry with a target that means the same seen from outside of its storage. */
function shown(entry: Entry, mount: Mount): Entry {
  if (!entry.target?.startsWith('/') || mount.path === '/') return entry
  return { ...entry, target: outerPath(mount, entry.target) }
}
