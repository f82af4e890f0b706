import { stat } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import {
  type CompareBy,
  type LinkRule,
  type MirrorOptions,
  type MirrorSummary,
  mirror,
} from '@portolan/client'
import { UserError } from '../user-error.ts'
import { count, formatBytes } from './amounts.ts'
import type { ClientIo } from './client-io.ts'
import { type ClientRun, type CommonFlags, runClient } from './client-run.ts'
import type { GetFlags } from './get.ts'
import { MirrorTeller } from './mirror-teller.ts'
import type { PutFlags } from './put.ts'
import { checkName, lastName } from './remote-names.ts'
import type { Remote } from './remotes.ts'
import { runTransfer } from './run-transfer.ts'
import { isRemote, joinRemote } from './target.ts'
import { readChoice, readParallel, readVerify, readWhole } from './transfer-flags.ts'

/** The flags of `portolan mirror`. */
export interface MirrorFlags extends CommonFlags {
  readonly delete?: boolean
  readonly maxDelete?: string
  readonly parallel?: string
  readonly dryRun?: boolean
  readonly include?: readonly string[]
  readonly exclude?: readonly string[]
  readonly compare?: string
  readonly links?: string
  readonly verify?: string
  readonly atomic?: boolean
  readonly time?: boolean
  readonly keepMode?: boolean
}

type Shared = Omit<MirrorOptions, 'direction' | 'remote' | 'local' | 'signal' | 'onEvent'>

const COMPARE: readonly CompareBy[] = ['size-time', 'size', 'checksum', 'newer', 'always']
const LINKS: readonly LinkRule[] = ['skip', 'follow', 'copy']
const PARALLEL = 4

/** `portolan mirror SOURCE TARGET`: one of both is on a server. */
export async function mirrorFolders(
  source: string,
  target: string,
  flags: MirrorFlags,
  io: ClientIo,
): Promise<number> {
  const [from, to] = [isRemote(source), isRemote(target)]
  if (from && to) throw new UserError('mirror needs one local folder: fxp copies files from server to server')
  if (!from && !to)
    throw new UserError(
      `One of ${JSON.stringify(source)} and ${JSON.stringify(target)} has to be on a server: a URL, or SITE:PATH`,
    )
  const options = readMirrorOptions(flags)
  const connections = options.parallel ?? PARALLEL
  return runClient(flags, io, { transfers: true, connections }, async run => {
    const remote = await run.remotes.find(from ? source : target)
    const local = resolve(io.cwd, from ? target : source)
    await mirrorOne(run, remote, { ...options, direction: from ? 'download' : 'upload', local })
  })
}

/** `portolan get -r`: each folder under its name into the current folder, or that of `--output`. */
export async function getFolders(urls: readonly string[], flags: GetFlags, io: ClientIo): Promise<number> {
  if (flags.ascii) throw new UserError('-r does not go with --ascii')
  const base = resolve(io.cwd, flags.output ?? '.')
  const parallel = readParallel(flags.parallel, PARALLEL)
  const verify = readVerify(flags.verify)
  const options = { parallel, keepTime: flags.time ?? true, ...(verify && { verify }) }
  return runClient(flags, io, { transfers: true, connections: parallel }, async run => {
    for (const url of urls) {
      const remote = await run.remotes.find(url)
      const path = remote.path.replace(/(?<=.)\/+$/, '')
      const name = lastName(path)
      if (name !== '') checkName(name)
      const local = join(base, name)
      const { signal } = run
      if (name !== '' && (await remote.client.stat(path, { signal })).kind !== 'folder') {
        await runTransfer(run, {
          remote,
          direction: 'download',
          name: path,
          kept: true,
          run: onProgress =>
            remote.client.download(path, local, { signal, onProgress, ...(verify && { verify }) }),
        })
      } else {
        await mirrorOne(run, remote, { ...options, direction: 'download', local })
      }
    }
  })
}

