import type { ByteSource } from './data-connection.ts'

/** Milliseconds for which pieces are collected before they are sent: a listing is not held back, and not sent line by line. */
const COLLECT_MS = 20

/**
 * Reads an iterable as a {@link ByteSource}: small pieces are collected into full buffers, large ones are cut. What is
 * there goes out after 20 ms even when the buffer is not full.
 */
export class IterableSource implements ByteSource {
  readonly #pieces: AsyncIterator<Uint8Array>
  #rest: Uint8Array = new Uint8Array(0)
  #next: Promise<IteratorResult<Uint8Array>> | undefined

  constructor(pieces: AsyncIterable<Uint8Array>) {
    this.#pieces = pieces[Symbol.asyncIterator]()
  }

  async read(into: Buffer): Promise<number> {
    let filled = this.#takeRest(into, 0)
    let deadline: Deadline | undefined
    try {
      while (filled < into.length) {
        this.#next ??= this.#pieces.next()
        deadline ??= filled > 0 ? new Deadline(COLLECT_MS) : undefined
        const result = await (deadline ? deadline.before(this.#next) : this.#next)
        if (!result) return filled
        if (result.done) return filled
        this.#next = undefined
        this.#rest = result.value
        filled = this.#takeRest(into, filled)
      }
      return filled
    } finally {
      deadline?.clear()
    }
  }

  /** The stream broke: lets the iterable clean up. Not awaited, since its own wait may never end. */
  stop(): void {
    this.#next?.catch(() => {})
    this.#pieces.return?.().catch(() => {})
  }

  #takeRest(into: Buffer, filled: number): number {
    const piece = this.#rest.subarray(0, into.length - filled)
    into.set(piece, filled)
    this.#rest = this.#rest.subarray(piece.length)
    return filled + piece.length
  }
}

/** One timer for many waits. */
class Deadline {
  readonly #timer: NodeJS.Timeout
  #expired = false
  #expire: (() => void) | undefined

  constructor(ms: number) {
    this.#timer = setTimeout(() => {
      this.#expired = true
      this.#expire?.()
    }, ms)
  }

  /** The work's result; undefined once the time is over. The work goes on. */
  before<T>(work: Promise<T>): Promise<T | undefined> {
    return new Promise((resolve, reject) => {
      this.#expire = () => resolve(undefined)
      if (this.#expired) this.#expire()
      work.then(resolve, reject)
    })
  }

  clear(): void {
    clearTimeout(this.#timer)
  }
}
