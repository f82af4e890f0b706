import type { Entry } from '@portolan/storage'
import type { FileEntry } from '../file-access.ts'
import type { UserFiles } from '../session/user-files.ts'

/** An entry as the web client shows it, with what the user may do with it. */
export function entryView(
  files: UserFiles,
  path: string,
  { name, kind, size, modified }: Entry,
  leadsTo: FileEntry['leadsTo'],
): FileEntry {
  const folder = kind === 'folder'
  return {
    name,
    type: kind,
    ...(leadsTo && { leadsTo }),
    size,
    modified,
    may: {
      read: files.may((leadsTo ?? kind) === 'folder' ? 'list' : 'read', path),
      rename: files.may('rename', path) && !files.hasRulesBelow(path),
      delete: files.may(folder ? 'removeFolder' : 'delete', path),
    },
  }
}