/** `portolan put -r`: each folder under its name into the one of the URL. */
export async function putFolders(
  files: readonly string[],
  url: string,
  flags: PutFlags,
  io: ClientIo,
): Promise<number> {
  const wrong = (['ascii', 'append', 'unique'] as const).find(flag => flags[flag])
  if (wrong) throw new UserError(`-r does not go with --${wrong}`)
  if (files.includes('-')) throw new UserError('-r does not go with standard input')
  const parallel = readParallel(flags.parallel, PARALLEL)
  const verify = readVerify(flags.verify)
  const keep = { keepTime: flags.keepTime ?? true, keepMode: flags.keepMode ?? false }
  const options = { ...keep, atomic: flags.atomic ?? false, ...(verify && { verify }) }
  return runClient(flags, io, { transfers: true, connections: parallel }, async run => {
    const remote = await run.remotes.find(url)
    for (const file of files) {
      const local = resolve(io.cwd, file)
      const path = joinRemote(remote.path, basename(local))
      const stats = await stat(local).catch(() => undefined)
      if (stats?.isDirectory()) {
        await mirrorOne(run, { ...remote, path }, { ...options, parallel, direction: 'upload', local })
      } else {
        await runTransfer(run, {
          remote,
          direction: 'upload',
          name: file,
          kept: false,
          run: onProgress =>
            remote.client.upload(local, path, { ...options, signal: run.signal, onProgress }),
        })
      }
    }
  })
}

/** Mirrors one folder, and tells what it came to. */
export async function mirrorOne(
  run: ClientRun,
  remote: Remote,
  options: Shared & Pick<MirrorOptions, 'direction' | 'local'>,
): Promise<void> {
  const teller = new MirrorTeller(run, options.direction, options.dryRun ?? false)
  try {
    const summary = await mirror(remote.client, {
      ...options,
      remote: remote.path,
      signal: run.signal,
      onEvent: event => teller.take(event),
    })
    const { failed, notDeleted, ...rest } = summary
    const moved = options.dryRun ? 0 : summary.transferred
    run.tally.done += 1 + moved
    run.tally.files += moved
    run.tally.bytes += options.dryRun ? 0 : summary.bytes
    run.tally.mirror = { ...rest, failed: failed.length, notDeleted: notDeleted.length }
    for (const { path, error } of notDeleted) run.fail(error, { name: path })
    if (summary.deleteRefused)
      run.fail(new UserError(`Nothing was deleted: ${summary.deleteRefused.text}`), { name: remote.path })
    const text = summaryText(summary, options.dryRun ?? false)
    // Programs have the numbers in the last event.
    if (!run.json) run.tell({ event: 'action', action: 'mirror', name: remote.path, text })
  } catch (error) {
    teller.stop()
    run.fail(error, { name: remote.path, server: remote.server })
  }
}

/** Numbers that add up, those that are none left out. */
export function summaryText(summary: MirrorSummary, dryRun: boolean): string {
  const { transferred, unchanged, links, foldersMade, deleted, skipped, failed, notDeleted, unparsed } =
    summary
  const parts = [
    `${count(transferred, 'file')} transferred (${formatBytes(summary.bytes)})`,
    `${unchanged} unchanged`,
    links > 0 && `${count(links, 'link')} made`,
    foldersMade > 0 && `${count(foldersMade, 'folder')} made`,
    deleted > 0 && `${deleted} deleted`,
    skipped > 0 && `${skipped} left out`,
    unparsed > 0 && `${count(unparsed, 'line')} of listings not understood`,
    failed.length + notDeleted.length > 0 && `${failed.length + notDeleted.length} failed`,
  ]
  return `${dryRun ? 'Would be: ' : ''}${parts.filter(Boolean).join(', ')}`
}

/** @throws {UserError} with what is allowed */
export function readMirrorOptions(flags: MirrorFlags): Shared {
  const compare = readChoice('--compare', flags.compare, COMPARE)
  const links = readChoice('--links', flags.links, LINKS)
  const verify = readVerify(flags.verify)
  const most = { least: 0, most: 1e9, standard: 0 }
  return {
    parallel: readParallel(flags.parallel, PARALLEL),
    delete: flags.delete ?? false,
    dryRun: flags.dryRun ?? false,
    atomic: flags.atomic ?? false,
    keepTime: flags.time ?? true,
    keepMode: flags.keepMode ?? false,
    ...(flags.maxDelete !== undefined && { maxDelete: readWhole('--max-delete', flags.maxDelete, most) }),
    ...(flags.include && { include: flags.include }),
    ...(flags.exclude && { exclude: flags.exclude }),
    ...(compare && { compare }),
    ...(links && { links }),
    ...(verify && { verify }),
  }
}
