import { type BufferPool, SMALL_BUFFER } from './buffer-pool.ts'

/**
 * Takes the bytes that come although there is no room for them: TLS hands over what it has decrypted, even when asked
 * to stop. That is never more than one read of the socket, 128 KiB; nothing more is read before the spill is empty.
 */
export class Spill {
  readonly #pool: BufferPool
  #buffer: Buffer | undefined
  #start = 0
  #end = 0

  constructor(pool: BufferPool) {
    this.#pool = pool
  }

  get empty(): boolean {
    return this.#start === this.#end
  }

  /** The memory for the next bytes. It stays valid until the next call. */
  get room(): Uint8Array {
    this.#buffer ??= this.#pool.take(SMALL_BUFFER)
    if (this.empty) this.#start = this.#end = 0
    return this.#buffer.subarray(this.#end)
  }

  /** So many bytes were put into {@link room}. */
  commit(bytes: number): void {
    this.#end += bytes
  }

  /** Copies bytes in. @throws {RangeError} for more than fits: then somebody has read on although there was no room */
  put(bytes: Uint8Array): void {
    if (bytes.length === 0) return
    const { room } = this
    room.set(bytes)
    this.commit(bytes.length)
  }

  /** Empties as much as `copy` takes; it answers what it had no room for. */
  drain(copy: (bytes: Uint8Array) => Uint8Array): void {
    if (this.#buffer && !this.empty)
      this.#start = this.#end - copy(this.#buffer.subarray(this.#start, this.#end)).length
  }

  /** @param clean - nobody holds the memory any more */
  release(clean: boolean): void {
    if (clean && this.#buffer) this.#pool.give(this.#buffer)
    this.#buffer = undefined
  }
}
