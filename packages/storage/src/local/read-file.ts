import * as fs from 'node:fs'
import { failure } from '../failure.ts'
import { baseName } from '../path.ts'
import type { Entry, ReadHandle } from '../storage.ts'
import { close, readAt } from './calls.ts'
import type { ConfinedNode } from './confinement.ts'
import { entryOf, fileStats } from './local-entry.ts'
import type { Owners } from './owners.ts'
import type { Pace } from './pace.ts'
import { fromSystem } from './system-error.ts'

/** What is left of a file is read on the event loop when it is at most this many bytes: a copy of some microseconds. */
const SMALL = 64 * 1024
/** A removed file of more bytes is closed off the event loop: the close frees its blocks. */
const QUICK_TO_FREE = 1024 * 1024

/**
 * Opens a file that was looked up. Anything but a regular file is refused before it is opened: a pipe would wait, a
 * device could act.
 *
 * @throws {StorageError} `STORAGE_NOT_A_FILE`
 */
export async function openToRead(
  node: ConfinedNode,
  path: string,
  offset: number,
  owners: Owners,
  pace: Pace,
): Promise<ReadHandle> {
  const stats = fileStats(node)
  try {
    return new LocalReadHandle(await node.openToRead(), offset, entryOf(baseName(path), stats, owners), pace)
  } catch (error) {
    throw fromSystem(error)
  }
}

class LocalReadHandle implements ReadHandle {
  readonly entry: Entry
  readonly #pace: Pace
  #position: number
  #state: { readonly fd: number } | 'closed'
  #pending: Promise<unknown> = Promise.resolve()

  constructor(fd: number, offset: number, entry: Entry, pace: Pace) {
    this.entry = entry
    this.#state = { fd }
    this.#position = offset
    this.#pace = pace
  }

  get file() {
    const state = this.#state
    if (state === 'closed') throw failure('STORAGE_FAILED', 'The file is closed.')
    const left = () => this.entry.size - this.#position
    const position = () => this.#position
    return {
      descriptor: state.fd,
      get position() {
        return position()
      },
      get left() {
        return left()
      },
      advance: (bytes: number) => {
        this.#position += bytes
      },
    }
  }

  async read(into: Buffer): Promise<number> {
    if (this.#state === 'closed') throw failure('STORAGE_FAILED', 'The file is closed.')
    const { fd } = this.#state
    // The file as it was when it was opened: what a writer adds meanwhile was not promised.
    const length = Math.min(into.length, this.entry.size - this.#position)
    if (length <= 0) return 0
    let bytes: number
    try {
      if (length <= SMALL && this.entry.size <= SMALL && this.#pace.quick) {
        bytes = this.#pace.run(() => fs.readSync(fd, into, 0, length, this.#position))
      } else {
        const reading = readAt(fd, into, length, this.#position)
        this.#pending = reading.catch(() => {})
        bytes = await reading
      }
    } catch (error) {
      throw fromSystem(error)
    }
    // The end of file would be taken for the end of what was promised.
    if (bytes === 0)
      throw failure('STORAGE_BUSY', 'The file became shorter while it was read. Try again later.')
    this.#position += bytes
    return bytes
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#state === 'closed') return
    const { fd } = this.#state
    this.#state = 'closed'
    // A descriptor that is closed under a running read could be another file's by then.
    await this.#pending
    if (this.entry.size <= QUICK_TO_FREE && this.#pace.quick) this.#pace.run(() => fs.closeSync(fd))
    else await close(fd)
  }
}
