import type { RemoteEntry } from '@portolan/protocol'
import type { FtpClient } from '../client.ts'
import { FtpError } from '../errors.ts'
import { modifiedOf, sizeOf } from '../operations/facts.ts'
import { isFolder, makeFolder } from '../operations/folders.ts'
import { listFolder } from '../operations/list.ts'
import { joinPath } from '../operations/server-zone.ts'
import type { Session } from '../session/session.ts'
import type { TargetTree, TreeEntry, TreeFolder } from './tree.ts'

/** A tree of a server's files. */
export class RemoteTree implements TargetTree {
  readonly #client: FtpClient
  readonly #root: string
  readonly #follow: boolean

  /** @param options - `follow`: find out what links point to; the server sees to it that they lead nowhere they must not */
  constructor(client: FtpClient, root: string, { follow }: { readonly follow: boolean }) {
    this.#client = client
    this.#root = root
    this.#follow = follow
  }

  pathOf(path: string): string {
    if (path === '') return this.#root
    const full = joinPath(this.#root, path)
    // Servers take what begins so for an option.
    return full.startsWith('-') ? `./${full}` : full
  }

  identity(): undefined {
    return undefined
  }

  async root(signal: AbortSignal): Promise<TreeFolder | undefined> {
    try {
      return await this.list('', signal)
    } catch (error) {
      if (error instanceof FtpError && error.code === 'FTP_REPLY' && !error.retryable) return undefined
      throw error
    }
  }

  async list(path: string, signal: AbortSignal): Promise<TreeFolder> {
    const folder = this.pathOf(path)
    return this.#client.use(`the listing of ${folder}`, signal, 'safe', async session => {
      const listing = await listFolder(session, folder === '' ? undefined : folder, signal, {
        all: true,
        more: true,
      })
      const entries: TreeEntry[] = []
      const distinct = tellsFolders(listing.entries)
      for (const { unique, ...entry } of listing.entries) {
        const resolved = await this.#resolve(session, folder, entry, signal)
        entries.push(distinct && unique !== undefined ? { ...resolved, unique } : resolved)
      }
      return { entries, unparsed: listing.unparsed.length, end: listing.end }
    })
  }

  async makeFolder(path: string, signal: AbortSignal): Promise<void> {
    const folder = this.pathOf(path)
    await this.#client.use(folder, signal, 'safe', session =>
      makeFolder(session, folder, { parents: true, signal }),
    )
  }

  async removeFile(path: string, signal: AbortSignal): Promise<void> {
    await this.#remove('DELE', path, signal)
  }

  async removeFolder(path: string, signal: AbortSignal): Promise<void> {
    await this.#remove('RMD', path, signal)
  }

  async #remove(verb: 'DELE' | 'RMD', path: string, signal: AbortSignal): Promise<void> {
    const full = this.pathOf(path)
    await this.#client.use(full, signal, 'safe', async (session, attempt) => {
      try {
        await session.command(verb, full, signal)
      } catch (error) {
        // The try before has removed it, and its reply was lost.
        const gone = attempt > 0 && error instanceof FtpError && error.reply?.code === 550
        if (!gone) throw error
      }
    })
  }

  /** What a link points to, and what the server did not tell the kind of, is asked. */
  async #resolve(
    session: Session,
    folder: string,
    entry: RemoteEntry,
    signal: AbortSignal,
  ): Promise<TreeEntry> {
    const asked = entry.kind === 'unknown' || (entry.kind === 'link' && this.#follow)
    if (!asked || /[/\0\r\n]/.test(entry.name)) return entry
    const followed = entry.kind === 'link'
    const path = joinPath(folder, entry.name)
    if (await isFolder(session, path, signal)) {
      const leadsTo = entry.target === undefined ? undefined : resolveLink(folder, entry.target)
      return { name: entry.name, kind: 'folder', followed, ...(leadsTo !== undefined && { leadsTo }) }
    }
    const size = await sizeOf(session, path, signal)
    if (size === undefined) return followed ? entry : { ...entry, kind: 'file' }
    const modified = await modifiedOf(session, path, signal)
    return {
      name: entry.name,
      kind: 'file',
      size,
      followed,
      ...(modified !== undefined && { modified, precision: 'second' as const }),
    }
  }
}

/** Whether the `unique` facts of a listing tell its entries apart: some servers send the same for everything. */
function tellsFolders(entries: readonly RemoteEntry[]): boolean {
  return new Set(entries.map(entry => entry.unique)).size > 1
}

/** Where a link in a folder leads by its text; undefined where that climbs out of what is known. */
function resolveLink(folder: string, target: string): string | undefined {
  const parts = target.startsWith('/') ? [''] : folder.split('/')
  for (const part of target.split('/')) {
    if (part === '..') {
      if (parts.length === 0 || parts.at(-1) === '') return undefined
      parts.pop()
    } else if (part !== '' && part !== '.') parts.push(part)
  }
  return parts.join('/')
}
