import { constants } from 'node:fs'
import { close, flush, type HostPath, open } from './calls.ts'
import { systemCode } from './system-error.ts'

/** Makes the names in a folder survive a loss of power: without this a renamed file may come back under its old name. */
export async function flushFolder(folder: HostPath): Promise<void> {
  let fd: number
  try {
    fd = await open(folder, constants.O_RDONLY | constants.O_DIRECTORY)
  } catch (error) {
    // A folder that may be written and not read cannot be flushed; its files were.
    if (systemCode(error) === 'EACCES') return
    throw error
  }
  try {
    await flush(fd)
  } catch (error) {
    // Some file systems (FUSE, CIFS) have no flush of folders and no need of one.
    if (systemCode(error) !== 'EINVAL' && systemCode(error) !== 'ENOTSUP') throw error
  } finally {
    await close(fd)
  }
}
