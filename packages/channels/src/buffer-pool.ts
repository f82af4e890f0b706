/** The size of the buffers that a transfer starts with, in bytes. */
export const SMALL_BUFFER = 256 * 1024
/** The size of the buffers of a transfer that has shown to be a long one, in bytes. */
export const LARGE_BUFFER = 512 * 1024

/** Free buffers kept for the next transfer, in bytes over all sizes. More are left to the garbage collector. */
const MAX_KEPT = 16 * 1024 * 1024

/**
 * Transfer buffers that are used again. Fresh memory of this size costs a page fault for every 4 KiB, more than copying
 * a small file does; and a thousand small files one after the other should not need a thousand buffers.
 */
export class BufferPool {
  readonly #free = new Map<number, Buffer[]>()
  readonly #maxKept: number
  #kept = 0

  /** @param maxKept - bytes of free buffers that are kept at most */
  constructor(maxKept = MAX_KEPT) {
    this.#maxKept = maxKept
  }

  /** Bytes of free buffers that are kept. */
  get kept(): number {
    return this.#kept
  }

  /** A buffer of exactly this size, with whatever is in it. */
  take(size: number): Buffer {
    const buffer = this.#free.get(size)?.pop()
    if (!buffer) return Buffer.allocUnsafeSlow(size)
    this.#kept -= size
    return buffer
  }

  /** Gives a buffer of {@link take} back, whole. Nobody may use it afterwards. */
  give(buffer: Buffer): void {
    if (this.#kept + buffer.length > this.#maxKept) return
    this.#kept += buffer.length
    const free = this.#free.get(buffer.length)
    if (free) free.push(buffer)
    else this.#free.set(buffer.length, [buffer])
  }
}

/** The pool of this process. */
export const buffers = new BufferPool()
