import { createHash } from 'node:crypto'
import {
  closeSync,
  constants,
  fstatSync,
  ftruncateSync,
  futimesSync,
  openSync,
  renameSync,
  statSync,
  writeSync,
} from 'node:fs'
import { type FileHandle, open, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { ByteSink, FileTarget } from '@portolan/channels'
import { encodeName } from '@portolan/protocol'
import { FtpError } from '../errors.ts'
import { localError } from './local-error.ts'
import { onDisk } from './local-path.ts'

/** Files up to this size are written by the calling thread: some microseconds, where a trip to the thread pool and back costs more. */
const SMALL = 64 * 1024
/** A write by the calling thread that takes longer, in milliseconds, is the last of them. */
const SLOW_MS = 20
/** The longest name that common file systems take, in bytes. */
const LONGEST_NAME = 255
const OPEN_FLAGS = constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW

/** What a part file is made for. */
export interface PartOptions {
  /** The final name. */
  readonly path: string
  /** Tells this version of the remote file from others, such as its size and time. Undefined: nothing can be resumed. */
  readonly version: string | undefined
  /** Go on where an earlier part of the same version ended. */
  readonly resume: boolean
  /** Bytes the whole file will have, where known. */
  readonly expected: number | undefined
}

/**
 * A download under way: `.name.VERSION.portolan-part` beside the final name. The name shows the new bytes after
 * {@link publish} and never otherwise; a part that is left behind is continued by the next download of the same version.
 */
export class PartFile implements ByteSink, AsyncDisposable {
  /** The final name. */
  readonly path: string
  readonly partPath: string
  readonly #file: WritableFile
  #position: number
  /** The disk made us wait: from then on that is the thread pool's work. */
  #slow = false

  private constructor(options: PartOptions, partPath: string, file: WritableFile, position: number) {
    this.path = options.path
    this.partPath = partPath
    this.#file = file
    this.#position = position
  }

  /** @throws {FtpError} `FTP_LOCAL` */
  static async open(options: PartOptions): Promise<PartFile> {
    const { path, version, resume, expected } = options
    const partPath = partPathOf(path, version)
    try {
      if (statSync(onDisk(path), { throwIfNoEntry: false })?.isDirectory()) throw isAFolder(path)
      const small = expected !== undefined && expected <= SMALL
      const file = small ? new SmallFile(partPath) : await LargeFile.open(partPath)
      const there = await file.size()
      const usable = resume && version !== undefined && there <= (expected ?? Number.POSITIVE_INFINITY)
      if (there > 0 && !usable) await file.truncate()
      return new PartFile(options, partPath, file, usable ? there : 0)
    } catch (error) {
      throw localError('write', partPath, error)
    }
  }

  /** Bytes that are there. */
  get position(): number {
    return this.#position
  }

  get file(): FileTarget {
    const part = this
    return {
      descriptor: this.#file.fd,
      get position() {
        return part.#position
      },
      advance: bytes => {
        part.#position += bytes
      },
    }
  }

  writeNow(chunk: Buffer): boolean {
    if (this.#slow) return false
    const before = performance.now()
    try {
      writeAt(this.#file.fd, chunk, this.#position)
    } catch (error) {
      throw localError('write', this.partPath, error)
    }
    this.#position += chunk.length
    this.#slow = performance.now() - before > SLOW_MS
    return true
  }

  async write(chunk: Buffer): Promise<void> {
    if (this.writeNow(chunk)) return
    try {
      await this.#file.write(chunk, this.#position)
    } catch (error) {
      throw localError('write', this.partPath, error)
    }
    this.#position += chunk.length
  }

  /** Starts anew. */
  async restart(): Promise<void> {
    await this.#file.truncate()
    this.#position = 0
  }

  /**
   * Shows the bytes under the final name.
   *
   * @param modified - milliseconds since 1970; undefined: now
   */
  async publish(modified?: number): Promise<void> {
    try {
      await this.#file.publish(this.partPath, this.path, modified)
    } catch (error) {
      throw (await isFolder(this.path)) ? isAFolder(this.path, error) : localError('write', this.path, error)
    }
  }

  /** Removes what is there. */
  async remove(): Promise<void> {
    await this.#file.close()
    await rm(onDisk(this.partPath), { force: true })
  }

  /** Leaves the part for the next time; one without a byte is removed. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#position === 0 && this.#file.open) return this.remove()
    await this.#file.close()
  }
}

/** Where the part of a file lies. */
export function partPathOf(path: string, version: string | undefined): string {
  const name = basename(path)
  const suffix = `.${version ?? 'new'}.portolan-part`
  const full = `.${name}${suffix}`
  const fits = encodeName(full).length <= LONGEST_NAME
  return join(dirname(path), fits ? full : `.${shortName(name)}${suffix}`)
}

function shortName(name: string): string {
  return createHash('sha256').update(encodeName(name)).digest('hex').slice(0, 32)
}

function isAFolder(path: string, cause?: unknown): FtpError {
  return new FtpError('FTP_LOCAL', `Cannot write ${path}: it is a folder.`, { phase: 'local', cause })
}

async function isFolder(path: string): Promise<boolean> {
  const stats = await stat(onDisk(path)).catch(() => undefined)
  return stats?.isDirectory() ?? false
}

function writeAt(fd: number, chunk: Buffer, position: number): void {
  for (let done = 0; done < chunk.length; )
    done += writeSync(fd, chunk, done, chunk.length - done, position + done)
}

interface WritableFile {
  readonly fd: number
  readonly open: boolean
  size(): number | Promise<number>
  truncate(): void | Promise<void>
  write(chunk: Buffer, position: number): Promise<void>
  publish(from: string, to: string, modified: number | undefined): void | Promise<void>
  close(): void | Promise<void>
}

class SmallFile implements WritableFile {
  readonly fd: number
  open = true

  constructor(path: string) {
    this.fd = openSync(onDisk(path), OPEN_FLAGS, 0o666)
  }

  size(): number {
    return fstatSync(this.fd).size
  }

  truncate(): void {
    ftruncateSync(this.fd, 0)
  }

  async write(chunk: Buffer, position: number): Promise<void> {
    writeAt(this.fd, chunk, position)
  }

  publish(from: string, to: string, modified: number | undefined): void {
    if (modified !== undefined) futimesSync(this.fd, modified / 1000, modified / 1000)
    this.close()
    renameSync(onDisk(from), onDisk(to))
  }

  close(): void {
    if (!this.open) return
    this.open = false
    closeSync(this.fd)
  }
}

class LargeFile implements WritableFile {
  readonly #handle: FileHandle
  open = true

  get fd(): number {
    return this.#handle.fd
  }

  private constructor(handle: FileHandle) {
    this.#handle = handle
  }

  static async open(path: string): Promise<LargeFile> {
    return new LargeFile(await open(onDisk(path), OPEN_FLAGS, 0o666))
  }

  async size(): Promise<number> {
    return (await this.#handle.stat()).size
  }

  truncate(): Promise<void> {
    return this.#handle.truncate(0)
  }

  async write(chunk: Buffer, position: number): Promise<void> {
    for (let done = 0; done < chunk.length; ) {
      const { bytesWritten } = await this.#handle.write(chunk, done, chunk.length - done, position + done)
      done += bytesWritten
    }
  }

  async publish(from: string, to: string, modified: number | undefined): Promise<void> {
    if (modified !== undefined) await this.#handle.utimes(modified / 1000, modified / 1000)
    await this.close()
    await rename(onDisk(from), onDisk(to))
  }

  async close(): Promise<void> {
    if (!this.open) return
    this.open = false
    await this.#handle.close()
  }
}
