import { createHash } from 'node:crypto'
import { posix } from 'node:path'
import { RunError } from '../run/failure.ts'

/** The longest name that common file systems take, in bytes. */
const LONGEST_NAME = 255

/** Joins a folder of a partner and what is below it; a path from `/` on stands for itself. */
export function joinRemote(...parts: readonly string[]): string {
  let path = ''
  for (const part of parts) {
    if (part.startsWith('/')) path = part
    else if (part !== '') path = path === '' ? part : `${path.replace(/\/+$/, '')}/${part}`
  }
  return path
}

/** Folder and name; the folder is empty for a name alone. */
export function splitPath(path: string): { readonly folder: string; readonly name: string } {
  const slash = path.lastIndexOf('/')
  return { folder: slash > 0 ? path.slice(0, slash) : path.slice(0, slash + 1), name: path.slice(slash + 1) }
}

/**
 * Where the bytes of a file are until it is whole: beside its final name, the same for the same run and file, so that
 * whoever takes the run over finds it. Hidden by a dot where the partner allows such names.
 */
export function temporaryName(target: string, run: string, key: string, hidden: boolean): string {
  const { name } = splitPath(target)
  const suffix = `.part-${createHash('sha256').update(`${run}\0${key}`).digest('hex').slice(0, 12)}`
  const dot = hidden ? '.' : ''
  const full = `${dot}${name}${suffix}`
  const fits = Buffer.byteLength(full) <= LONGEST_NAME
  const short = createHash('sha256').update(name).digest('hex').slice(0, 24)
  return `${target.slice(0, target.length - name.length)}${fits ? full : `${dot}${short}${suffix}`}`
}

/** Whether a name that a partner lists can be that of a file here: a hostile server must not lead out of the folder. */
export function isListedName(name: string): boolean {
  if (name === '' || name === '.' || name === '..' || /[/\\]/.test(name)) return false
  return !hasControl(name) && Buffer.byteLength(name) <= LONGEST_NAME && !/^\.portolan-/i.test(name)
}

const hasControl = (name: string) => Buffer.from(name).some(byte => byte < 0x20 || byte === 0x7f)

/**
 * A relative path that stays below its folder.
 * @throws {RunError} `RUN_NAME`
 */
export function stayBelow(path: string): string {
  const normal = posix.normalize(path)
  const parts = normal.split('/')
  if (
    normal.startsWith('/') ||
    parts.includes('..') ||
    parts.at(-1) === '' ||
    normal === '.' ||
    path.includes('\0')
  )
    throw new RunError(
      'RUN_NAME',
      `${JSON.stringify(path)} is no path below the folder: leave out .. and a leading slash.`,
    )
  return normal
}
