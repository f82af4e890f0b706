import { FtpError } from '@portolan/client'
import { UserError } from '../user-error.ts'
import { count } from './amounts.ts'
import type { ClientIo } from './client-io.ts'
import { type ClientRun, type CommonFlags, runClient } from './client-run.ts'
import { isFtpError } from './exit-codes.ts'
import { lastName } from './remote-names.ts'
import type { Remote } from './remotes.ts'
import { isRemote, joinRemote } from './target.ts'

/** The flags of `portolan rm`. */
export interface RemoveFlags extends CommonFlags {
  readonly recursive?: boolean
}

/** `portolan rm`: removes files, and with `-r` folders with all that is in them. */
export async function remove(urls: readonly string[], flags: RemoveFlags, io: ClientIo): Promise<number> {
  return eachRemote(urls, flags, io, (run, remote) => removeOne(run, remote, flags))
}

/** Removes what a path names. */
export async function removeOne(run: ClientRun, remote: Remote, { recursive }: RemoveFlags): Promise<void> {
  const { client } = remote
  const { signal } = run
  const path = pathOf(remote, 'rm')
  if (recursive && (await client.stat(path, { signal })).kind === 'folder') {
    const removed = await client.removeTree(path, { signal })
    const text = `${path}: removed with ${count(removed.files, 'file')} in ${count(removed.folders, 'folder')}`
    run.tell({ event: 'action', action: 'remove-folder', name: path, text })
    return
  }
  await client.remove(path, { signal }).catch(error => {
    throw recursive ? error : withHint(error, 'If it is a folder: -r removes folders.')
  })
  run.tell({ event: 'action', action: 'remove', name: path, text: `${path}: removed` })
}

/** The flags of `portolan mkdir`. */
export interface MakeFolderFlags extends CommonFlags {
  readonly parents?: boolean
}

/** `portolan mkdir`: makes folders. */
export async function makeFolders(
  urls: readonly string[],
  flags: MakeFolderFlags,
  io: ClientIo,
): Promise<number> {
  return eachRemote(urls, flags, io, (run, remote) => makeOne(run, remote, flags))
}

/** Makes the folder that a path names. */
export async function makeOne(run: ClientRun, remote: Remote, flags: MakeFolderFlags): Promise<void> {
  const path = pathOf(remote, 'mkdir')
  const parents = flags.parents ?? false
  await remote.client.makeFolder(path, { parents, signal: run.signal }).catch(error => {
    throw parents
      ? error
      : withHint(error, 'With --parents, folders above are made too, and one that exists is no failure.')
  })
  run.tell({ event: 'action', action: 'make-folder', name: path, text: `${path}: made` })
}

/** `portolan mv URL PATH`: renames or moves within a server. */
export async function move(url: string, to: string, flags: CommonFlags, io: ClientIo): Promise<number> {
  return runClient(flags, io, {}, async run => {
    const remote = await run.remotes.find(url)
    const target = isRemote(to) ? await run.remotes.find(to) : undefined
    if (target && target.server !== remote.server)
      throw new UserError('mv works within one server: fxp copies from one to another')
    await run.attemptAt(remote, () => moveOne(run, remote, target?.path ?? to))
  })
}

/** Renames or moves what a path names. @param to - a path, or a folder with `/` at its end */
export async function moveOne(run: ClientRun, remote: Remote, to: string): Promise<void> {
  const from = pathOf(remote, 'mv')
  const path = to.endsWith('/') ? joinRemote(to, lastName(from)) : to
  if (path === '') throw new UserError('The new path is empty: give a name, or a folder with / at its end')
  await remote.client.rename(from, path, { signal: run.signal })
  run.tell({ event: 'action', action: 'move', name: from, text: `${from}: now ${path}` })
}

/** Does the same for every URL, and goes on after one that failed. */
export async function eachRemote(
  urls: readonly string[],
  flags: CommonFlags,
  io: ClientIo,
  work: (run: ClientRun, remote: Remote) => Promise<void>,
): Promise<number> {
  return runClient(flags, io, {}, async run => {
    const remotes: Remote[] = []
    for (const url of urls) remotes.push(await run.remotes.find(url))
    for (const remote of remotes) await run.attemptAt(remote, () => work(run, remote))
  })
}

/** The path without the slashes that say that it is a folder. */
function pathOf({ path }: Remote, command: string): string {
  const plain = path.replace(/(?<=.)\/+$/, '')
  if (plain === '' || plain === '/')
    throw new UserError(`${command} needs a path in the URL: this one names the folder itself`)
  return plain
}

/** The same failure with advice, where the server's refusal has none. */
function withHint(error: unknown, hint: string): unknown {
  if (!isFtpError(error) || error.code !== 'FTP_REPLY' || error.hint !== undefined) return error
  const { code, message, phase, command, reply, retryable } = error
  return new FtpError(code, message, { phase, command, reply, retryable, hint, cause: error })
}
