import * as fs from 'node:fs'
import { lstat, readlink } from 'node:fs/promises'
import { decodeName, encodeName } from '@portolan/protocol'
import { failure } from '../failure.ts'
import { checkPath, HIDDEN_PREFIX } from '../hidden-names.ts'
import { baseName, parentPath, partsOf } from '../path.ts'
import { type HostPath, hostPath, lstatOrNothing } from './calls.ts'
import type { NodeOpener, OpenNode } from './node-opener.ts'
import type { Pace } from './pace.ts'
import { fromSystem } from './system-error.ts'

/** Links that may follow one another, as in Linux. */
const MOST_LINKS = 40

/** A folder inside the root that was looked up, and a name in it that was not. */
export interface Place extends Disposable {
  readonly folder: ConfinedNode
  readonly name: string
  /** The name in that very folder, for calls that do not follow a final link. */
  readonly host: HostPath
}

/** A file or folder that was inside the root when it was looked up. */
export interface ConfinedNode extends OpenNode {
  /** Where it really is: a path of the storage, free of links. */
  readonly path: string
  /** A name in this folder, for calls that do not follow a final link. */
  at(name: string): HostPath
}

/**
 * Keeps every lookup inside one folder of the host. Links are followed by the kernel; where they led is checked on the
 * object that was found, not on its name.
 */
export class Confinement {
  /** Real path of the root on the host. Never shown. */
  readonly root: string
  readonly #opener: NodeOpener
  readonly #pace: Pace
  /** The root with its bytes as Latin-1, without a slash at its end: `/` is empty. */
  readonly #rootBytes: string

  constructor(root: string, opener: NodeOpener, pace: Pace) {
    this.root = root
    this.#opener = opener
    this.#pace = pace
    this.#rootBytes = root === '/' ? '' : bytesOf(root)
  }

  /**
   * Looks up what a path leads to, links followed.
   *
   * @throws {StorageError} `STORAGE_OUTSIDE` when a link led out of the root
   */
  async node(path: string, options?: { folder?: boolean }): Promise<ConfinedNode> {
    checkPath(path)
    let node: OpenNode
    try {
      node = await this.#opener.open(this.#hostOf(path), options)
    } catch (error) {
      throw await this.#whyNot(path, error)
    }
    return this.#confine(node)
  }

  folder(path: string): Promise<ConfinedNode> {
    return this.node(path, { folder: true })
  }

  /**
   * Looks up the folder of a path; the last part is left as it is.
   *
   * @throws {StorageError} `STORAGE_FORBIDDEN` for the root itself
   */
  async place(path: string): Promise<Place> {
    checkPath(path)
    if (path === '/') throw failure('STORAGE_FORBIDDEN', 'The root folder itself cannot be changed.')
    const folder = await this.folder(parentPath(path))
    const name = baseName(path)
    return { folder, name, host: folder.at(name), [Symbol.dispose]: () => folder[Symbol.dispose]() }
  }

  /** What a link in a folder leads to. @throws {StorageError} `STORAGE_OUTSIDE`, or as the system says */
  async follow(path: HostPath): Promise<ConfinedNode> {
    try {
      return this.#confine(await this.#opener.open(path))
    } catch (error) {
      throw fromSystem(error)
    }
  }

  /**
   * The folder of a real path, no link followed on the way.
   *
   * @throws {StorageError} `STORAGE_BUSY` when it is a link by now
   */
  async realFolder(path: string): Promise<ConfinedNode> {
    const folder = await this.folder(path)
    if (folder.path === path) return folder
    folder[Symbol.dispose]()
    throw failure('STORAGE_BUSY')
  }

  /** Checks that an object is still inside: what is kept open for long may have been moved. @throws {StorageError} `STORAGE_OUTSIDE` */
  recheck(node: ConfinedNode): void {
    this.#pathOf(node.real())
  }

  /** What a name in an open folder is, a final link not followed; undefined when nothing has it. */
  async look(path: HostPath): Promise<fs.Stats | undefined> {
    try {
      if (!this.#pace.quick) return await lstatOrNothing(path)
      return this.#pace.run(() => fs.lstatSync(path, { throwIfNoEntry: false }))
    } catch (error) {
      throw fromSystem(error)
    }
  }

  /**
   * What a link says, as a client may see it: a target that names the root by its path on the host is given as a path of
   * the storage.
   */
  shownTarget(bytes: string): string {
    const inside = bytes.startsWith('/') ? this.#pathBelow(bytes) : undefined
    return textOf(inside ?? bytes)
  }

  #hostOf(path: string): HostPath {
    if (path === '/') return hostPath(this.root)
    return hostPath(this.root === '/' ? path : this.root + path)
  }

