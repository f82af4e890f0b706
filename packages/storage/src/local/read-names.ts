import { opendir, readdir } from 'node:fs/promises'
import type { HostPath } from './calls.ts'

/** Names read at once: one trip through the thread pool, and 1 to 2 milliseconds of lookups. */
const NAMES_AT_ONCE = 512

/**
 * The names in a folder, in batches; the bytes of a name stand as Latin-1.
 *
 * @param local - whether the file system is one of this machine. On any other the kind of a name may be unknown, and Node
 *   would look each one up on the event loop to tell it: there all names (not their entries) are read at once.
 */
export async function* readNames(folder: HostPath, local: boolean): AsyncGenerator<readonly string[]> {
  if (!local) {
    const names = await readdir(folder, { encoding: 'latin1' })
    for (let from = 0; from < names.length; from += NAMES_AT_ONCE)
      yield names.slice(from, from + NAMES_AT_ONCE)
    return
  }
  await using dir = await opendir(folder, { encoding: 'latin1', bufferSize: NAMES_AT_ONCE })
  const nextBatch = async () => {
    const first = await dir.read()
    if (!first) return []
    const names = [first.name]
    // The read above brought a whole batch: these come from memory.
    while (names.length < NAMES_AT_ONCE) {
      const entry = dir.readSync()
      if (!entry) break
      names.push(entry.name)
    }
    return names
  }
  let batch = await nextBatch()
  while (batch.length > 0) {
    // The next names are read while the caller looks these up.
    const next = batch.length < NAMES_AT_ONCE ? Promise.resolve([]) : nextBatch()
    next.catch(() => {})
    yield batch
    batch = await next
  }
}
