import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import type { ByteSource } from '@portolan/channels'
import { FtpError } from '../errors.ts'
import { localError } from './local-error.ts'
import { onDisk } from './local-path.ts'

/** Files up to this size are opened by the calling thread, and read by it whatever happens. */
const SMALL = 64 * 1024
/**
 * What the calling thread reads at once, in bytes: still in its cache when it is written to the socket. Measured over loopback
 * against vsftpd, from memory: 1.8 GB/s; 1.6 with pieces of 512 KiB or by the thread pool, 1.3 by sendfile, whose pages
 * the receiver finds cold.
 */
const PIECE = 128 * 1024
/** A read by the calling thread that takes longer, in milliseconds, is the last of them: the rest is the thread pool's work. */
const SLOW_MS = 20

/**
 * A local file to be sent. The file as it was when it was opened: what a writer adds
 * meanwhile is left out, and one that becomes shorter is an error, since its end would be taken for that of the file.
 */
export class FileSource implements ByteSource, AsyncDisposable {
  /** Bytes when it was opened. */
  readonly size: number
  /** Milliseconds since 1970. */
  readonly modified: number
  /** POSIX permission bits. */
  readonly mode: number
  readonly #path: string
  readonly #descriptor: number
  readonly #handle: FileHandle | undefined
  #position = 0
  #slow = false
  #open = true

  private constructor(path: string, descriptor: number, handle: FileHandle | undefined) {
    const stats = fstatSync(descriptor)
    this.#path = path
    this.#descriptor = descriptor
    this.#handle = handle
    this.size = stats.size
    this.modified = Math.floor(stats.mtimeMs)
    this.mode = stats.mode & 0o7777
    if (stats.isFile()) return
    const what = stats.isDirectory() ? 'a folder' : 'no regular file'
    throw new FtpError('FTP_LOCAL', `Cannot send ${path}: it is ${what}.`, { phase: 'local' })
  }

  /**
   * @param size - as far as known; small files are opened at once, others off the event loop
   * @throws {FtpError} `FTP_LOCAL`
   */
  static async open(path: string, size = Number.POSITIVE_INFINITY): Promise<FileSource> {
    let descriptor: number | undefined
    let handle: FileHandle | undefined
    try {
      if (size <= SMALL) descriptor = openSync(onDisk(path), 'r')
      else handle = await open(onDisk(path), 'r')
      return new FileSource(path, descriptor ?? handle?.fd ?? -1, handle)
    } catch (error) {
      if (descriptor !== undefined) closeSync(descriptor)
      await handle?.close()
      throw localError('read', path, error)
    }
  }

  /** Goes on at this byte. */
  seek(position: number): void {
    this.#position = position
  }

  async read(into: Buffer): Promise<number> {
    const length = Math.min(into.length, this.size - this.#position)
    if (length <= 0) return 0
    let bytes: number
    try {
      bytes = this.#slow ? await this.#readAside(into, length) : this.#readNow(into, Math.min(length, PIECE))
    } catch (error) {
      throw localError('read', this.#path, error)
    }
    if (bytes === 0)
      throw new FtpError('FTP_CHANGED', `The file ${this.#path} became shorter while it was sent.`, {
        phase: 'local',
      })
    this.#position += bytes
    return bytes
  }

  #readNow(into: Buffer, length: number): number {
    const before = performance.now()
    const bytes = readSync(this.#descriptor, into, 0, length, this.#position)
    this.#slow = this.#handle !== undefined && performance.now() - before > SLOW_MS
    return bytes
  }

  async #readAside(into: Buffer, length: number): Promise<number> {
    const read = await this.#handle?.read(into, 0, length, this.#position)
    return read?.bytesRead ?? 0
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#open) return
    this.#open = false
    if (this.#handle) await this.#handle.close()
    else closeSync(this.#descriptor)
  }
}
