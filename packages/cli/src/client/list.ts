import { FtpError } from '@portolan/client'
import { encodeName, type RemoteEntry } from '@portolan/protocol'
import type { ClientIo } from './client-io.ts'
import { type ClientRun, type CommonFlags, runClient } from './client-run.ts'
import { entryEvent, longLines } from './entry-text.ts'
import { isFtpError } from './exit-codes.ts'
import { printable } from './printable.ts'
import { expandGlob, hasGlob, lastName } from './remote-names.ts'
import type { Remote } from './remotes.ts'
import { joinRemote } from './target.ts'

/** The flags of `portolan ls`. */
export interface ListFlags extends CommonFlags {
  readonly long?: boolean
  readonly all?: boolean
  readonly glob?: boolean
}

interface Listed {
  readonly entries: readonly { readonly entry: RemoteEntry; readonly path: string }[]
  readonly unparsed: readonly string[]
}

/** `portolan ls`: names, or with `-l` what is known of each. */
export async function list(urls: readonly string[], flags: ListFlags, io: ClientIo): Promise<number> {
  return runClient(flags, io, {}, async run => {
    const remotes = []
    for (const url of urls) remotes.push(await run.remotes.find(url))
    let first = true
    for (const remote of remotes) {
      await run.attemptAt(remote, async () => {
        if (remotes.length > 1 && !run.json) {
          io.out(`${first ? '' : '\n'}${printable(remote.path) || '.'}:`)
          first = false
        }
        await listOne(run, remote, flags)
      })
    }
  })
}

/** Prints what a path names. */
export async function listOne(run: ClientRun, remote: Remote, flags: ListFlags): Promise<void> {
  const { entries, unparsed } = await readListing(remote, run.signal, flags)
  printEntries(run, entries, flags)
  for (const line of unparsed)
    run.tell({ event: 'warning', code: 'unparsed', text: `A line of the listing cannot be read: ${line}` })
}

/** What a path names: the entries of a folder, one file, or what fits a pattern. */
async function readListing(
  remote: Remote,
  signal: AbortSignal,
  { all, glob }: Pick<ListFlags, 'all' | 'glob'>,
): Promise<Listed> {
  const { client, path } = remote
  if (glob !== false && hasGlob(path)) return { entries: await expandGlob(remote, signal), unparsed: [] }
  let failure: FtpError | undefined
  try {
    const { entries, unparsed, dialect } = await client.list(path === '' ? undefined : path, { signal })
    const listed = {
      entries: entries
        .filter(({ name }) => all || !name.startsWith('.'))
        .toSorted((a, b) => (a.name < b.name ? -1 : 1))
        .map(entry => ({ entry, path: joinRemote(path, entry.name) })),
      unparsed,
    }
    if (path === '' || dialect === 'mlsd' || unparsed.length > 0 || !mayBeNoFolder(entries, path))
      return listed
    const entry = await client.stat(path, { signal })
    return entry.kind === 'folder' ? listed : listedFile(entry, path)
  } catch (error) {
    if (!isFtpError(error) || error.code !== 'FTP_REPLY' || path === '' || path.endsWith('/')) throw error
    failure = error
  }
  // MLSD is for folders alone (RFC 3659 section 7.2.1): it may be a file.
  try {
    const entry = await client.stat(path, { signal })
    if (entry.kind === 'folder')
      throw failure ?? new FtpError('FTP_REPLY', `${path} cannot be listed.`, { phase: 'command' })
    return listedFile(entry, path)
  } catch (error) {
    throw failure ?? error
  }
}

/** LIST of what does not exist is an empty listing with many servers, and LIST of a file is that file. */
function mayBeNoFolder(entries: readonly RemoteEntry[], path: string): boolean {
  const [first] = entries
  if (!first) return true
  return entries.length === 1 && first.kind !== 'folder' && [path, lastName(path)].includes(first.name)
}

function listedFile(entry: RemoteEntry, path: string): Listed {
  return { entries: [{ entry: { ...entry, name: lastName(path) }, path }], unparsed: [] }
}

/** Writes entries to standard output in the form that was asked for. */
function printEntries(run: ClientRun, entries: Listed['entries'], { long }: Pick<ListFlags, 'long'>): void {
  const { io } = run
  if (run.json) {
    for (const { entry, path } of entries) run.tell(entryEvent(entry, path))
    return
  }
  const terminal = io.stdout.isTTY === true
  const show = terminal ? printable : (name: string) => name
  const lines = long
    ? longLines(
        entries.map(({ entry }) => entry),
        show,
      )
    : entries.map(({ entry }) => show(entry.name) + (terminal && entry.kind === 'folder' ? '/' : ''))
  // As bytes: a name that is no UTF-8 goes into the pipe as it came.
  if (lines.length > 0) io.stdout.write(encodeName(`${lines.join('\n')}\n`))
}
