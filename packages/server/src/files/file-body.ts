import { Readable } from 'node:stream'
import type { ReadHandle } from '@portolan/storage'
import { FileAccessError } from '../file-access.ts'
import { fileFailure } from './failure.ts'

/** Bytes read at once, and held at most while nobody takes them. */
const CHUNK = 128 * 1024

/** How a body is read. */
export interface FileBodyOptions {
  /** Bytes from where the file stands. */
  readonly length: number
  /** Ends the body. */
  readonly signal: AbortSignal
  /** Milliseconds that what was read may lie untaken. */
  readonly stallMs: number
  /** Waited for before bytes are handed on. */
  readonly throttle: ((bytes: number) => Promise<void> | undefined) | undefined
  /** The body has ended and the file is closed. Absent `error`: it was read to its end. */
  onEnd(bytes: number, error: FileAccessError | undefined): void
}

/** A part of a file as a stream. It owns the file. */
export class FileBody extends Readable {
  readonly #file: ReadHandle
  readonly #options: FileBodyOptions
  readonly #gone: () => void
  #stall: NodeJS.Timeout | undefined
  #reading: Promise<void> = Promise.resolve()
  #left: number
  #bytes = 0

  constructor(file: ReadHandle, options: FileBodyOptions) {
    super({ highWaterMark: CHUNK })
    this.#file = file
    this.#options = options
    this.#left = options.length
    this.#gone = () => this.destroy(broken('it was broken off'))
    options.signal.addEventListener('abort', this.#gone)
    // Whoever reads learns of it by the stream's end; before anybody does, an error must not end the process.
    this.on('error', () => {})
    this.#watch()
  }

  override _read(): void {
    clearTimeout(this.#stall)
    this.#reading = this.#fill().catch((error: unknown) => {
      this.destroy(fileFailure(error))
    })
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    clearTimeout(this.#stall)
    this.#options.signal.removeEventListener('abort', this.#gone)
    const whole = this.readableEnded && !error
    // A descriptor that is closed under a read may be another file's by the time it is read.
    void this.#reading
      .then(() => this.#file[Symbol.asyncDispose]())
      .catch(() => {})
      .then(() => {
        this.#options.onEnd(this.#bytes, whole ? undefined : endOf(error))
        callback(error)
      })
  }

  async #fill(): Promise<void> {
    if (this.#left === 0) return void this.push(null)
    const into = Buffer.allocUnsafe(Math.min(CHUNK, this.#left))
    const got = await this.#file.read(into)
    if (got === 0) throw broken('the file became shorter while it was read')
    const wait = this.#options.throttle?.(got)
    if (wait) await wait
    if (this.destroyed) return
    this.#left -= got
    this.#bytes += got
    this.#watch()
    this.push(into.subarray(0, got))
  }

  #watch(): void {
    const { stallMs } = this.#options
    const stalled = () => this.destroy(broken(`nothing was taken for ${Math.round(stallMs / 1000)} seconds`))
    this.#stall = setTimeout(stalled, stallMs)
  }
}

function broken(text: string): FileAccessError {
  return new FileAccessError('FILE_BROKEN', `The download is not whole: ${text}. Download it again.`)
}

/** A reader that is gone destroys the body with its own error, or with none. */
function endOf(error: Error | null): FileAccessError {
  return error instanceof FileAccessError ? error : broken('it was broken off')
}
