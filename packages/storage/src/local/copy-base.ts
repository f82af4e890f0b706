import * as fs from 'node:fs'
import { constants, copyFile } from 'node:fs/promises'
import { failure } from '../failure.ts'
import { type HostPath, open, readAt, truncate, writeAt } from './calls.ts'
import { systemCode } from './system-error.ts'

/** Bytes copied at once. */
const PIECE = 1024 * 1024

const WRITE_ONLY = fs.constants.O_WRONLY | fs.constants.O_NOFOLLOW
/** A new file that nothing else can have opened. */
const NEW_FILE = WRITE_ONLY | fs.constants.O_CREAT | fs.constants.O_EXCL

/** Creates a file that does not exist and opens it to write. */
export function createFile(path: HostPath, mode: number): Promise<number> {
  return open(path, NEW_FILE, mode)
}

/** Opens a file of ours to write. */
export function openToWrite(path: HostPath): Promise<number> {
  return open(path, WRITE_ONLY | fs.constants.O_NONBLOCK)
}

/** Makes new files that begin with the bytes of another. */
export class FileCopier {
  /** False where blocks cannot be shared, or not safely: a clone is made by path, and only /proc has one for an open file. */
  #cloning: boolean

  constructor(cloning: boolean) {
    this.#cloning = cloning
  }

  /**
   * Creates a file with the first `length` bytes of an open one, and opens it to write. Where the file system can share
   * blocks (Btrfs, XFS) that costs nothing, else it reads and writes them.
   *
   * @throws {StorageError} `STORAGE_BAD_OFFSET` when the file is shorter by now
   */
  async copy(
    fd: number,
    path: HostPath,
    length: number,
    mode: number,
    signal?: AbortSignal,
  ): Promise<number> {
    const cloned = await this.#clone(`/proc/self/fd/${fd}`, path)
    const copy = cloned ? await openToWrite(path) : await createFile(path, mode)
    try {
      if (cloned) await shorten(copy, length)
      else await copyBytes(fd, copy, length, signal)
      return copy
    } catch (error) {
      fs.closeSync(copy)
      fs.unlink(path, () => {})
      throw error
    }
  }

  async #clone(source: HostPath, path: HostPath): Promise<boolean> {
    if (!this.#cloning) return false
    try {
      await copyFile(source, path, constants.COPYFILE_FICLONE_FORCE | constants.COPYFILE_EXCL)
      return true
    } catch (error) {
      // EXDEV, EINVAL and the like may be about this one file; these are about the file system.
      const code = systemCode(error)
      if (code === 'ENOTSUP' || code === 'EOPNOTSUPP' || code === 'ENOSYS' || code === 'ENOTTY')
        this.#cloning = false
      return false
    }
  }
}

/** Cuts a file to a length that it has to have. */
export async function shorten(fd: number, length: number): Promise<void> {
  const { size } = fs.fstatSync(fd)
  if (size < length) throw failure('STORAGE_BAD_OFFSET')
  if (size > length) await truncate(fd, length)
}

async function copyBytes(
  from: number,
  to: number,
  length: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  const buffer = Buffer.allocUnsafeSlow(Math.min(PIECE, length))
  for (let at = 0; at < length; ) {
    signal?.throwIfAborted()
    const bytes = await readAt(from, buffer, Math.min(buffer.length, length - at), at)
    if (bytes === 0) throw failure('STORAGE_BAD_OFFSET')
    at = await writeAt(to, buffer.subarray(0, bytes), at)
  }
}
