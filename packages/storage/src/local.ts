import { existsSync } from 'node:fs'
import {
  chmod,
  mkdir,
  readlink,
  realpath,
  rename,
  rmdir,
  stat,
  statfs,
  symlink,
  unlink,
  utimes,
} from 'node:fs/promises'
import { decodeName } from '@portolan/protocol'
import { failure, isFailure } from './failure.ts'
import { checkPath, keptName } from './hidden-names.ts'
import { linkTarget } from './link-target.ts'
import { close, hostPath } from './local/calls.ts'
import { Confinement } from './local/confinement.ts'
import type { LocalContext } from './local/context.ts'
import { FileCopier } from './local/copy-base.ts'
import { Leftovers } from './local/leftovers.ts'
import { listFolder } from './local/list-folder.ts'
import { entryOf, fileStats, kindOf } from './local/local-entry.ts'
import { volumesOf } from './local/mount-table.ts'
import { DescriptorOpener, RealPathOpener } from './local/node-opener.ts'
import { systemOwners } from './local/owners.ts'
import { Pace } from './local/pace.ts'
import { openToRead } from './local/read-file.ts'
import { startCopy, startUpload } from './local/start-upload.ts'
import { fromSystem, guarded, systemCode } from './local/system-error.ts'
import { baseName, joinPath } from './path.ts'
import type { Entry, ReadHandle, Space, Storage, StorageFeatures, Upload, WriteOptions } from './storage.ts'

const A_DAY = 24 * 60 * 60 * 1000

/** What a local storage is opened with. */
export interface LocalStorageOptions {
  /** The folder of the host that is `/`. It has to exist. */
  readonly root: string
  /** Milliseconds that a broken upload is kept for its owner to continue; 0 keeps none. Default 24 hours. */
  readonly keepBrokenMs?: number
  /**
   * `fsync`: a published upload and its name survive a loss of power; each upload waits for the disk.
   * `none`: they survive a crash of the process, and are on the disk when the system gets to it. Default `fsync`.
   */
  readonly durable?: 'fsync' | 'none'
  /** Permission bits that new files and folders do not get, such as 0o027. Default: the umask of the process. */
  readonly umask?: number
  /** Milliseconds since 1970. Default `Date.now`. */
  readonly now?: () => number
  /**
   * How check and use are kept one: `descriptors` need Linux with /proc; with `paths` somebody who swaps a folder for a
   * link at the right moment can lead a call outside. Default: descriptors where there are any.
   */
  readonly lookups?: 'descriptors' | 'paths'
  /**
   * Where calls run that the kernel mostly answers from its cache (lookups, reads of small files): on the event loop they
   * cost a tenth of the trip through the thread pool. Default: the event loop, as long as they are quick, where all
   * volumes below the root are of this machine.
   */
  readonly shortCalls?: 'event-loop' | 'thread-pool'
}

/**
 * Serves a folder of this machine. No path leaves it: not by `..`, not by a link, not by a link that is swapped for a
 * folder during the call.
 *
 * @throws {StorageError} `STORAGE_NOT_FOUND`, `STORAGE_NOT_A_FOLDER` or `STORAGE_FORBIDDEN` when there is no such folder
 */
export async function openLocalStorage(options: LocalStorageOptions): Promise<Storage & AsyncDisposable> {
  const { durable = 'fsync', keepBrokenMs = A_DAY, now = Date.now, umask } = options
  const root = decodeName(Buffer.from(await guarded(realpath(options.root, 'latin1')), 'latin1'))
  const found = await guarded(stat(hostPath(root)))
  if (!found.isDirectory()) throw failure('STORAGE_NOT_A_FOLDER')
  const descriptors = options.lookups ? options.lookups === 'descriptors' : existsSync('/proc/self/fd')
  const volumes = await volumesOf(root)
  const direct = options.shortCalls ? options.shortCalls === 'event-loop' : volumes.below
  const pace = new Pace(descriptors && direct)
  const opener = descriptors ? new DescriptorOpener(pace) : new RealPathOpener()
  const confinement = new Confinement(root, opener, pace)
  const leftovers = new Leftovers({ confinement, pace, keepBrokenMs, now })
  const copier = new FileCopier(descriptors)
  return new LocalStorage({
    confinement,
    pace,
    owners: await systemOwners(),
    quietWays: descriptors && volumes.below && volumes.above,
    leftovers,
    copier,
    durable: durable === 'fsync',
    umask,
    keepBrokenMs,
    now,
  })
}

class LocalStorage implements Storage, AsyncDisposable {
  readonly features: StorageFeatures = { modes: true, links: true, times: true }
  readonly #context: LocalContext

  constructor(context: LocalContext) {
    this.#context = context
  }

