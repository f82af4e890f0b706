import { failure } from './failure.ts'
import { checkPath } from './hidden-names.ts'
import { partsOf } from './path.ts'

/**
 * What a new link says so that it stays inside the root: a relative path without detours. An absolute target is one of
 * the storage.
 *
 * @param folder - the real folder that gets the link: free of links itself
 * @param target - as the client wrote it
 * @throws {StorageError} `STORAGE_OUTSIDE` when the target leads above the root
 */
export function linkTarget(folder: string, target: string): { readonly path: string; readonly text: string } {
  if (target === '' || target.includes('\0')) throw failure('STORAGE_BAD_NAME')
  const from = partsOf(folder)
  const parts = target.startsWith('/') ? [] : [...from]
  for (const part of target.split('/')) {
    if (part === '' || part === '.') continue
    if (part !== '..') parts.push(part)
    else if (parts.pop() === undefined) throw failure('STORAGE_OUTSIDE')
  }
  const path = `/${parts.join('/')}`
  checkPath(path)
  const shared = from.findIndex((part, i) => part !== parts[i])
  const common = shared < 0 ? from.length : shared
  const steps = [...from.slice(common).map(() => '..'), ...parts.slice(common)]
  return { path, text: steps.join('/') || '.' }
}