  #confine(node: OpenNode): ConfinedNode {
    try {
      return new Confined(node, this.#pathOf(node.real()))
    } catch (error) {
      node[Symbol.dispose]()
      throw fromSystem(error)
    }
  }

  /** The path of the storage that a real path of the host is. Bytes stand as Latin-1 on both sides. */
  #pathOf(real: string): string {
    const path = this.#pathBelow(real)
    if (path === undefined) {
      throw failure(real === `${this.#rootBytes} (deleted)` ? 'STORAGE_NOT_FOUND' : 'STORAGE_OUTSIDE')
    }
    // Our own files are not there for anybody, even if a link leads to one.
    if (path.includes(`/${HIDDEN_PREFIX}`)) throw failure('STORAGE_NOT_FOUND')
    return path
  }

  #pathBelow(real: string): string | undefined {
    const root = this.#rootBytes
    if (real === root) return '/'
    return real.startsWith(root) && real.charCodeAt(root.length) === 0x2f
      ? real.slice(root.length)
      : undefined
  }

  /** The error of a failed lookup. Where a link leads out, nothing is told of what is there or not. */
  async #whyNot(path: string, error: unknown): Promise<unknown> {
    const reason = fromSystem(error)
    const leadsOut = await this.#leadsOut(path).catch(() => false)
    return leadsOut ? failure('STORAGE_OUTSIDE', undefined, { cause: error }) : reason
  }

  /** Follows the links of a path by hand, folder by folder, to see whether one of them leads out of the root. */
  async #leadsOut(path: string): Promise<boolean> {
    if (await this.#isPlainlyMissing(path).catch(() => false)) return false
    const pending = partsOf(path)
    const real: string[] = []
    let links = 0
    for (let part = pending.shift(); part !== undefined; part = pending.shift()) {
      if (part === '..') {
        if (real.length === 0) return true
        real.pop()
        continue
      }
      using folder = await this.#opener.open(this.#hostOf(`/${real.join('/')}`), { folder: true })
      if (folder.real() !== this.#rootBytes + real.map(name => `/${bytesOf(name)}`).join('')) return false
      const here = hostPath(folder.prefix + part)
      if (!(await lstat(here)).isSymbolicLink()) {
        real.push(part)
        continue
      }
      links += 1
      if (links > MOST_LINKS) return false
      const target = await readlink(here, 'latin1')
      const inside = target.startsWith('/') ? this.#pathBelow(target) : target
      if (inside === undefined) return true
      if (inside.startsWith('/')) real.length = 0
      pending.unshift(
        ...textOf(inside)
          .split('/')
          .filter(name => name !== '' && name !== '.'),
      )
    }
    return false
  }

  /** The usual case of a failed lookup: the folder is there and inside, and nothing in it has the name. */
  async #isPlainlyMissing(path: string): Promise<boolean> {
    if (path === '/') return true
    using folder = await this.#opener.open(this.#hostOf(parentPath(path)), { folder: true })
    if (this.#pathBelow(folder.real()) === undefined) return false
    return (await this.look(hostPath(folder.prefix + baseName(path)))) === undefined
  }
}

class Confined implements ConfinedNode {
  readonly #node: OpenNode
  readonly #real: string
  readonly host: HostPath

  constructor(node: OpenNode, real: string) {
    this.#node = node
    this.#real = real
    this.host = node.host
  }

  get prefix(): string {
    return this.#node.prefix
  }

  get path(): string {
    return textOf(this.#real)
  }

  real(): string {
    return this.#node.real()
  }

  stats(): fs.Stats {
    return this.#node.stats()
  }

  openToRead(): Promise<number> {
    return this.#node.openToRead()
  }

  at(name: string): HostPath {
    return hostPath(this.#node.prefix + name)
  }

  [Symbol.dispose](): void {
    this.#node[Symbol.dispose]()
  }
}

function bytesOf(text: string): string {
  return encodeName(text).toString('latin1')
}

function textOf(bytes: string): string {
  return decodeName(Buffer.from(bytes, 'latin1'))
}
