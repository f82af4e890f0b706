import type { Because } from '@portolan/channels'
import { FtpError } from '../errors.ts'
import type { MirrorContext } from './context.ts'
import { DEEPEST } from './deletions.ts'
import type { MirrorAction } from './summary.ts'
import type { TreeFolder } from './tree.ts'

/** A folder to go through. */
export interface FolderWork {
  /** Below the root, which is empty. */
  readonly path: string
  readonly depth: number
  readonly above: FolderWork | undefined
  readonly unique: string | undefined
  readonly leadsTo: string | undefined
  /** The target does not have it: it is empty there, and has to be made. */
  readonly missing: boolean
  /** What the target has there, as far as that is known before. */
  readonly there?: TreeFolder | undefined
  readonly because: Because
  making?: Promise<void>
}

/** How a folder is called in sentences. */
export function folderName(path: string): string {
  return path === '' ? 'the root' : path
}

/**
 * Finds out that a folder is one of those above again, or too deep to have an end.
 *
 * @param pathOf - what a link could lead to, of a path below the root
 * @throws {FtpError} `FTP_NAME`
 */
export function checkEnd(folder: FolderWork, pathOf: (path: string) => string): void {
  const { path, unique, leadsTo, depth } = folder
  if (depth > DEEPEST)
    throw new FtpError('FTP_NAME', `The folder ${path} is below more than ${DEEPEST} others.`, {
      phase: 'local',
    })
  for (let { above } = folder; above; above = above.above) {
    const same = unique !== undefined && above.unique === unique
    const led = leadsTo !== undefined && (above.leadsTo === leadsTo || pathOf(above.path) === leadsTo)
    if (!same && !led) continue
    const text = `The folder ${path} is ${folderName(above.path)} again: links lead in a circle.`
    throw new FtpError('FTP_NAME', text, { phase: 'local' })
  }
}

/** Makes a folder that is missing, after those above it; once, however many ask. @throws {FtpError} */
export async function makeMissing(folder: FolderWork, context: MirrorContext): Promise<void> {
  if (!folder.missing) return
  folder.making ??= makeNow(folder, context)
  await folder.making
}

async function makeNow(folder: FolderWork, context: MirrorContext): Promise<void> {
  const { tally, settings, target, signal } = context
  if (folder.above) await makeMissing(folder.above, context)
  const action: MirrorAction = { kind: 'make-folder', path: folder.path, because: folder.because }
  tally.planned(action)
  if (!settings.dryRun) {
    await target.makeFolder(folder.path, signal)
    tally.done(action)
  }
  tally.madeFolder()
}
