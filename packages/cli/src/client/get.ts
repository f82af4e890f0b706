import { stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import type { DownloadOptions, KnownFile } from '@portolan/client'
import type { RemoteEntry } from '@portolan/protocol'
import { UserError } from '../user-error.ts'
import type { ClientIo } from './client-io.ts'
import { type ClientRun, type CommonFlags, runClient } from './client-run.ts'
import { checkName, expandGlob, hasGlob, lastName } from './remote-names.ts'
import type { Remote } from './remotes.ts'
import { inParallel, runTransfer } from './run-transfer.ts'
import { readParallel, readSegments, readVerify } from './transfer-flags.ts'

/** The flags of `portolan get`. */
export interface GetFlags extends CommonFlags {
  readonly output?: string
  readonly parallel?: string
  readonly segments?: string
  readonly ascii?: boolean
  readonly resume?: boolean
  readonly verify?: string
  readonly time?: boolean
  readonly glob?: boolean
  readonly recursive?: boolean
}

interface Download {
  readonly remote: Remote
  readonly path: string
  readonly known?: KnownFile
}

/** `portolan get`: fetches files into the current folder, or to where `--output` says. */
export async function get(urls: readonly string[], flags: GetFlags, io: ClientIo): Promise<number> {
  const parallel = readParallel(flags.parallel, 4)
  const segments = readSegments(flags.segments)
  readVerify(flags.verify)
  if (flags.output === '-' && flags.json)
    throw new UserError('--json and -o - would both write to standard output: use one')
  if (flags.recursive) return (await import('./mirror.ts')).getFolders(urls, flags, io)
  const many = urls.length > 1 || urls.some(hasGlob)
  const connections = Math.min(256, (many ? parallel : 1) * segments)
  // Bars and the bytes of files would mix on one terminal.
  const transfers = flags.output !== '-' || !io.stdout.isTTY
  return runClient(flags, io, { transfers, connections }, async run => {
    const remotes: Remote[] = []
    for (const url of urls) remotes.push(await run.remotes.find(url))
    await download(run, remotes, flags)
  })
}

/** Fetches what the paths name. */
export async function download(run: ClientRun, remotes: readonly Remote[], flags: GetFlags): Promise<void> {
  const { io, signal } = run
  const segments = readSegments(flags.segments)
  const verify = readVerify(flags.verify)
  const downloads = await findDownloads(run, remotes, flags)
  const many = remotes.length > 1 || downloads.length > 1
  const target = await Target.of(flags.output, io.cwd, many)
  target.checkDistinct(downloads.map(({ path }) => path))
  if (downloads.length > 1) await run.reach(downloads.map(({ remote }) => remote))
  // One after the other: their bytes would mix.
  const most = target.isStream ? 1 : readParallel(flags.parallel, 4)
  await inParallel(downloads, most, signal, async ({ remote, path, known }, left) => {
    const ascii = flags.ascii ?? remote.type === 'ascii'
    const options: DownloadOptions = {
      signal,
      type: ascii ? 'ascii' : 'binary',
      resume: flags.resume ?? true,
      keepTime: flags.time ?? true,
      segments: ascii ? 1 : segments,
      more: left > 0,
      ...(verify && { verify }),
      ...(known && { known }),
    }
    await runTransfer(run, {
      remote,
      direction: 'download',
      name: path,
      total: known?.size,
      kept: !ascii && segments === 1 && !target.isStream,
      run: async onProgress => {
        const to = target.isStream ? undefined : target.pathOf(path)
        const result = await remote.client.download(path, to ?? io.stdout, { ...options, onProgress })
        return { ...result, ...(to !== undefined && { to }) }
      },
    })
  })
}

/** Every file that the paths name. A pattern that fits none is a failure of its own. */
async function findDownloads(
  run: ClientRun,
  remotes: readonly Remote[],
  flags: GetFlags,
): Promise<Download[]> {
  const downloads: Download[] = []
  const folder = remotes.find(({ type, path }) => type === 'listing' || lastName(path) === '')
  if (folder)
    throw new UserError(
      `${folder.path || 'The folder of the login'} is a folder: fetch it with -r, or list it with ls`,
    )
  for (const remote of remotes) {
    if (flags.glob === false || !hasGlob(remote.path)) {
      downloads.push({ remote, path: remote.path })
      continue
    }
    try {
      for (const { path, entry } of await expandGlob(remote, run.signal)) {
        const known = knownOf(entry)
        if (entry.kind !== 'folder') downloads.push({ remote, path, ...(known && { known }) })
      }
    } catch (error) {
      run.fail(error, { name: remote.path, server: remote.server })
    }
  }
  return downloads
}

/** What a listing tells exactly enough to spare the questions: a minute would become the time of the local file. */
function knownOf({ kind, size, modified, precision }: RemoteEntry): KnownFile | undefined {
  const exact = precision === 'second' || precision === 'ms'
  return kind === 'file' && size !== undefined && exact ? { size, modified } : undefined
}

/** Where downloads go: one file, a folder, or standard output. */
class Target {
  readonly isStream: boolean
  readonly #folder: string
  readonly #file: string | undefined

  private constructor(folder: string, file: string | undefined, isStream: boolean) {
    this.#folder = folder
    this.#file = file
    this.isStream = isStream
  }

  /** @param many - whether there may be several files, which only a folder can take */
  static async of(output: string | undefined, cwd: string, many: boolean): Promise<Target> {
    if (output === '-') return new Target(cwd, undefined, true)
    if (output === undefined) return new Target(cwd, undefined, false)
    const path = resolve(cwd, output)
    if (await isFolder(path)) return new Target(path, undefined, false)
    if (output.endsWith('/')) throw new UserError(`There is no folder ${output}: make it first`)
    if (many)
      throw new UserError(
        `--output ${output} has to be a folder that exists, since there may be several files`,
      )
    if (!(await isFolder(dirname(path))))
      throw new UserError(`There is no folder ${dirname(path)}: make it first`)
    return new Target(cwd, path, false)
  }

  pathOf(remotePath: string): string {
    if (this.#file !== undefined) return this.#file
    const name = lastName(remotePath)
    checkName(name)
    return join(this.#folder, name)
  }

  /** @throws {UserError} when two files would have one name */
  checkDistinct(paths: readonly string[]): void {
    if (this.isStream) return
    const seen = new Set<string>()
    for (const path of paths) {
      const name = lastName(path)
      if (seen.has(name))
        throw new UserError(`Two files would be written to ${name}: fetch them apart, with --output`)
      seen.add(name)
    }
  }
}

async function isFolder(path: string): Promise<boolean> {
  const stats = await stat(path).catch(() => undefined)
  return stats?.isDirectory() ?? false
}
