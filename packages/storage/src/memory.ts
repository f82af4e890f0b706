import { chooseBase } from './choose-base.ts'
import { copyThrough } from './copy-through.ts'
import { failure, isFailure } from './failure.ts'
import { keptName } from './hidden-names.ts'
import { linkTarget } from './link-target.ts'
import { Blocks, Budget } from './memory/blocks.ts'
import { MemoryUpload } from './memory/memory-upload.ts'
import {
  type FileNode,
  type FolderNode,
  find,
  findFile,
  findFolder,
  findNode,
  findSpot,
  memoryEntry,
  type Spot,
} from './memory/tree.ts'
import { baseName, isWithin, parentPath } from './path.ts'
import type { Entry, ReadHandle, Space, Storage, StorageFeatures, Upload, WriteOptions } from './storage.ts'

const A_DAY = 24 * 60 * 60 * 1000
const DEFAULT_CAPACITY = 256 * 1024 * 1024
const ENTRIES_AT_ONCE = 512

/** What a storage in memory is made with. */
export interface MemoryStorageOptions {
  /** Bytes that all files together may take, counted in blocks of 64 KiB. Default 256 MiB. */
  readonly capacity?: number
  /** Milliseconds that a broken upload is kept for its owner to continue; 0 keeps none. Default 24 hours. */
  readonly keepBrokenMs?: number
  /** Milliseconds since 1970. Default `Date.now`. */
  readonly now?: () => number
}

/** A storage that forgets everything at the end of the process: for tests and for programs that embed the server. */
export function createMemoryStorage(options: MemoryStorageOptions = {}): Storage {
  return new MemoryStorage(options)
}

class MemoryStorage implements Storage {
  readonly features: StorageFeatures = { modes: true, links: true, times: true }
  readonly #budget: Budget
  readonly #keepBrokenMs: number
  readonly #now: () => number
  readonly #root: FolderNode
  #lastId = 0

  constructor({ capacity = DEFAULT_CAPACITY, keepBrokenMs = A_DAY, now = Date.now }: MemoryStorageOptions) {
    this.#budget = new Budget(capacity)
    this.#keepBrokenMs = keepBrokenMs
    this.#now = now
    this.#root = this.#newFolder()
  }

