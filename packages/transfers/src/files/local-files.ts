import { opendir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { RunError } from '../run/failure.ts'

/** Files that one run takes at the most. */
export const MOST_FILES = 10_000
/** Folders within folders that are followed. */
const DEEPEST = 64

/** Which files of a folder. */
export interface FileAsk {
  readonly matches: (name: string) => boolean
  readonly subfolders: boolean
  readonly signal: AbortSignal
}

/**
 * The paths below a folder of the files that are meant, in the order of their names; of a file its own, which is empty.
 * Links are not followed, and uploads that are not whole are not seen.
 * @throws {RunError} `RUN_SOURCE_GONE`, `RUN_TOO_MANY`
 */
export async function filesBelow(root: string, ask: FileAsk): Promise<readonly string[]> {
  const stats = await stat(root).catch(() => undefined)
  if (!stats)
    throw new RunError('RUN_SOURCE_GONE', `There is no ${root}: make the folder, or change the transfer.`)
  if (stats.isFile()) return ['']
  const found: string[] = []
  await collect(root, '', ask, found, 0)
  return found.sort()
}

async function collect(
  root: string,
  relative: string,
  ask: FileAsk,
  found: string[],
  depth: number,
): Promise<void> {
  if (depth > DEEPEST) return
  for await (const entry of await opendir(join(root, relative))) {
    ask.signal.throwIfAborted()
    if (/^\.portolan-|\.portolan-part$/i.test(entry.name)) continue
    const path = join(relative, entry.name)
    if (entry.isDirectory()) {
      if (ask.subfolders) await collect(root, path, ask, found, depth + 1)
    } else if (entry.isFile() && ask.matches(entry.name)) {
      if (found.length >= MOST_FILES) throw tooMany(root)
      found.push(path)
    }
  }
}

/** @throws never; makes the error for more files than a run takes */
export function tooMany(where: string): RunError {
  return new RunError(
    'RUN_TOO_MANY',
    `More than ${MOST_FILES} files are meant in ${where}: use a narrower pattern, or several transfers.`,
  )
}
