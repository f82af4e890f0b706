import { failure } from '../failure.ts'
import { close, writeAt } from './calls.ts'
import { fromSystem } from './system-error.ts'

/** An open file that grows from a position, and is never closed under a running write. */
export class DraftFile {
  readonly fd: number
  #position: number
  #open = true
  #writing: Promise<unknown> = Promise.resolve()

  constructor(fd: number, position: number) {
    this.fd = fd
    this.#position = position
  }

  /** Where the next byte goes. */
  get position(): number {
    return this.#position
  }

  /** Takes the chunk whole. @throws {StorageError} */
  async write(chunk: Buffer): Promise<void> {
    if (!this.#open) throw failure('STORAGE_FAILED', 'The upload has ended.')
    const writing = writeAt(this.fd, chunk, this.#position)
    this.#writing = writing.catch(() => {})
    try {
      this.#position = await writing
    } catch (error) {
      throw fromSystem(error)
    }
  }

  /** Takes no more, and waits for the write that is under way. */
  async end(): Promise<void> {
    this.#open = false
    await this.#writing
  }

  async close(): Promise<void> {
    await this.end()
    await close(this.fd)
  }
}
