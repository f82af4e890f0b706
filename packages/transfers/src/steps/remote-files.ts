import { setTimeout as sleep } from 'node:timers/promises'
import type { FtpClient } from '@portolan/client'
import { MOST_FILES, tooMany } from '../files/local-files.ts'
import { isListedName, joinRemote } from '../files/names.ts'
import type { HeldRun } from '../run/held-run.ts'

/** A file that a partner has. */
export interface RemoteFile {
  /** Below the folder that was listed. */
  readonly relative: string
  readonly path: string
  readonly size: number | undefined
  /** Milliseconds since 1970. */
  readonly modified: number | undefined
}

/** Which files of a partner. */
export interface RemoteAsk {
  readonly client: FtpClient
  readonly folder: string
  readonly matches: (name: string) => boolean
  readonly subfolders: boolean
  readonly run: HeldRun
}

/** Folders within folders that are followed; a server that shows more shows them without end. */
const DEEPEST = 64
/** Names of uploads that are not whole yet, as programs call them. */
const UNFINISHED = /^\.portolan-|\.part-[0-9a-f]{12}$|\.(?:filepart|portolan-part)$/i

/** The files of a folder that are meant. Links are not followed. */
export async function listRemote(ask: RemoteAsk): Promise<readonly RemoteFile[]> {
  const found: RemoteFile[] = []
  await collect(ask, '', found, 0)
  return found
}

async function collect(ask: RemoteAsk, below: string, found: RemoteFile[], depth: number): Promise<void> {
  const { client, run, matches, subfolders } = ask
  if (depth > DEEPEST) return
  const folder = joinRemote(ask.folder, below)
  const { entries, unparsed } = await client.list(folder === '' ? undefined : folder, { signal: run.signal })
  if (unparsed.length > 0)
    run.note(
      'warning',
      `${unparsed.length} lines of the listing of ${folder} cannot be read: they are left out.`,
    )
  for (const { name, kind, size, modified, precision } of entries) {
    const isFile = (kind === 'file' || kind === 'unknown') && matches(name) && !UNFINISHED.test(name)
    const isFolder = kind === 'folder' && subfolders
    if (!isFile && !isFolder) continue
    if (!isListedName(name)) {
      run.note(
        'warning',
        `The partner lists ${JSON.stringify(name)}, which is no name for a file here: it is left out.`,
      )
      continue
    }
    const relative = joinRemote(below, name)
    if (isFolder) {
      await collect(ask, relative, found, depth + 1)
      continue
    }
    if (found.length >= MOST_FILES) throw tooMany(folder)
    const path = joinRemote(ask.folder, relative)
    const exact = precision === 'second' || precision === 'ms'
    found.push({ relative, path, size, modified: exact ? modified : undefined })
  }
}

/** What a partner tells of one file: its size, and its time to the second. */
export async function askFacts(
  client: FtpClient,
  path: string,
  signal: AbortSignal,
): Promise<{ readonly size: number | undefined; readonly modified: number | undefined }> {
  const { size, modified, precision } = await client.stat(path, { signal })
  return { size, modified: precision === 'minute' || precision === 'day' ? undefined : modified }
}

/** Times that a listing tells by the minute or by the day are asked for: tomorrow it tells them otherwise. */
export async function withExactTimes(
  client: FtpClient,
  files: readonly RemoteFile[],
  signal: AbortSignal,
): Promise<readonly RemoteFile[]> {
  const exact: RemoteFile[] = []
  for (const file of files) {
    if (file.modified !== undefined) exact.push(file)
    else exact.push({ ...file, ...(await askFacts(client, file.path, signal)) })
  }
  return exact
}

/** Looks at files twice: those that change in between are left alone. */
export async function quietOnes(
  ask: RemoteAsk,
  files: readonly RemoteFile[],
  quietSeconds: number,
): Promise<readonly RemoteFile[]> {
  if (quietSeconds === 0 || files.length === 0) return files
  const { client, run } = ask
  await sleep(quietSeconds * 1000, undefined, { signal: run.signal })
  const again = new Map((await listRemote(ask)).map(file => [file.path, file]))
  const quiet: RemoteFile[] = []
  for (const file of files) {
    const [now] = await withExactTimes(
      client,
      again.has(file.path) ? [again.get(file.path) ?? file] : [],
      run.signal,
    )
    if (now && now.size === file.size && now.modified === file.modified) quiet.push(file)
    else
      run.note('file', `${file.path} is still being written, or was taken away: it is left for the next run.`)
  }
  return quiet
}
