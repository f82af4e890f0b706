import { failure } from '../failure.ts'

const BLOCK = 64 * 1024

/** How much of a bound amount of memory is used. */
export class Budget {
  readonly capacity: number
  #used = 0

  /** @param capacity - bytes */
  constructor(capacity: number) {
    this.capacity = capacity
  }

  get free(): number {
    return this.capacity - this.#used
  }

  /** @throws {StorageError} `STORAGE_FULL` */
  take(bytes: number): void {
    if (bytes > this.free) throw failure('STORAGE_FULL')
    this.#used += bytes
  }

  release(bytes: number): void {
    this.#used -= bytes
  }
}

/** The bytes of a file in pieces of 64 KiB, so that a growing file is never copied whole. */
export class Blocks {
  readonly #budget: Budget
  readonly #blocks: Buffer[] = []
  #size = 0

  constructor(budget: Budget) {
    this.#budget = budget
  }

  get size(): number {
    return this.#size
  }

  /** Adds bytes at the end. */
  append(chunk: Buffer): void {
    for (let from = 0; from < chunk.length; ) {
      const within = this.#size % BLOCK
      if (within === 0) {
        this.#budget.take(BLOCK)
        this.#blocks.push(Buffer.alloc(BLOCK))
      }
      const copied = chunk.copy(this.#blocks.at(-1) ?? chunk, within, from)
      this.#size += copied
      from += copied
    }
  }

  /** Fills the start of `into` with what stands at `position`; 0 at the end. */
  read(position: number, into: Buffer): number {
    let read = 0
    while (read < into.length && position + read < this.#size) {
      const at = position + read
      const end = Math.min(BLOCK, (at % BLOCK) + this.#size - at)
      read += this.#blocks[Math.floor(at / BLOCK)]?.copy(into, read, at % BLOCK, end) ?? 0
    }
    return read
  }

  /** Cuts what is behind the first `length` bytes. */
  truncate(length: number): void {
    const keep = Math.ceil(length / BLOCK)
    const cut = this.#blocks.splice(keep)
    this.#budget.release(cut.length * BLOCK)
    this.#size = length
  }

  /** New blocks with the first `length` bytes of these. */
  copy(length: number): Blocks {
    const copy = new Blocks(this.#budget)
    try {
      for (let at = 0; at < length; at += BLOCK) {
        copy.append(this.#blocks[at / BLOCK]?.subarray(0, length - at) ?? Buffer.alloc(0))
      }
    } catch (error) {
      copy.free()
      throw error
    }
    return copy
  }

  /** Gives the memory back. A reader that still holds these blocks reads on. */
  free(): void {
    this.#budget.release(this.#blocks.length * BLOCK)
  }
}
