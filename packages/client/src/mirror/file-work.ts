import type { Because } from '@portolan/channels'
import { FtpError } from '../errors.ts'
import { byCoarseTime, compareFiles } from './compare.ts'
import type { MirrorContext } from './context.ts'
import { type FolderWork, makeMissing } from './folder-work.ts'
import { staysInside } from './local-tree.ts'
import type { MirrorAction } from './summary.ts'
import { download, exactTime, sameChecksum, upload } from './transfer-file.ts'
import type { TreeEntry } from './tree.ts'

/** A file or link to move. */
export interface FileWork {
  readonly folder: FolderWork
  readonly path: string
  readonly source: TreeEntry
  readonly target: TreeEntry | undefined
  readonly how: 'transfer' | 'ask' | 'link'
  readonly because: Because
}

/** Does what is to be done about a file or link, and counts it. @param more - others follow at once */
export async function moveFile(file: FileWork, context: MirrorContext, more: boolean): Promise<void> {
  if (file.how === 'link') await makeLink(file, context)
  else if (await isUnchanged(file, context)) context.tally.unchanged()
  else await transfer(file, context, more)
}

/** Whether a file that the listings could not tell about is the same after all. */
async function isUnchanged(file: FileWork, context: MirrorContext): Promise<boolean> {
  const { path, source, target, how, because } = file
  const { client, settings, signal } = context
  if (!target) return false
  const remote = context.remote.pathOf(path)
  if (how === 'ask') return sameChecksum({ client, remote, local: context.local.pathOf(path), signal })
  const down = settings.direction === 'download'
  const theirs = down ? source : target
  if (!byCoarseTime({ kind: 'changed', because }, theirs)) return false
  const modified = await exactTime(client, remote, signal)
  if (modified === undefined) return false
  const exact: TreeEntry = { ...theirs, modified, precision: 'second' }
  const [from, to] = down ? [exact, target] : [source, exact]
  return compareFiles(from, to, settings.compare).kind === 'unchanged'
}

async function transfer(file: FileWork, context: MirrorContext, more: boolean): Promise<void> {
  const { path, source, target, because } = file
  const { client, settings, tally, signal } = context
  const action: MirrorAction = {
    kind: settings.direction,
    path,
    because,
    ...(source.size !== undefined && { bytes: source.size }),
  }
  tally.planned(action)
  await makeMissing(file.folder, context)
  if (settings.dryRun) return tally.transferred(source.size ?? 0, 0)
  tally.emit({ type: 'started', action })
  const move = settings.direction === 'download' ? download : upload
  const { bytes, resumed } = await move({
    client,
    settings,
    remote: context.remote.pathOf(path),
    local: context.local.pathOf(path),
    source,
    target,
    signal,
    more,
    onProgress: tally.told
      ? (moved, total) => tally.emit({ type: 'progress', path, bytes: moved, total })
      : undefined,
  })
  tally.transferred(bytes, resumed)
  tally.done({ ...action, bytes })
}

async function makeLink({ folder, path, source, because }: FileWork, context: MirrorContext): Promise<void> {
  const { tally, settings } = context
  const to = source.target
  if (to === undefined) throw noLink(path, 'the server does not tell what it points to')
  if (!staysInside(path, to)) throw noLink(path, `it points to ${JSON.stringify(to)}, out of the folder`)
  const action: MirrorAction = { kind: 'link', path, because }
  tally.planned(action)
  await makeMissing(folder, context)
  if (!settings.dryRun) {
    await context.local.makeLink(path, to)
    tally.done(action)
  }
  tally.linked()
}

function noLink(path: string, why: string): FtpError {
  return new FtpError('FTP_NAME', `The link ${path} is not made: ${why}.`, { phase: 'local' })
}
