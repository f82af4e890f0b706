import { flushData } from './calls.ts'

/** Bytes that are sent to the disk together. */
const STEP = 64 * 1024 * 1024
/** Bytes of one file that may wait for the disk. */
const MOST_WAITING = 4 * STEP
/** Flushes under way at once in the process: each holds a thread of the pool, and reads need some as well. */
const AT_ONCE = 2

const running = new Set<Promise<void>>()

/**
 * Sends the bytes of a long upload to the disk while more of them arrive. Otherwise the flush at its end could take
 * minutes, and the client that waits for its 226 gives up: FileZilla does after 20 seconds.
 */
export class WriteBehind {
  readonly #fd: number
  readonly #flush: (fd: number) => Promise<void>
  #waiting = 0
  #running: Promise<void> | undefined
  #failure: { readonly error: unknown } | undefined

  /** @param flush - sends what was written to the disk */
  constructor(fd: number, flush: (fd: number) => Promise<void> = flushData) {
    this.#fd = fd
    this.#flush = flush
  }

  /** Bytes were written. Waits when too many have not reached the disk. @throws what a flush threw: the system tells it once */
  async wrote(bytes: number): Promise<void> {
    this.#waiting += bytes
    if (this.#waiting >= STEP && !this.#running && running.size < AT_ONCE) this.#start()
    while (this.#waiting >= MOST_WAITING && running.size > 0) await Promise.race(running)
    this.#check()
  }

  /** Waits for the flush that is under way. @throws what a flush threw */
  async end(): Promise<void> {
    await this.#running
    this.#check()
  }

  #start(): void {
    const sent = this.#waiting
    const flushing = this.#flush(this.#fd)
      .then(
        () => {
          this.#waiting -= sent
        },
        error => {
          this.#failure = { error }
        },
      )
      .finally(() => {
        running.delete(flushing)
        this.#running = undefined
      })
    this.#running = flushing
    running.add(flushing)
  }

  #check(): void {
    if (this.#failure) throw this.#failure.error
  }
}
