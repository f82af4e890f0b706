import type { Entry } from '@portolan/storage'
import { FileAccessError } from '../file-access.ts'
import type { Permission } from '../policy/permissions.ts'
import { denied } from './failure.ts'
import { removeTree } from './remove-tree.ts'
import type { UserAccessParts } from './user-access.ts'

/** How long a removal may take. */
const REMOVE_MS = 10 * 60_000

type Parts = Pick<UserAccessParts, 'account' | 'files' | 'link' | 'emit'>

/** Removes what has a path, a folder with all that is below it. @throws {FileAccessError | StorageError} */
export async function removePath(parts: Parts, path: string): Promise<void> {
  const { storage } = parts.files
  const entry = await storage.stat(path, { follow: false })
  if (entry.kind === 'folder') return await removeFolder(parts, path)
  check(parts, permissionFor(entry.kind), path)
  await storage.removeFile(path)
  tell(parts, path, entry)
}

async function removeFolder(parts: Parts, path: string): Promise<void> {
  const { files, account } = parts
  if (path === '/') throw new FileAccessError('FILE_DENIED', 'Your home folder itself cannot be removed.')
  const fixed = account.mounts.find(mount => mount.path === path || mount.path.startsWith(`${path}/`))
  if (fixed) {
    const text = `The folder ${fixed.path} was set up for you: it and those around it stay.`
    throw new FileAccessError('FILE_DENIED', text)
  }
  check(parts, 'removeFolder', path)
  await checkRulesBelow(parts, path)
  if (!files.may('list', path) || !files.may('delete', path)) {
    // Only an empty one can go.
    await files.storage.removeFolder(path)
    return tell(parts, path, { kind: 'folder', size: 0 })
  }
  await removeTree(files.storage, path, {
    check: (below, kind) => check(parts, permissionFor(kind), below),
    removed: (below, entry) => tell(parts, below, entry),
    signal: AbortSignal.timeout(REMOVE_MS),
  })
}

/** Finds what may not be removed before anything is. */
async function checkRulesBelow(parts: Parts, path: string): Promise<void> {
  const { files, account } = parts
  for (const rule of account.permissions) {
    if (!rule.path.startsWith(`${path}/`)) continue
    const entry = await files.storage.stat(rule.path, { follow: false }).catch(() => undefined)
    if (!entry) continue
    check(parts, permissionFor(entry.kind), rule.path)
    if (entry.kind !== 'folder') continue
    check(parts, 'list', rule.path)
    check(parts, 'delete', rule.path)
  }
}

function permissionFor(kind: Entry['kind']): Permission {
  return kind === 'folder' ? 'removeFolder' : 'delete'
}

function check({ files }: Parts, permission: Permission, path: string): void {
  if (!files.may(permission, path)) throw denied(permission, path)
}

function tell(
  { account, files, link, emit }: Parts,
  path: string,
  { kind, size }: Pick<Entry, 'kind' | 'size'>,
): void {
  emit({ type: 'file', change: kind === 'folder' ? 'folder-removed' : 'deleted', path })
  if (kind !== 'file' || !account.quota || !files.countsToQuota(path)) return
  link.settleQuota({ user: account.user, bytes: -size, files: -1 })
}
