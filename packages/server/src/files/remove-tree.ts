import { type Entry, joinPath, type Storage, StorageError } from '@portolan/storage'
import { FileAccessError } from '../file-access.ts'
import { DEEPEST } from '../transfer/walk.ts'

/** Names of a folder that are held at once. */
const ROUND = 5_000

/** How a tree is removed. */
export interface RemoveOptions {
  /** Called for everything before it is removed. Throws where that is not allowed. */
  check(path: string, kind: Entry['kind']): void
  /** Called for everything that is gone. */
  removed(path: string, entry: Pick<Entry, 'kind' | 'size'>): void
  readonly signal: AbortSignal
}

/**
 * Removes a folder and all that is below it, deepest first; links as links. What was removed before a failure stays
 * removed. What somebody else removes meanwhile is as good as removed.
 */
export async function removeTree(
  storage: Storage,
  folder: string,
  options: RemoveOptions,
  depth = 0,
): Promise<void> {
  const { check, removed, signal } = options
  if (depth > DEEPEST) {
    throw new FileAccessError(
      'FILE_FAILED',
      `${folder} is more than ${DEEPEST} folders deep and was left there.`,
    )
  }
  for (;;) {
    const { entries, more } = await someOf(storage, folder, signal)
    for (const entry of entries) {
      signal.throwIfAborted()
      const path = joinPath(folder, entry.name)
      if (entry.kind === 'folder') {
        await removeTree(storage, path, options, depth + 1)
        continue
      }
      check(path, entry.kind)
      if (await gone(storage.removeFile(path))) removed(path, entry)
    }
    if (!more) break
  }
  check(folder, 'folder')
  if (await gone(storage.removeFolder(folder))) removed(folder, { kind: 'folder', size: 0 })
}

/** The first names of a folder: it is not read on while it changes. */
async function someOf(storage: Storage, folder: string, signal: AbortSignal) {
  const entries: Entry[] = []
  try {
    for await (const batch of storage.list(folder, { signal })) {
      entries.push(...batch)
      if (entries.length >= ROUND) return { entries, more: true }
    }
  } catch (error) {
    if (!isMissing(error)) throw error
  }
  return { entries, more: false }
}

/** False when somebody else was faster. */
async function gone(work: Promise<void>): Promise<boolean> {
  try {
    await work
    return true
  } catch (error) {
    if (isMissing(error)) return false
    throw error
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof StorageError && error.code === 'STORAGE_NOT_FOUND'
}
