import * as fs from 'node:fs'
import { constants, copyFile } from 'node:fs/promises'
import { failure } from '../failure.ts'
import { type HostPath, open, readAt, truncate, writeAt } from './calls.ts'
import { systemCode } from './system-error.ts'

/** Bytes copied at once. */
const PIECE = 1024 * 1024

const { O_CREAT, O_EXCL, O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_WRONLY } = fs.constants

/** Creates a file that does not exist and opens it to write: nothing else can have opened it. */
export function createFile(path: HostPath, mode: number): Promise<number> {
  return open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode)
}

/**
 * Opens a regular file by a name that was no link when it was looked at.
 *
 * @param create - permission bits of a new file; absent: the file has to exist
 * @throws {StorageError} `STORAGE_BUSY` when it is a link by now, `STORAGE_NOT_A_FILE`
 */
export async function openRegular(
  path: HostPath,
  access: 'read' | 'write',
  create?: number,
): Promise<number> {
  const flags = (access === 'read' ? O_RDONLY : O_WRONLY) | O_NOFOLLOW | O_NONBLOCK
  let fd: number
  try {
    fd = await open(path, create === undefined ? flags : flags | O_CREAT, create)
  } catch (error) {
    if (systemCode(error) === 'ELOOP') throw failure('STORAGE_BUSY', undefined, { cause: error })
    throw error
  }
  if (fs.fstatSync(fd).isFile()) return fd
  fs.closeSync(fd)
  throw failure('STORAGE_NOT_A_FILE')
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
    const copy = cloned ? await openRegular(path, 'write') : await createFile(path, mode)
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
