import type { BigIntStats, Dir } from 'node:fs'
import { lstat, opendir } from 'node:fs/promises'
import { join } from 'node:path'
import { type FoundFile, foundFile, isHiddenName } from './file-facts.ts'

/** Entries of a folder and of those below it that one scan looks at. */
const MOST_ENTRIES = 100_000
/** Folders within folders that are followed. */
const DEEPEST = 64
/** Files that are looked at together. */
const AT_ONCE = 64

/** Which files of a folder. */
export interface ScanAsk {
  readonly subfolders: boolean
  readonly matches: (name: string) => boolean
  readonly signal: AbortSignal
}

/**
 * The files of a folder that are meant, with what the system says of them. Links are not followed, and uploads under way are
 * not seen. A folder within that cannot be read is left out. `complete` is false when there is more than one scan looks at.
 * @throws the system's error for the folder itself; the signal's reason
 */
export async function scanFolder(
  root: string,
  ask: ScanAsk,
): Promise<{ readonly files: readonly FoundFile[]; readonly complete: boolean }> {
  const files: FoundFile[] = []
  let names: string[] = []
  const lookAtNames = async () => {
    const found = await Promise.all(names.map(path => lookAt(root, path)))
    files.push(...found.filter(file => file !== undefined))
    names = []
  }
  let left = MOST_ENTRIES
  const folders: { readonly path: string; readonly depth: number }[] = [{ path: '', depth: 0 }]
  for (let folder = folders.pop(); folder; folder = folders.pop()) {
    const opened = await openFolder(join(root, folder.path), folder.path === '')
    if (!opened) continue
    for await (const entry of opened) {
      ask.signal.throwIfAborted()
      if (--left < 0) {
        await lookAtNames()
        return { files, complete: false }
      }
      if (isHiddenName(entry.name)) continue
      const path = folder.path === '' ? entry.name : `${folder.path}/${entry.name}`
      if (entry.isDirectory() && ask.subfolders && folder.depth < DEEPEST) {
        folders.push({ path, depth: folder.depth + 1 })
      } else if (entry.isFile() && ask.matches(entry.name)) names.push(path)
      if (names.length >= AT_ONCE) await lookAtNames()
    }
  }
  await lookAtNames()
  return { files, complete: true }
}

async function openFolder(path: string, isRoot: boolean): Promise<Dir | undefined> {
  try {
    return await opendir(path)
  } catch (error) {
    if (isRoot) throw error
    return undefined
  }
}

/** A file as it is now; undefined when it is gone, or no plain file. */
export async function lookAt(root: string, relative: string): Promise<FoundFile | undefined> {
  let stats: BigIntStats
  try {
    stats = await lstat(join(root, relative), { bigint: true })
  } catch {
    return undefined
  }
  return stats.isFile() ? foundFile(relative, stats) : undefined
}
