import { encodeName } from '@portolan/protocol'
import { failure } from './failure.ts'

/** The longest name of one file or folder, in bytes: NAME_MAX of every common file system. */
const MAX_NAME_BYTES = 255

/**
 * The absolute path that an argument means, seen from the current folder: absolute, normalised, and never above `/`
 * however many `..` it holds. A backslash is an ordinary character (POSIX), as are `~` and `*`.
 *
 * Pure: links are not looked at, so `a/..` is where the user stood, as every shell shows it.
 *
 * @param cwd - absolute and normalised
 * @throws {StorageError} `STORAGE_BAD_NAME` for NUL, or a name of more than 255 bytes
 */
export function resolvePath(cwd: string, argument: string): string {
  if (argument.includes('\0')) throw failure('STORAGE_BAD_NAME')
  const parts: string[] = []
  for (const part of `${argument.startsWith('/') ? '' : cwd}/${argument}`.split('/')) {
    if (part === '' || part === '.') continue
    if (part === '..') parts.pop()
    else parts.push(shortEnough(part))
  }
  return `/${parts.join('/')}`
}

/** The path of a name in a folder. */
export function joinPath(folder: string, name: string): string {
  return folder === '/' ? `/${name}` : `${folder}/${name}`
}

/** The last part of a path; `/` for the root. */
export function baseName(path: string): string {
  return path === '/' ? '/' : path.slice(path.lastIndexOf('/') + 1)
}

/** The folder that holds a path; the root holds itself. */
export function parentPath(path: string): string {
  const slash = path.lastIndexOf('/')
  return slash <= 0 ? '/' : path.slice(0, slash)
}

/** The names of a path, from the root down. */
export function partsOf(path: string): string[] {
  return path === '/' ? [] : path.slice(1).split('/')
}

/** True when `path` is `folder` or lies below it. */
export function isWithin(folder: string, path: string): boolean {
  return folder === '/' || path === folder || path.startsWith(`${folder}/`)
}

function shortEnough(name: string): string {
  // A UTF-16 unit is at most three bytes of UTF-8: most names need no counting.
  if (name.length * 3 > MAX_NAME_BYTES && encodeName(name).length > MAX_NAME_BYTES) {
    throw failure('STORAGE_BAD_NAME', `A name may have ${MAX_NAME_BYTES} bytes. Choose a shorter one.`)
  }
  return name
}
