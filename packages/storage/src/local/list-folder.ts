import * as fs from 'node:fs'
import { readlink } from 'node:fs/promises'
import { decodeName, encodeName } from '@portolan/protocol'
import { isHidden } from '../hidden-names.ts'
import type { Entry } from '../storage.ts'
import { type HostPath, lstatOrNothing } from './calls.ts'
import type { ConfinedNode, Confinement } from './confinement.ts'
import { entryOf, kindOf } from './local-entry.ts'
import type { Owners } from './owners.ts'
import { type Pace, TimeSlice } from './pace.ts'
import { QuietWay } from './quiet-way.ts'
import { readNames } from './read-names.ts'
import { fromSystem, systemCode } from './system-error.ts'

/** Work on the event loop between two turns of it, in milliseconds. */
const SLICE_MS = 4
/** Lookups under way at once where the disk is slow. */
const AT_ONCE = 16
/** Hidden names of one listing that are looked at for their age. */
const MOST_HIDDEN = 1_000

/** Names for which finding a {@link QuietWay} and checking it is less work than it spares. */
const WORTH_A_WAY = 64

const NOT_ASCII = /[\x80-\xff]/

/** What a listing works with. */
export interface Listing {
  readonly confinement: Confinement
  readonly folder: ConfinedNode
  readonly owners: Owners
  readonly pace: Pace
  /** Milliseconds since 1970. */
  readonly now: () => number
  readonly signal?: AbortSignal | undefined
  /** Whether the folders on the way to the root are dated by this machine: see {@link QuietWay}. */
  readonly quietWays: boolean
  /** Shows what a link leads to instead of the link, where it leads to something inside the root. */
  readonly followLinks?: boolean | undefined
}

/** A name that was looked up; its bytes stand as Latin-1. */
interface Found {
  readonly bytes: string
  readonly stats: fs.Stats
}

/**
 * The entries of an open folder, in batches, in the order of the disk. A name that vanishes meanwhile is left out.
 * At the end it answers which unpublished uploads were passed by.
 *
 * Each name costs one `lstat`: on the event loop, in slices of 4 ms, while the disk answers from its cache; through the
 * thread pool otherwise.
 */
export async function* listFolder(listing: Listing): AsyncGenerator<readonly Entry[], readonly string[]> {
  const { folder, pace, signal } = listing
  const lookups = new Lookups(listing)
  const hidden: string[] = []
  try {
    for await (const names of readNames(folder.host, pace.local)) {
      signal?.throwIfAborted()
      const visible = names.filter(name => !isHidden(name))
      if (visible.length < names.length && hidden.length < MOST_HIDDEN) hidden.push(...names.filter(isHidden))
      const batch: Entry[] = []
      for (const found of await lookups.look(visible)) {
        const entry = kindOf(found.stats) === 'link' ? await lookups.link(found) : lookups.entry(found)
        if (entry) batch.push(entry)
      }
      if (batch.length > 0) yield batch
    }
    return hidden
  } catch (error) {
    if (signal?.aborted) throw error
    throw fromSystem(error)
  }
}

/** Looks names of one folder up, and gives the event loop its turns. */
class Lookups {
  readonly #listing: Listing
  readonly #slice = new TimeSlice(SLICE_MS)
  /** What stands before a name in the open folder, its bytes as Latin-1. */
  readonly #prefix: string

  constructor(listing: Listing) {
    this.#listing = listing
    this.#prefix = encodeName(listing.folder.prefix).toString('latin1')
  }

  /** What the names are, without those that are gone. */
  async look(names: readonly string[]): Promise<Found[]> {
    const { folder, now, pace, quietWays } = this.#listing
    const worthIt = quietWays && names.length >= WORTH_A_WAY && pace.quick
    const way = worthIt ? QuietWay.to(folder, now()) : undefined
    if (way) {
      const found = await this.#lookBehind(way.prefix, names)
      if (way.isUnchanged()) return found
    }
    return this.#lookBehind(this.#prefix, names)
  }

  async #lookBehind(prefix: string, names: readonly string[]): Promise<Found[]> {
    const { pace, signal } = this.#listing
    const plain = !NOT_ASCII.test(prefix)
    const found: Found[] = []
    let at = 0
    for (let before = performance.now(); at < names.length && pace.quick; at++) {
      const bytes = names[at] ?? ''
      const stats = fs.lstatSync(pathOf(prefix, bytes, plain), { throwIfNoEntry: false })
      if (stats) found.push({ bytes, stats })
      // One reading of the clock for each name serves both judgements.
      const after = performance.now()
      pace.judge(after - before)
      before = after
      if (this.#slice.overAt(after)) {
        signal?.throwIfAborted()
        await this.#slice.turn()
        before = performance.now()
      }
    }
    for (; at < names.length; at += AT_ONCE) {
      signal?.throwIfAborted()
      const some = names.slice(at, at + AT_ONCE)
      const stats = await Promise.all(some.map(bytes => lstatOrNothing(pathOf(prefix, bytes, plain))))
      some.forEach((bytes, i) => {
        const known = stats[i]
        if (known) found.push({ bytes, stats: known })
      })
    }
    return found
  }

  entry({ bytes, stats }: Found): Entry {
    return entryOf(textOf(bytes), stats, this.#listing.owners)
  }

  /** The entry of a link; undefined when it is gone by now. */
  async link({ bytes, stats }: Found): Promise<Entry | undefined> {
    const { confinement, owners, pace, followLinks } = this.#listing
    if (this.#slice.overAt(performance.now())) await this.#slice.turn()
    const path = pathOf(this.#prefix, bytes, !NOT_ASCII.test(this.#prefix))
    if (followLinks) {
      try {
        using node = await confinement.follow(path)
        return entryOf(textOf(bytes), node.stats(), owners)
      } catch {
        // It leads to nothing, or out: the link itself is shown.
      }
    }
    try {
      const target = pace.quick
        ? pace.run(() => fs.readlinkSync(path, 'latin1'))
        : await readlink(path, 'latin1')
      return entryOf(textOf(bytes), stats, owners, confinement.shownTarget(target))
    } catch (error) {
      const code = systemCode(error)
      // Gone, or no link any more.
      if (code === 'ENOENT' || code === 'EINVAL') return undefined
      throw error
    }
  }
}

/** @param plain - whether the prefix is ASCII: then most paths can stay text */
function pathOf(prefix: string, bytes: string, plain: boolean): HostPath {
  const path = prefix + bytes
  return plain && !NOT_ASCII.test(bytes) ? path : Buffer.from(path, 'latin1')
}

function textOf(bytes: string): string {
  return NOT_ASCII.test(bytes) ? decodeName(Buffer.from(bytes, 'latin1')) : bytes
}
