import { failure } from '../failure.ts'
import { checkPath } from '../hidden-names.ts'
import { partsOf } from '../path.ts'
import type { Entry } from '../storage.ts'
import type { Blocks } from './blocks.ts'

const MOST_LINKS = 40

interface NodeFacts {
  readonly id: number
  modified: number
  mode: number
}

export interface FileNode extends NodeFacts {
  readonly kind: 'file'
  readonly blocks: Blocks
}

interface LinkNode extends NodeFacts {
  readonly kind: 'link'
  readonly target: string
}

export interface FolderNode extends NodeFacts {
  readonly kind: 'folder'
  readonly children: Map<string, MemoryNode>
  /** Broken uploads, by owner and name. */
  readonly kept: Map<string, FileNode>
  /** Uploads that are being written into this folder. */
  uploads: number
  /** No path leads here any more. */
  removed: boolean
}

export type MemoryNode = FileNode | LinkNode | FolderNode

/** A name in a folder, and what has it. */
export interface Spot {
  readonly folder: FolderNode
  readonly name: string
  /** The real path of the name. */
  readonly path: string
  readonly node: MemoryNode | undefined
}

/**
 * Finds the name that a path ends with. Links on the way are followed, one in the last place only when asked. The root
 * is the name `/` in itself.
 *
 * @throws {StorageError} `STORAGE_NOT_FOUND`, `STORAGE_NOT_A_FOLDER`, `STORAGE_OUTSIDE`, `STORAGE_FORBIDDEN`
 */
export function find(root: FolderNode, path: string, followLast: boolean): Spot {
  checkPath(path)
  const pending = partsOf(path)
  const real: { name: string; node: MemoryNode }[] = []
  let links = 0
  for (let name = pending.shift(); name !== undefined; name = pending.shift()) {
    if (name === '..') {
      if (real.pop() === undefined) throw failure('STORAGE_OUTSIDE')
      continue
    }
    const folder = real.at(-1)?.node ?? root
    if (folder.kind !== 'folder') throw failure('STORAGE_NOT_A_FOLDER')
    const node = folder.children.get(name)
    const last = pending.length === 0
    if (!node) {
      if (!last) throw failure('STORAGE_NOT_FOUND')
      return { folder, name, path: pathOf(real, name), node }
    }
    if (node.kind !== 'link' || (last && !followLast)) {
      if (last) return { folder, name, path: pathOf(real, name), node }
      real.push({ name, node })
      continue
    }
    links += 1
    if (links > MOST_LINKS) throw failure('STORAGE_FORBIDDEN', 'Too many links follow one another.')
    if (node.target.startsWith('/')) real.length = 0
    pending.unshift(...node.target.split('/').filter(part => part !== '' && part !== '.'))
  }
  const last = real.pop()
  if (!last) return { folder: root, name: '/', path: '/', node: root }
  const above = real.at(-1)?.node ?? root
  return {
    folder: above.kind === 'folder' ? above : root,
    name: last.name,
    path: pathOf(real, last.name),
    node: last.node,
  }
}

/** What a path leads to. @throws {StorageError} `STORAGE_NOT_FOUND` and those of {@link find} */
export function findNode(root: FolderNode, path: string): MemoryNode {
  const { node } = find(root, path, true)
  if (!node) throw failure('STORAGE_NOT_FOUND')
  return node
}

/** What a path leads to, if it is a file. @throws {StorageError} `STORAGE_NOT_A_FILE` and those of {@link findNode} */
export function findFile(root: FolderNode, path: string): FileNode {
  const node = findNode(root, path)
  if (node.kind !== 'file') throw failure('STORAGE_NOT_A_FILE', 'That is a folder.')
  return node
}

/** What a path leads to, if it is a folder. @throws {StorageError} `STORAGE_NOT_A_FOLDER` and those of {@link findNode} */
export function findFolder(root: FolderNode, path: string): FolderNode {
  const node = findNode(root, path)
  if (node.kind !== 'folder') throw failure('STORAGE_NOT_A_FOLDER')
  return node
}

/** The name a path ends with, itself not followed. @throws {StorageError} `STORAGE_FORBIDDEN` for the root */
export function findSpot(root: FolderNode, path: string): Spot {
  if (path === '/') throw failure('STORAGE_FORBIDDEN', 'The root folder itself cannot be changed.')
  return find(root, path, false)
}

export function memoryEntry(name: string, node: MemoryNode): Entry {
  const entry = {
    name,
    kind: node.kind,
    size: node.kind === 'file' ? node.blocks.size : 0,
    modified: node.modified,
    mode: node.mode,
    links: 1,
    unique: String(node.id),
  }
  return node.kind === 'link' ? { ...entry, target: node.target } : entry
}

function pathOf(above: readonly { name: string }[], name: string): string {
  return `/${[...above.map(part => part.name), name].join('/')}`
}
