import { lstat, unlink } from 'node:fs/promises'
import { failure } from '../failure.ts'
import { isHidden, kindOfHidden } from '../hidden-names.ts'
import type { ConfinedNode, Confinement } from './confinement.ts'
import type { Pace } from './pace.ts'
import { readNames } from './read-names.ts'

/** An upload in flight that was not written for this long belongs to a process that died. Milliseconds, at least. */
const DEAD_MS = 60 * 60 * 1000
/** An upload of another process that was written within this time is taken to be alive when its folder is removed. */
const ALIVE_MS = 60 * 1000
/** A folder that is uploaded into is searched at most this often. Milliseconds. */
const VISIT_MS = 10 * 60 * 1000
const MOST_VISITS = 1_000
/** Kept parts that a timer waits for. What goes beyond is found when its folder is listed or uploaded into. */
const MOST_TIMED = 10_000
/** Hidden names in a folder that is to be removed, and removals under way at once. */
const MOST_CLEARED = 10_000
const LONGEST_TIMER = 2 ** 31 - 1
/** The clock of the disk is finer than ours: what was written in this millisecond may be younger than it seems. */
const CLOCK_MS = 2

/** What leftovers need to know. */
export interface LeftoversOptions {
  readonly confinement: Confinement
  readonly pace: Pace
  readonly keepBrokenMs: number
  readonly now: () => number
}

/**
 * The unpublished uploads of a storage: knows which are being written here, and removes what nobody came back for. The
 * age of a file is the time since its last byte. Files of processes that died are found when their folder is listed or
 * uploaded into.
 */
export class Leftovers implements AsyncDisposable {
  readonly #options: LeftoversOptions
  readonly #alive = new Set<string>()
  readonly #work = new Set<Promise<void>>()
  readonly #visited = new Map<string, number>()
  readonly #timed = new Map<string, { folder: string; name: string; due: number }>()
  #timer: NodeJS.Timeout | undefined
  #closed = false

  constructor(options: LeftoversOptions) {
    this.#options = options
  }

  /** An upload of this process is being written under a hidden name. */
  began(name: string): void {
    this.#alive.add(name)
  }

  ended(name: string): void {
    this.#alive.delete(name)
  }

  /** A broken upload was kept in a folder: it is removed when its time is over. */
  kept(folder: string, name: string): void {
    const { now, keepBrokenMs } = this.#options
    const key = `${folder}/${name}`
    // The newest last: the order of the map is the order of the times.
    this.#timed.delete(key)
    if (this.#closed || this.#timed.size >= MOST_TIMED) return
    this.#timed.set(key, { folder, name, due: now() + keepBrokenMs + CLOCK_MS })
    this.#wait()
  }

  /** Removes those of the hidden names in a folder whose time is over. */
  async expire(folder: ConfinedNode, names: readonly string[]): Promise<void> {
    for (const name of names) {
      const path = folder.at(name)
      const stats = await lstat(path).catch(() => undefined)
      if (stats?.isFile() && this.#isExpired(name, stats.mtimeMs)) await unlink(path).catch(() => {})
    }
  }

  /** Searches a folder for old leftovers, soon, and not again for ten minutes. */
  visit(folder: string): void {
    const { now } = this.#options
    const last = this.#visited.get(folder)
    if (this.#closed || (last !== undefined && now() - last < VISIT_MS)) return
    if (this.#visited.size >= MOST_VISITS) this.#visited.clear()
    this.#visited.set(folder, now())
    this.#inBackground(() => this.#search(folder))
  }

  /**
   * Empties a folder that holds nothing but leftovers, so that it can be removed.
   *
   * @throws {StorageError} `STORAGE_NOT_EMPTY`, or `STORAGE_BUSY` while somebody uploads into it
   */
  async clear(folder: ConfinedNode): Promise<void> {
    const { now, pace } = this.#options
    const found: string[] = []
    for await (const names of readNames(folder.host, pace.local)) {
      if (!names.every(kindOfHidden) || found.length + names.length > MOST_CLEARED)
        throw failure('STORAGE_NOT_EMPTY')
      found.push(...names)
    }
    for (const name of found) {
      const stats = await lstat(folder.at(name)).catch(() => undefined)
      const written = stats ? now() - stats.mtimeMs : Number.POSITIVE_INFINITY
      if (this.#alive.has(name) || (kindOfHidden(name) === 'in flight' && written < ALIVE_MS)) {
        throw failure('STORAGE_BUSY', 'A file is being uploaded into that folder. Try again later.')
      }
    }
    for (const name of found) await unlink(folder.at(name)).catch(() => {})
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true
    clearTimeout(this.#timer)
    this.#timed.clear()
    await Promise.all(this.#work)
  }

  #isExpired(name: string, modified: number): boolean {
    const { now, keepBrokenMs } = this.#options
    const kind = kindOfHidden(name)
    if (!kind || this.#alive.has(name)) return false
    return now() - modified >= (kind === 'kept' ? keepBrokenMs : Math.max(keepBrokenMs, DEAD_MS))
  }

  async #search(path: string): Promise<void> {
    const { confinement, pace } = this.#options
    using folder = await confinement.folder(path)
    for await (const names of readNames(folder.host, pace.local)) {
      if (this.#closed) return
      await this.expire(folder, names.filter(isHidden))
    }
  }

  #wait(): void {
    const [first] = this.#timed.values()
    if (!first || this.#timer) return
    const wait = Math.min(Math.max(first.due - this.#options.now(), 0), LONGEST_TIMER)
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      this.#inBackground(() => this.#expireDue())
    }, wait)
    this.#timer.unref()
  }

  async #expireDue(): Promise<void> {
    for (const [key, { folder: path, name, due }] of this.#timed) {
      if (this.#closed || due > this.#options.now()) break
      this.#timed.delete(key)
      const folder = await this.#options.confinement.folder(path).catch(() => undefined)
      if (!folder) continue
      await this.expire(folder, [name])
      folder[Symbol.dispose]()
    }
    if (!this.#closed) this.#wait()
  }

  #inBackground(task: () => Promise<void>): void {
    // What fails here is tried again when the folder is next listed or uploaded into.
    const work = task().catch(() => {})
    this.#work.add(work)
    void work.finally(() => this.#work.delete(work))
  }
}
