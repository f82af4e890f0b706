import { type Entry, joinPath } from '@portolan/storage'
import type { Permission } from '../policy/permissions.ts'
import type { UserFiles } from '../session/user-files.ts'

/** Letters of the `perm` fact and what they stand for: RFC 3659 section 7.5.5. */
const FILE_LETTERS: readonly [string, Permission][] = [
  ['a', 'append'],
  ['d', 'delete'],
  ['f', 'rename'],
  ['r', 'read'],
  ['w', 'write'],
]
const FOLDER_LETTERS: readonly [string, Permission][] = [
  ['c', 'write'],
  ['d', 'removeFolder'],
  ['e', 'list'],
  ['f', 'rename'],
  ['l', 'list'],
  ['m', 'makeFolder'],
  ['p', 'delete'],
]

/**
 * Tells what the user may do with the entries of a folder. Where no rule names a path below the folder, the answer is
 * the same for all files and for all folders and is found once: a listing may have 100,000 names.
 */
export function permFact(files: UserFiles, folder: string): (entry: Entry) => string {
  if (files.hasRulesBelow(folder)) {
    return entry => lettersOf(files, joinPath(folder, entry.name), entry.kind === 'folder')
  }
  const any = joinPath(folder, 'x')
  const file = lettersOf(files, any, false)
  const subfolder = lettersOf(files, any, true)
  return entry => (entry.kind === 'folder' ? subfolder : file)
}

function lettersOf(files: UserFiles, path: string, folder: boolean): string {
  return (folder ? FOLDER_LETTERS : FILE_LETTERS)
    .filter(([, permission]) => files.may(permission, path))
    .map(([letter]) => letter)
    .join('')
}
