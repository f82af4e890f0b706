import type { Because } from '@portolan/channels'
import { FtpError } from '../errors.ts'
import { checkName, fileOfPart } from './names.ts'
import type { Selection } from './selection.ts'
import { type TargetTree, type TreeEntry, within } from './tree.ts'

/** Something that only the target has. */
export interface Extra {
  readonly path: string
  readonly entry: TreeEntry
  readonly because: Because
}

/** One entry to be removed. */
export interface Removal {
  readonly kind: 'delete-file' | 'delete-folder'
  readonly path: string
  readonly because: Because
}

/** What removing extras takes: files first, then folders, the deepest first. */
export interface DeletionPlan {
  readonly files: Removal[]
  readonly folders: Removal[]
  /** Folders that stay, since something in them does, or cannot be listed. */
  readonly kept: { readonly path: string; readonly error: FtpError }[]
}

/** A folder below more than these has no end. */
export const DEEPEST = 128

/**
 * Goes through what only the target has. What is left out by the patterns stays, and with it the folders above. Links are
 * removed, never followed.
 */
export async function planDeletions(
  extras: readonly Extra[],
  { target, selection }: { readonly target: TargetTree; readonly selection: Selection },
  signal: AbortSignal,
): Promise<DeletionPlan> {
  const plan: DeletionPlan = { files: [], folders: [], kept: [] }

  /** Whether all of it may go. */
  const add = async (path: string, entry: TreeEntry, because: Because, depth: number): Promise<boolean> => {
    const folder = entry.kind === 'folder' && !entry.followed
    if (!folder) {
      plan.files.push({ kind: 'delete-file', path, because })
      return true
    }
    const whole = (await addContent(path, because, depth)) && selection.names(path)
    if (whole) plan.folders.push({ kind: 'delete-folder', path, because })
    return whole
  }

  const addContent = async (path: string, because: Because, depth: number): Promise<boolean> => {
    let whole = true
    try {
      if (depth > DEEPEST) throw endless(path)
      const { entries, unparsed } = await target.list(path, signal)
      if (unparsed > 0) throw unreadable(path)
      for (const entry of entries) {
        const child = within(path, entry.name)
        if (!mayGo(child, entry, selection)) whole = false
        else if (!(await add(child, entry, because, depth + 1))) whole = false
      }
    } catch (error) {
      if (!(error instanceof FtpError) || signal.aborted) throw error
      plan.kept.push({ path, error })
      return false
    }
    return whole
  }

  for (const { path, entry, because } of extras) await add(path, entry, because, 0)
  return plan
}

function mayGo(path: string, entry: TreeEntry, selection: Selection): boolean {
  try {
    checkName(entry.name)
  } catch {
    return false
  }
  return (
    fileOfPart(entry.name) !== undefined || selection.leftOut(path, entry.kind === 'folder') === undefined
  )
}

function endless(path: string): FtpError {
  return new FtpError('FTP_NAME', `The folder ${path} has folders without end.`, { phase: 'command' })
}

function unreadable(path: string): FtpError {
  const text = `The listing of ${path} has lines that cannot be read: the folder is not removed.`
  return new FtpError('FTP_PROTOCOL', text, { phase: 'command' })
}
