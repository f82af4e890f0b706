import { resolvePath } from '@portolan/storage'
import { FileAccessError } from '../file-access.ts'

/**
 * The path that a request names: absolute, without `.` and `..`, which no page of ours sends and which another program
 * may have meant differently. Slashes at the end and in a row are taken off.
 * @throws {FileAccessError} `FILE_NAME`
 * @throws {StorageError} `STORAGE_BAD_NAME` for NUL and for names of more than 255 bytes
 */
export function webPath(text: string): string {
  if (!text.startsWith('/')) throw new FileAccessError('FILE_NAME', 'A path has to begin with a slash.')
  if (text.split('/').some(part => part === '.' || part === '..')) {
    throw new FileAccessError('FILE_NAME', 'A path cannot hold "." or ".." as a name.')
  }
  return resolvePath('/', text)
}
