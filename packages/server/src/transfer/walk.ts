import { joinPath, type Storage } from '@portolan/storage'

/** How deep a walk goes: deeper trees are no accident. */
export const DEEPEST = 64

/** Bytes and files below a folder. Links are not followed. */
export async function folderSize(
  storage: Storage,
  folder: string,
  signal: AbortSignal,
  depth = 0,
): Promise<{ bytes: number; files: number }> {
  let bytes = 0
  let files = 0
  const folders: string[] = []
  for await (const batch of storage.list(folder, { signal })) {
    for (const entry of batch) {
      if (entry.kind === 'folder') folders.push(joinPath(folder, entry.name))
      else if (entry.kind === 'file') {
        bytes += entry.size
        files += 1
      }
    }
  }
  if (depth < DEEPEST) {
    for (const below of folders) {
      const inside = await folderSize(storage, below, signal, depth + 1)
      bytes += inside.bytes
      files += inside.files
    }
  }
  return { bytes, files }
}
