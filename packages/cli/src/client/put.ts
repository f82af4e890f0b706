import { stat } from 'node:fs/promises'
import { basename, resolve } from 'node:path'
import { FtpError, type UploadOptions } from '@portolan/client'
import { UserError } from '../user-error.ts'
import type { ClientIo } from './client-io.ts'
import { type ClientRun, type CommonFlags, runClient } from './client-run.ts'
import { isFtpError } from './exit-codes.ts'
import { folderPart } from './remote-names.ts'
import type { Remote } from './remotes.ts'
import { inParallel, runTransfer } from './run-transfer.ts'
import { isRemote, joinRemote } from './target.ts'
import { readParallel, readVerify } from './transfer-flags.ts'

/** The flags of `portolan put`. */
export interface PutFlags extends CommonFlags {
  readonly parallel?: string
  readonly ascii?: boolean
  readonly append?: boolean
  readonly unique?: boolean
  readonly atomic?: boolean
  readonly resume?: boolean
  readonly verify?: string
  readonly keepTime?: boolean
  readonly keepMode?: boolean
  readonly parents?: boolean
  readonly recursive?: boolean
}

/** `portolan put FILE... URL`: sends files to a name, or into a folder. */
export async function put(words: readonly string[], flags: PutFlags, io: ClientIo): Promise<number> {
  const { files, url } = readWords(words)
  const parallel = readParallel(flags.parallel, 4)
  readVerify(flags.verify)
  checkFlags(flags)
  if (flags.recursive) return (await import('./mirror.ts')).putFolders(files, url, flags, io)
  const connections = files.length > 1 ? parallel : 1
  return runClient(flags, io, { transfers: true, connections, resumeWith: '--resume' }, async run => {
    await upload(run, files, await run.remotes.find(url), flags)
  })
}

/** Sends files to a name, or into a folder. */
export async function upload(
  run: ClientRun,
  files: readonly string[],
  remote: Remote,
  flags: PutFlags,
): Promise<void> {
  const { io, signal } = run
  const verify = readVerify(flags.verify)
  const ascii = flags.ascii ?? remote.type === 'ascii'
  const pathOf = await findTarget(run, remote, files, flags)
  const kept = !flags.append && !flags.unique && !flags.atomic && !ascii
  const options: UploadOptions = {
    signal,
    type: ascii ? 'ascii' : 'binary',
    how: flags.append ? 'append' : flags.unique ? 'unique' : 'store',
    atomic: flags.atomic ?? false,
    resume: flags.resume ?? false,
    keepTime: flags.keepTime ?? false,
    keepMode: flags.keepMode ?? false,
    ...(verify && { verify }),
  }
  await inParallel(files, readParallel(flags.parallel, 4), signal, async (file, left) => {
    const path = pathOf(file)
    const stats = file === '-' ? undefined : await stat(resolve(io.cwd, file)).catch(() => undefined)
    await runTransfer(run, {
      remote,
      direction: 'upload',
      name: file === '-' ? path : file,
      total: stats?.size,
      kept: kept && file !== '-',
      run: async onProgress => {
        if (stats?.isDirectory())
          throw new FtpError('FTP_LOCAL', `Cannot send ${file}: it is a folder, for which there is -r.`, {
            phase: 'local',
          })
        const source = file === '-' ? io.stdin : resolve(io.cwd, file)
        const facts = stats === undefined ? {} : { size: stats.size }
        const result = await remote.client.upload(source, path, {
          ...options,
          ...facts,
          more: left > 0,
          onProgress,
        })
        return { ...result, to: result.name ?? path }
      },
    })
  })
}

function readWords(words: readonly string[]): { files: readonly string[]; url: string } {
  const files = words.slice(0, -1)
  const url = words.at(-1)
  if (url === undefined || files.length === 0)
    throw new UserError('put needs files and where they go: portolan put FILE... URL')
  const wrong = files.find(isRemote)
  if (wrong !== undefined)
    throw new UserError(
      `${JSON.stringify(wrong)} is on a server: put sends local files; fxp copies between servers`,
    )
  if (!isRemote(url))
    throw new UserError(
      `The last word has to say where the files go, as a URL or SITE:PATH, and not ${JSON.stringify(url)}`,
    )
  if (files.filter(file => file === '-').length > 1) throw new UserError('Standard input can be sent once')
  return { files, url }
}

function checkFlags({ append, unique, atomic, resume }: PutFlags): void {
  const chosen = [append && '--append', unique && '--unique', atomic && '--atomic'].filter(Boolean)
  if (chosen.length > 1) throw new UserError(`${chosen.join(' and ')} do not go together`)
  if (resume && (append || unique)) throw new UserError(`--resume does not go with ${chosen[0]}`)
}

/** What each file is called on the server: names in a folder, or the one name that was given. */
async function findTarget(
  run: ClientRun,
  remote: Remote,
  files: readonly string[],
  { parents }: PutFlags,
): Promise<(file: string) => string> {
  const { path, client } = remote
  const { signal } = run
  const into = path === '' || path.endsWith('/')
  if (parents) {
    const folder =
      into || files.length > 1 ? path.replace(/(?<=.)\/$/, '') : folderPart(path).replace(/(?<=.)\/$/, '')
    if (folder !== '' && folder !== '/') await client.makeFolder(folder, { parents: true, signal })
  }
  const isFolder = into || files.length > 1 || (await isRemoteFolder(remote, signal))
  if (!isFolder) return () => path
  if (files.includes('-'))
    throw new UserError('What comes from standard input needs a name: end the URL in one')
  return file => joinRemote(path, basename(file))
}

async function isRemoteFolder({ client, path }: Remote, signal: AbortSignal): Promise<boolean> {
  try {
    return (await client.stat(path, { signal })).kind === 'folder'
  } catch (error) {
    if (isFtpError(error) && error.code === 'FTP_REPLY' && error.phase === 'command') return false
    throw error
  }
}
