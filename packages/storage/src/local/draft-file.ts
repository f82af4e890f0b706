import { failure } from '../failure.ts'
import { close, writeAt } from './calls.ts'
import { fromSystem } from './system-error.ts'
import { WriteBehind } from './write-behind.ts'

/** An open file that grows from a position, and is never closed under a running write. */
export class DraftFile {
  readonly fd: number
  #position: number
  #open = true
  #writing: Promise<unknown> = Promise.resolve()
  readonly #behind: WriteBehind | undefined

  /** @param durable - whether the bytes have to be on the disk in the end */
  constructor(fd: number, position: number, durable: boolean) {
    this.fd = fd
    this.#position = position
    this.#behind = durable ? new WriteBehind(fd) : undefined
  }

  /** Where the next byte goes. */
  get position(): number {
    return this.#position
  }

  /** Takes the chunk whole. @throws {StorageError} */
  async write(chunk: Buffer): Promise<void> {
    if (!this.#open) throw failure('STORAGE_FAILED', 'The upload has ended.')
    const writing = this.#write(chunk)
    this.#writing = writing.catch(() => {})
    try {
      await writing
    } catch (error) {
      throw fromSystem(error)
    }
  }

  /** Takes no more, and waits for what is under way. @throws what the disk said of earlier bytes */
  async end(): Promise<void> {
    this.#open = false
    await this.#writing
    await this.#behind?.end()
  }

  async close(): Promise<void> {
    await this.end().catch(() => {})
    await close(this.fd)
  }

  async #write(chunk: Buffer): Promise<void> {
    this.#position = await writeAt(this.fd, chunk, this.#position)
    await this.#behind?.wrote(chunk.length)
  }
}
