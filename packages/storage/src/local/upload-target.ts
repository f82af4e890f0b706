import type { Stats } from 'node:fs'
import { access, constants, statfs } from 'node:fs/promises'
import { failure } from '../failure.ts'
import { baseName, parentPath } from '../path.ts'
import type { WriteOptions } from '../storage.ts'
import type { Confinement, Place } from './confinement.ts'
import { fileStats } from './local-entry.ts'
import { guarded } from './system-error.ts'

/** Where an upload goes: a name in an open folder, free of links, and the file that has the name. */
export interface UploadTarget extends Place {
  readonly existing: Stats | undefined
}

/**
 * Finds where an upload goes. A link in the last place is followed, since the file that it leads to is to get the bytes;
 * what is found is a name in a real folder that no link can turn elsewhere.
 *
 * @throws {StorageError} `STORAGE_EXISTS`, `STORAGE_NOT_A_FILE`, `STORAGE_FORBIDDEN`, `STORAGE_FULL`
 */
export async function openTarget(
  confinement: Confinement,
  path: string,
  options: Pick<WriteOptions, 'exclusive' | 'expected'>,
): Promise<UploadTarget> {
  if (path === '/') throw failure('STORAGE_NOT_A_FILE', 'That is a folder.')
  const place = await confinement.place(path)
  try {
    const existing = await confinement.look(place.host)
    if (existing && options.exclusive) throw failure('STORAGE_EXISTS')
    if (existing?.isDirectory()) throw failure('STORAGE_NOT_A_FILE', 'A folder has that name.')
    if (existing?.isSymbolicLink()) {
      place[Symbol.dispose]()
      return await followTarget(confinement, path)
    }
    if (existing) await mayReplace(place, existing)
    if (options.expected) await fits(place, options.expected)
    return { ...place, existing }
  } catch (error) {
    place[Symbol.dispose]()
    throw error
  }
}

async function followTarget(confinement: Confinement, path: string): Promise<UploadTarget> {
  using node = await confinement.node(path)
  fileStats(node)
  const folder = await confinement.realFolder(parentPath(node.path))
  const name = baseName(node.path)
  const place = { folder, name, host: folder.at(name), [Symbol.dispose]: () => folder[Symbol.dispose]() }
  try {
    const existing = await confinement.look(place.host)
    // Links and names change while we look: what is written is a file, and no link by now.
    if (!existing?.isFile()) throw failure('STORAGE_BUSY')
    await mayReplace(place, existing)
    return { ...place, existing }
  } catch (error) {
    place[Symbol.dispose]()
    throw error
  }
}

/** A rename would replace a file that nobody may write, and a pipe. */
async function mayReplace(place: Place, existing: Stats): Promise<void> {
  if (!existing.isFile()) throw failure('STORAGE_NOT_A_FILE')
  await guarded(access(place.host, constants.W_OK))
}

async function fits(place: Place, expected: number): Promise<void> {
  const { bavail, bsize } = await guarded(statfs(place.folder.host))
  if (expected > bavail * bsize) throw failure('STORAGE_FULL')
}
