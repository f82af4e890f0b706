import { unlink } from 'node:fs/promises'
import { posix } from 'node:path'
import { type FtpClient, FtpError } from '@portolan/client'
import { moveWithoutLoss } from '../files/local-move.ts'
import { versionIfThere } from '../files/local-version.ts'
import { joinRemote, splitPath, stayBelow } from '../files/names.ts'
import { lookAt } from '../files/remote-look.ts'
import type { LocalPlace, PostAction } from '../model/index.ts'
import { expandPlaceholders } from '../placeholders.ts'
import type { LocalFile } from '../run/progress.ts'
import { propertiesOf, type StepContext } from './context.ts'
import { diskPath, localFileAt, placeOf } from './place.ts'

/** Whether there is something to do. */
export function acts(action: PostAction): action is Exclude<PostAction, { do: 'nothing' }> {
  return action.do !== 'nothing'
}

/**
 * Does to a file of this server what is to be done once its transfer is over. A file that became another one meanwhile is
 * left alone: it was not transferred. To be repeated after a crash.
 *
 * @param version - what was transferred
 * @returns where the file is now; undefined when it is gone
 */
export async function actLocally(
  action: PostAction,
  file: LocalFile,
  version: string | undefined,
  context: StepContext,
): Promise<LocalFile | undefined> {
  if (!acts(action)) return file
  const { run, tools } = context
  const target = action.do === 'delete' ? undefined : placeAfter(action, file, context)
  const path = target && (await diskPath(tools, target, 'write'))
  run.mayGoOn()
  const now = await versionIfThere(file.path)
  if (!now) return target && path !== undefined ? localFileAt(path, target) : undefined
  if (version !== undefined && now.version !== version) {
    run.note(
      'warning',
      `${file.path} is another file now than the one that was transferred: it is left alone.`,
    )
    return file
  }
  if (path === undefined || !target) {
    await unlink(file.path)
    run.note('post-action', `${file.path} was deleted.`)
    return undefined
  }
  const moved = await moveWithoutLoss(file.path, path, run.id)
  run.note('post-action', `${file.path} was moved to ${moved?.path ?? path}.`)
  return moved && localFileAt(moved.path, target)
}

/** Where a file is once {@link actLocally} was done to it, by an earlier attempt; undefined: nowhere. */
export async function fileAfter(
  action: PostAction,
  file: LocalFile,
  context: StepContext,
): Promise<LocalFile | undefined> {
  if (!acts(action)) return file
  if (action.do === 'delete') return undefined
  const place = placeAfter(action, file, context)
  return localFileAt(await diskPath(context.tools, place, 'read'), place)
}

/** Where a file of this server is to go: as its owner would say it. */
function placeAfter(
  action: Extract<PostAction, { do: 'move' | 'rename' }>,
  file: LocalFile,
  context: StepContext,
): LocalPlace {
  const place = placeOf(file)
  const path = 'user' in place ? place.path : place.folder
  const { folder, name } = splitPath(path)
  const to = expandPlaceholders(action.to, propertiesOf(context, path))
  const full =
    action.do === 'rename' ? posix.join(folder, stayBelow(to)) : posix.join(posix.resolve(folder, to), name)
  return 'user' in place ? { user: place.user, path: full } : { folder: full }
}

/**
 * Does to a file at a partner what is to be done once its transfer is over. To be repeated after a crash: a file that is gone
 * was taken by the time before.
 */
export async function actRemotely(
  action: PostAction,
  path: string,
  client: FtpClient,
  context: StepContext,
): Promise<void> {
  if (!acts(action)) return
  const { run } = context
  run.mayGoOn()
  if (action.do === 'delete') {
    await orGone(client, path, run.signal, () => client.remove(path, { signal: run.signal }))
    run.note('post-action', `${path} was deleted at the partner.`)
    return
  }
  const { folder, name } = splitPath(path)
  const to = expandPlaceholders(action.to, propertiesOf(context, path))
  const target = action.do === 'rename' ? joinRemote(folder, to) : joinRemote(folder, to, name)
  await orGone(client, path, run.signal, () => renameInto(client, path, target, run.signal))
  run.note('post-action', `${path} was moved to ${target} at the partner.`)
}

/** Renames, and makes the folder when it is that which is missing. */
async function renameInto(client: FtpClient, from: string, to: string, signal: AbortSignal): Promise<void> {
  try {
    await client.rename(from, to, { signal })
  } catch (error) {
    const { folder } = splitPath(to)
    // Pure-FTPd answers 451 where others say 550.
    const refused = error instanceof FtpError && error.code === 'FTP_REPLY'
    if (!refused || folder === '' || folder === '/' || folder === splitPath(from).folder) throw error
    await client.makeFolder(folder, { parents: true, signal }).catch(() => {
      throw error
    })
    await client.rename(from, to, { signal })
  }
}

/** A refusal of the server for good: 5yz. */
export function isRefusal(error: unknown): error is FtpError {
  return error instanceof FtpError && error.code === 'FTP_REPLY' && (error.reply?.code ?? 0) >= 500
}

async function orGone(
  client: FtpClient,
  path: string,
  signal: AbortSignal,
  act: () => Promise<void>,
): Promise<void> {
  try {
    await act()
  } catch (error) {
    if (!isRefusal(error)) throw error
    const look = await lookAt(client, path, signal)
    if (look.there !== 'no') throw error
  }
}