  async stat(
    path: string,
    { owner, follow = true }: { owner?: string; follow?: boolean } = {},
  ): Promise<Entry> {
    const { confinement, owners } = this.#context
    try {
      if (!follow && path !== '/') return await this.#statLink(path)
      using node = await confinement.node(path)
      return entryOf(baseName(path), node.stats(), owners)
    } catch (error) {
      const kept =
        owner !== undefined && isFailure(error, 'STORAGE_NOT_FOUND') && (await this.#statKept(path, owner))
      if (kept) return kept
      throw fromSystem(error)
    }
  }

  async *list(
    path: string,
    { signal, followLinks }: { signal?: AbortSignal; followLinks?: boolean } = {},
  ): AsyncGenerator<readonly Entry[]> {
    const { confinement, leftovers, now, owners, pace, quietWays } = this.#context
    signal?.throwIfAborted()
    using folder = await confinement.folder(path)
    const hidden = yield* listFolder({
      confinement,
      folder,
      owners,
      pace,
      quietWays,
      now,
      signal,
      followLinks,
    })
    await leftovers.expire(folder, hidden)
  }

  async read(path: string, offset: number): Promise<ReadHandle> {
    const { confinement, owners, pace } = this.#context
    using node = await confinement.node(path)
    // Awaited: the descriptor that it opens through is closed on the way out.
    return await openToRead(node, path, offset, owners, pace)
  }

  write(path: string, options: WriteOptions): Promise<Upload> {
    return startUpload(this.#context, path, options)
  }

  async makeFolder(path: string): Promise<void> {
    checkPath(path)
    if (path === '/') throw failure('STORAGE_EXISTS')
    const { confinement, umask } = this.#context
    using place = await confinement.place(path)
    const mode = 0o777 & ~(umask ?? 0)
    await guarded(mkdir(place.host, mode))
    if (umask === undefined) return
    // The umask of the process may have taken more bits than the setting.
    using folder = await confinement.realFolder(joinPath(place.folder.path, place.name))
    const given = folder.stats().mode
    if ((given & 0o777) !== mode) await guarded(chmod(folder.host, (given & 0o7000) | mode))
  }

  async removeFile(path: string): Promise<void> {
    using place = await this.#context.confinement.place(path)
    await guarded(unlink(place.host))
  }

  async removeFolder(path: string): Promise<void> {
    const { confinement, leftovers } = this.#context
    using place = await confinement.place(path)
    try {
      await rmdir(place.host)
    } catch (error) {
      const code = systemCode(error)
      if (code !== 'ENOTEMPTY' && code !== 'EEXIST') throw fromSystem(error)
      using folder = await confinement.realFolder(joinPath(place.folder.path, place.name))
      await guarded(leftovers.clear(folder))
      await guarded(rmdir(place.host))
    }
  }

  async rename(from: string, to: string): Promise<void> {
    const { confinement } = this.#context
    using source = await confinement.place(from)
    using target = await confinement.place(to)
    try {
      await rename(source.host, target.host)
    } catch (error) {
      const code = systemCode(error)
      if (code === 'EINVAL') throw failure('STORAGE_FORBIDDEN', 'A folder cannot be moved into itself.')
      if (code === 'EEXIST') throw failure('STORAGE_NOT_EMPTY')
      throw fromSystem(error)
    }
  }

  async copy(from: string, to: string, { signal }: { signal: AbortSignal }): Promise<void> {
    signal.throwIfAborted()
    const { confinement } = this.#context
    using node = await confinement.node(from)
    const { size } = fileStats(node)
    const fd = await guarded(node.openToRead())
    try {
      await using upload = await startCopy(this.#context, to, { fd, size }, signal)
      await upload.publish()
    } finally {
      await close(fd)
    }
  }

  async setModified(path: string, modified: number): Promise<void> {
    using node = await this.#context.confinement.node(path)
    await guarded(utimes(node.host, node.stats().atimeMs / 1000, modified / 1000))
  }

  async setMode(path: string, mode: number): Promise<void> {
    // A file of the server's user with this bit would run with the server's rights.
    if (mode & 0o6000)
      throw failure('STORAGE_FORBIDDEN', 'The set-user-ID and set-group-ID bits cannot be set.')
    using node = await this.#context.confinement.node(path)
    const stats = node.stats()
    // A folder that hands its group on goes on doing so.
    const handsOn = stats.isDirectory() ? stats.mode & 0o2000 : 0
    await guarded(chmod(node.host, (mode & 0o1777) | handsOn))
  }

  async makeLink(path: string, target: string): Promise<void> {
    const { confinement } = this.#context
    using place = await confinement.place(path)
    const { path: leadsTo, text } = linkTarget(place.folder.path, target)
    try {
      using _target = await confinement.node(leadsTo)
    } catch (error) {
      // What it leads to may come later, but not outside.
      if (isFailure(error, 'STORAGE_OUTSIDE')) throw error
    }
    await guarded(symlink(hostPath(text), place.host))
  }

  async space(path: string): Promise<Space> {
    using node = await this.#context.confinement.node(path)
    const { bavail, blocks, bsize } = await guarded(statfs(node.host))
    return { freeBytes: bavail * bsize, totalBytes: blocks * bsize }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#context.leftovers[Symbol.asyncDispose]()
  }

  async #statLink(path: string): Promise<Entry> {
    const { confinement, owners } = this.#context
    using place = await confinement.place(path)
    const stats = await confinement.look(place.host)
    if (!stats) throw failure('STORAGE_NOT_FOUND')
    if (kindOf(stats) !== 'link') return entryOf(place.name, stats, owners)
    return entryOf(place.name, stats, owners, confinement.shownTarget(await readlink(place.host, 'latin1')))
  }

  async #statKept(path: string, owner: string): Promise<Entry | undefined> {
    const { confinement, owners } = this.#context
    using place = await confinement.place(path)
    // A link that leads to nothing has the name.
    if (await confinement.look(place.host)) return undefined
    const stats = await confinement.look(place.folder.at(keptName(owner, place.name)))
    return stats?.isFile() ? entryOf(place.name, stats, owners) : undefined
  }
}