  async stat(
    path: string,
    { owner, follow = true }: { owner?: string; follow?: boolean } = {},
  ): Promise<Entry> {
    try {
      if (follow) return memoryEntry(baseName(path), findNode(this.#root, path))
      const { name, node } = find(this.#root, path, false)
      if (!node) throw failure('STORAGE_NOT_FOUND')
      return memoryEntry(name, node)
    } catch (error) {
      if (owner === undefined || !isFailure(error, 'STORAGE_NOT_FOUND')) throw error
      const { folder, name, node } = find(this.#root, path, false)
      const kept = node ? undefined : this.#keptOf(folder, keptName(owner, name))
      if (!kept) throw error
      return memoryEntry(name, kept)
    }
  }

  async *list(
    path: string,
    { signal, followLinks = false }: { signal?: AbortSignal; followLinks?: boolean } = {},
  ): AsyncGenerator<readonly Entry[]> {
    signal?.throwIfAborted()
    const folder = findFolder(this.#root, path)
    let batch: Entry[] = []
    for (const [name, node] of folder.children) {
      signal?.throwIfAborted()
      const entry = memoryEntry(name, node)
      batch.push(followLinks && node.kind === 'link' ? this.#followed(path, entry) : entry)
      if (batch.length < ENTRIES_AT_ONCE) continue
      yield batch
      batch = []
    }
    if (batch.length > 0) yield batch
  }

  async read(path: string, offset: number): Promise<ReadHandle> {
    const file = findFile(this.#root, path)
    const { blocks } = file
    const entry = memoryEntry(baseName(path), file)
    let position = offset
    return {
      entry,
      async read(into) {
        const length = Math.min(into.length, entry.size - position)
        if (length <= 0) return 0
        const bytes = blocks.read(position, into.subarray(0, length))
        if (bytes === 0)
          throw failure('STORAGE_BUSY', 'The file became shorter while it was read. Try again later.')
        position += bytes
        return bytes
      },
      async [Symbol.asyncDispose]() {},
    }
  }

  async write(path: string, options: WriteOptions): Promise<Upload> {
    const { folder, name, node } = this.#target(path, options)
    if ((options.expected ?? 0) > this.#budget.free) throw failure('STORAGE_FULL')
    for (const overdue of [...folder.kept.keys()]) this.#keptOf(folder, overdue)
    const key = keptName(options.owner, name)
    const published = node?.kind === 'file' ? node : undefined
    const kept = options.mode === 'atomic' ? this.#keptOf(folder, key) : undefined
    const { from, offset } = chooseBase(options.offset ?? 0, published?.blocks.size, kept?.blocks.size)
    const file = this.#draft(options.mode, from === 'kept' ? kept : published, from, offset)
    if (from === 'kept') folder.kept.delete(key)
    if (options.mode === 'direct' && !published) {
      folder.children.set(name, file)
      folder.modified = this.#now()
    }
    return new MemoryUpload({
      folder,
      name,
      file,
      offset,
      mode: options.mode,
      exclusive: options.exclusive === true,
      claimed: from === 'kept',
      now: this.#now,
      keep: () => this.#keep(folder, key, file),
      dropKept: () => this.#dropKept(folder, key),
    })
  }

  async makeFolder(path: string): Promise<void> {
    if (path === '/') throw failure('STORAGE_EXISTS')
    const { folder, name, node } = findSpot(this.#root, path)
    if (node) throw failure('STORAGE_EXISTS')
    folder.children.set(name, this.#newFolder())
    folder.modified = this.#now()
  }

  async removeFile(path: string): Promise<void> {
    const { folder, name, node } = findSpot(this.#root, path)
    if (!node) throw failure('STORAGE_NOT_FOUND')
    if (node.kind === 'folder') throw failure('STORAGE_NOT_A_FILE', 'That is a folder.')
    if (node.kind === 'file') node.blocks.free()
    folder.children.delete(name)
    folder.modified = this.#now()
  }

  async removeFolder(path: string): Promise<void> {
    const { folder, name, node } = findSpot(this.#root, path)
    if (!node) throw failure('STORAGE_NOT_FOUND')
    if (node.kind !== 'folder') throw failure('STORAGE_NOT_A_FOLDER')
    if (node.children.size > 0) throw failure('STORAGE_NOT_EMPTY')
    if (node.uploads > 0)
      throw failure('STORAGE_BUSY', 'A file is being uploaded into that folder. Try again later.')
    this.#forget(node)
    folder.children.delete(name)
    folder.modified = this.#now()
  }

  async rename(from: string, to: string): Promise<void> {
    const source = findSpot(this.#root, from)
    const target = findSpot(this.#root, to)
    if (!source.node) throw failure('STORAGE_NOT_FOUND')
    if (source.node === target.node) return
    checkRename(source, target)
    if (target.node?.kind === 'file') target.node.blocks.free()
    if (target.node?.kind === 'folder') this.#forget(target.node)
    source.folder.children.delete(source.name)
    target.folder.children.set(target.name, source.node)
    source.folder.modified = this.#now()
    target.folder.modified = this.#now()
  }

  copy(from: string, to: string, { signal }: { signal: AbortSignal }): Promise<void> {
    return copyThrough(this, from, this, to, signal)
  }

  async setModified(path: string, modified: number): Promise<void> {
    findNode(this.#root, path).modified = modified
  }

  async setMode(path: string, mode: number): Promise<void> {
    if (mode & 0o6000)
      throw failure('STORAGE_FORBIDDEN', 'The set-user-ID and set-group-ID bits cannot be set.')
    findNode(this.#root, path).mode = mode & 0o1777
  }

  async makeLink(path: string, target: string): Promise<void> {
    const spot = findSpot(this.#root, path)
    const { path: leadsTo, text } = linkTarget(parentPath(spot.path), target)
    try {
      find(this.#root, leadsTo, true)
    } catch (error) {
      if (isFailure(error, 'STORAGE_OUTSIDE')) throw error
    }
    if (spot.node) throw failure('STORAGE_EXISTS')
    spot.folder.children.set(spot.name, { kind: 'link', target: text, ...this.#facts(0o777) })
    spot.folder.modified = this.#now()
  }

  async space(path: string): Promise<Space> {
    findNode(this.#root, path)
    return { freeBytes: this.#budget.free, totalBytes: this.#budget.capacity }
  }

  #facts(mode: number) {
    this.#lastId += 1
    return { id: this.#lastId, modified: this.#now(), mode }
  }

  #newFolder(): FolderNode {
    return {
      kind: 'folder',
      children: new Map(),
      kept: new Map(),
      uploads: 0,
      removed: false,
      ...this.#facts(0o755),
    }
  }

  #followed(folder: string, link: Entry): Entry {
    try {
      return memoryEntry(
        link.name,
        findNode(this.#root, folder === '/' ? `/${link.name}` : `${folder}/${link.name}`),
      )
    } catch {
      return link
    }
  }

  /** Where an upload goes: a link in the last place is followed. */
  #target(path: string, { exclusive }: WriteOptions): Spot {
    if (path === '/') throw failure('STORAGE_NOT_A_FILE', 'That is a folder.')
    const named = find(this.#root, path, false)
    if (named.node && exclusive) throw failure('STORAGE_EXISTS')
    const spot = named.node?.kind === 'link' ? find(this.#root, path, true) : named
    if (spot !== named && !spot.node) throw failure('STORAGE_NOT_FOUND')
    if (spot.node?.kind === 'folder') throw failure('STORAGE_NOT_A_FILE', 'A folder has that name.')
    return spot
  }

  #draft(mode: 'atomic' | 'direct', base: FileNode | undefined, from: string, offset: number): FileNode {
    const inPlace = base && (from === 'kept' || mode === 'direct')
    if (inPlace) {
      base.blocks.truncate(offset)
      base.modified = this.#now()
      return base
    }
    const blocks = base && from === 'published' ? base.blocks.copy(offset) : new Blocks(this.#budget)
    return { kind: 'file', blocks, ...this.#facts(0o644) }
  }

  #keptOf(folder: FolderNode, key: string): FileNode | undefined {
    const kept = folder.kept.get(key)
    if (!kept || this.#now() - kept.modified < this.#keepBrokenMs) return kept
    this.#dropKept(folder, key)
    return undefined
  }

  #keep(folder: FolderNode, key: string, file: FileNode): void {
    this.#dropKept(folder, key)
    if (this.#keepBrokenMs > 0) folder.kept.set(key, file)
    else file.blocks.free()
  }

  #dropKept(folder: FolderNode, key: string): void {
    folder.kept.get(key)?.blocks.free()
    folder.kept.delete(key)
  }

  #forget(folder: FolderNode): void {
    for (const key of [...folder.kept.keys()]) this.#dropKept(folder, key)
    folder.removed = true
  }
}

/** The rules of rename(2). */
function checkRename(source: Spot, target: Spot): void {
  if (isWithin(source.path, target.path)) {
    throw failure('STORAGE_FORBIDDEN', 'A folder cannot be moved into itself.')
  }
  if (isWithin(target.path, source.path)) throw failure('STORAGE_NOT_EMPTY')
  if (!target.node) return
  if (source.node?.kind === 'folder') {
    if (target.node.kind !== 'folder') throw failure('STORAGE_NOT_A_FOLDER')
    const { children, kept, uploads } = target.node
    if (children.size + kept.size + uploads > 0) throw failure('STORAGE_NOT_EMPTY')
  } else if (target.node.kind === 'folder') {
    throw failure('STORAGE_NOT_A_FILE', 'That is a folder.')
  }
}
