import type { Because } from '@portolan/channels'
import type { FtpClient } from '../client.ts'
import { aborted, FtpError } from '../errors.ts'
import { byCoarseTime, compareFiles } from './compare.ts'
import { DEEPEST, type Extra, planDeletions, type Removal } from './deletions.ts'
import { LocalTree, staysInside } from './local-tree.ts'
import type { NameRules } from './names.ts'
import { checkLocalName, checkName, foldName } from './names.ts'
import type { MirrorSettings } from './options.ts'
import { type PlanStep, planFolder } from './plan.ts'
import { RemoteTree } from './remote-tree.ts'
import type { MirrorAction, MirrorSummary } from './summary.ts'
import { Tally } from './tally.ts'
import { download, exactTime, isFatal, isOfConnection, sameChecksum, upload } from './transfer-file.ts'
import { type TargetTree, type Tree, type TreeEntry, type TreeFolder, within } from './tree.ts'
import { WorkQueue } from './work-queue.ts'

/** So many transfers in a row that break the connection, after all tries of each, end a mirror: it would fail for hours. */
const MOST_BROKEN = 10

/** A folder to go through. */
interface FolderWork {
  readonly path: string
  readonly depth: number
  readonly above: FolderWork | undefined
  readonly unique: string | undefined
  /** The target does not have it: it is empty there, and has to be made. */
  readonly missing: boolean
  readonly because: Because
  making?: Promise<void>
}

/** A file or link to move. */
interface FileWork {
  readonly folder: FolderWork
  readonly path: string
  readonly source: TreeEntry
  readonly target: TreeEntry | undefined
  readonly how: 'transfer' | 'ask' | 'link'
  readonly because: Because
}

/** Something of another kind stands in the way; it is removed after all other transfers. */
interface Conflict {
  readonly folder: FolderWork
  readonly step: Extract<PlanStep, { do: 'replace' }>
}

/** One run of a mirror. */
export class MirrorRun {
  readonly #client: FtpClient
  readonly #settings: MirrorSettings
  readonly #names: NameRules | undefined
  readonly #source: Tree
  readonly #target: TargetTree
  readonly #local: LocalTree
  readonly #remote: RemoteTree
  readonly #tally: Tally
  readonly #queue: WorkQueue<FolderWork, FileWork>
  readonly #caller: AbortSignal
  readonly #stop = new AbortController()
  readonly #signal: AbortSignal
  readonly #extras: Extra[] = []
  readonly #conflicts: Conflict[] = []
  /** Why the source is not known completely. */
  #incomplete: Because | undefined
  #broken = 0
  #removed = 0

  /** @param names - what names of the local file system are like; for downloads */
  constructor(
    client: FtpClient,
    settings: MirrorSettings,
    names: NameRules | undefined,
    signal: AbortSignal,
  ) {
    this.#client = client
    this.#settings = settings
    this.#names = names
    this.#caller = signal
    this.#signal = AbortSignal.any([signal, this.#stop.signal])
    const down = settings.direction === 'download'
    const follow = settings.links === 'follow'
    this.#local = new LocalTree(settings.local, { follow: !down && follow })
    this.#remote = new RemoteTree(client, settings.remote, { follow: !down || follow })
    this.#source = down ? this.#remote : this.#local
    this.#target = down ? this.#local : this.#remote
    this.#tally = new Tally(settings.onEvent)
    this.#queue = new WorkQueue(settings.parallel, {
      folder: folder => this.#folder(folder),
      file: file => this.#file(file),
    })
  }

  /** @throws {FtpError} what would make everything else fail, too */
  async run(): Promise<MirrorSummary> {
    const { settings } = { settings: this.#settings }
    const down = settings.direction === 'download'
    if (down && !(await this.#remote.exists(this.#signal)))
      throw new FtpError('FTP_REPLY', `The server has no folder ${settings.remote}.`, { phase: 'command' })
    const root: FolderWork = {
      path: '',
      depth: 0,
      above: undefined,
      unique: undefined,
      missing: !(await this.#target.exists(this.#signal)),
      because: { code: 'new', text: 'the target does not have it' },
    }
    this.#client.pool.widen(settings.parallel, this.#client.facts.sessions)
    this.#queue.addFolder(root)
    await this.#work()
    if (this.#conflicts.length > 0) {
      await this.#replace()
      await this.#work()
    }
    if (settings.delete && this.#extras.length > 0) await this.#deleteExtras()
    return this.#tally.summary()
  }

  async #work(): Promise<void> {
    await this.#queue.run()
    if (this.#caller.aborted) throw aborted('transfer', this.#caller)
  }

  async #folder(folder: FolderWork): Promise<void> {
    if (this.#signal.aborted) return
    try {
      this.#checkEnd(folder)
      const source = await this.#source.list(folder.path, this.#signal)
      const { selection } = this.#settings
      const { path } = folder
      if (path === '' || !selection.partial || selection.names(path)) await this.#make(folder)
      const target = folder.missing ? EMPTY : await this.#target.list(path, this.#signal)
      if (folder.path !== '') this.#tally.enteredFolder()
      this.#look(folder, source)
      const steps = planFolder(source.entries, target.entries, {
        path: folder.path,
        selection: this.#settings.selection,
        compare: this.#settings.compare,
        links: this.#settings.links,
        delete: this.#settings.delete,
        fold: name => (this.#names ? foldName(name, this.#names) : name),
        check: name => (this.#names ? checkLocalName(name, this.#names) : checkName(name)),
      })
      for (const step of steps) this.#take(folder, step)
    } catch (error) {
      const failure = this.#failure(error)
      if (folder.path === '') throw this.#fatal(failure)
      this.#tally.failed(folder.path, failure)
      this.#leaveIncomplete({
        code: 'folder-failed',
        text: `${folder.path} could not be gone through: ${failure.message}`,
      })
    }
  }

  /** @throws {FtpError} for a folder that is one of those above again, or too deep to have an end */
  #checkEnd(folder: FolderWork): void {
    const { path, unique } = folder
    if (folder.depth > DEEPEST)
      throw new FtpError('FTP_NAME', `${path} is deeper than ${DEEPEST} folders.`, { phase: 'local' })
    if (unique === undefined) return
    for (let above = folder.above; above; above = above.above) {
      if (above.unique !== unique) continue
      const text = `${path} is ${above.path === '' ? 'the root' : above.path} again: links lead in a circle.`
      throw new FtpError('FTP_NAME', text, { phase: 'local' })
    }
  }

  /** What a listing of the source tells besides its entries. */
  #look(folder: FolderWork, { entries, unparsed, end }: TreeFolder): void {
    const name = folder.path === '' ? 'the root' : folder.path
    this.#tally.seen(entries.length)
    this.#tally.unparsed(folder.path, unparsed)
    if (unparsed > 0)
      this.#leaveIncomplete({
        code: 'unparsed',
        text: `the listing of ${name} has lines that nobody can read`,
      })
    if (end === 'claimed')
      this.#leaveIncomplete({
        code: 'not-proved',
        text: `nothing proves that the listing of ${name} is complete`,
      })
  }

  #take(folder: FolderWork, step: PlanStep): void {
    if (step.do === 'protect') return
    if (step.do === 'delete') {
      if (!this.#settings.delete) return
      const path = within(folder.path, step.target.name)
      this.#extras.push({ path, entry: step.target, because: step.because })
      return
    }
    const path = within(folder.path, step.source.name)
    if (step.do === 'fail') return this.#tally.failed(path, step.error)
    if (step.do === 'enter') return this.#enter(folder, step)
    if (step.do === 'replace') return void this.#conflicts.push({ folder, step })
    if (step.do === 'skip') {
      this.#tally.skipped()
      if (this.#tally.told) this.#tally.planned({ kind: 'skip', path, because: step.because })
      return
    }
    if (step.do === 'keep') {
      this.#tally.unchanged()
      if (this.#tally.told) this.#tally.planned({ kind: 'keep', path, because: step.because })
      return
    }
    const target = step.do === 'link' ? undefined : step.target
    this.#queue.addFile({ folder, path, source: step.source, target, how: step.do, because: step.because })
  }

  #enter(above: FolderWork, { source, missing, because }: Extract<PlanStep, { do: 'enter' }>): void {
    this.#queue.addFolder({
      path: within(above.path, source.name),
      depth: above.depth + 1,
      above,
      unique: source.unique,
      missing: missing || above.missing,
      because,
    })
  }

  /** Makes a folder that is missing, after those above it; once, however many ask. */
  async #make(folder: FolderWork): Promise<void> {
    if (!folder.missing) return
    folder.making ??= this.#makeNow(folder)
    await folder.making
  }

  async #makeNow(folder: FolderWork): Promise<void> {
    if (folder.above) await this.#make(folder.above)
    const action: MirrorAction = { kind: 'make-folder', path: folder.path, because: folder.because }
    this.#tally.planned(action)
    if (!this.#settings.dryRun) await this.#target.makeFolder(folder.path, this.#signal)
    this.#tally.madeFolder()
    if (!this.#settings.dryRun) this.#tally.done(action)
  }

  async #file(file: FileWork): Promise<void> {
    if (this.#signal.aborted) return
    try {
      if (file.how === 'link') await this.#link(file)
      else if (await this.#isUnchanged(file)) this.#tally.unchanged()
      else await this.#transfer(file)
      this.#broken = 0
    } catch (error) {
      const failure = this.#failure(error)
      this.#tally.failed(file.path, failure)
      if (isOfConnection(failure) && ++this.#broken >= MOST_BROKEN) throw this.#fatal(failure)
    }
  }

  /** Whether a file that the listings could not tell about is the same after all. */
  async #isUnchanged({ path, source, target, how, because }: FileWork): Promise<boolean> {
    if (!target) return false
    const remote = this.#remote.pathOf(path)
    if (how === 'ask') {
      const local = this.#local.pathOf(path)
      return sameChecksum({ client: this.#client, remote, local, signal: this.#signal })
    }
    const down = this.#settings.direction === 'download'
    const theirs = down ? source : target
    if (!byCoarseTime({ kind: 'changed', because }, theirs)) return false
    const modified = await exactTime(this.#client, remote, this.#signal)
    if (modified === undefined) return false
    const exact: TreeEntry = { ...theirs, modified, precision: 'second' }
    const [from, to] = down ? [exact, target] : [source, exact]
    return compareFiles(from, to, this.#settings.compare).kind === 'unchanged'
  }

  async #transfer(file: FileWork): Promise<void> {
    const { path, source, target, because } = file
    const { direction, dryRun } = this.#settings
    const tally = this.#tally
    const action: MirrorAction = {
      kind: direction,
      path,
      because,
      ...(source.size !== undefined && { bytes: source.size }),
    }
    tally.planned(action)
    await this.#make(file.folder)
    if (dryRun) return tally.transferred(source.size ?? 0, 0)
    tally.emit({ type: 'started', action })
    const move = direction === 'download' ? download : upload
    const { bytes, resumed } = await move({
      client: this.#client,
      settings: this.#settings,
      remote: this.#remote.pathOf(path),
      local: this.#local.pathOf(path),
      source,
      target,
      signal: this.#signal,
      more: this.#queue.plenty,
      onProgress: tally.told
        ? (moved, total) => tally.emit({ type: 'progress', path, bytes: moved, total })
        : undefined,
    })
    tally.transferred(bytes, resumed)
    tally.done({ ...action, bytes })
  }

  async #link({ folder, path, source, because }: FileWork): Promise<void> {
    const to = source.target
    if (to === undefined || !staysInside(path, to)) {
      const text = `The link ${path} is not made: ${to === undefined ? 'the server does not tell what it points to' : `it points to ${JSON.stringify(to)}, outside of the folder`}.`
      throw new FtpError('FTP_NAME', text, { phase: 'local' })
    }
    const action: MirrorAction = { kind: 'link', path, because }
    this.#tally.planned(action)
    await this.#make(folder)
    if (!this.#settings.dryRun) await this.#local.makeLink(path, to)
    this.#tally.linked()
    if (!this.#settings.dryRun) this.#tally.done(action)
  }

  /** Removes what is of another kind than its source, and plans the source as if nothing had been there. */
  async #replace(): Promise<void> {
    const refused = this.#mayDelete()
    for (const { folder, step } of this.#conflicts.splice(0)) {
      const { source, target, because } = step
      const path = within(folder.path, source.name)
      try {
        if (refused) throw new FtpError('FTP_LOCAL', `${path}: ${because.text}. ${refused.text}`, NOT_MADE)
        await this.#removeWhole({ path, entry: target, because })
        const folderAbove = { ...folder }
        if (source.kind === 'folder')
          this.#enter(folderAbove, { do: 'enter', source, missing: true, because })
        else
          this.#queue.addFile({
            folder,
            path,
            source,
            target: undefined,
            how: source.kind === 'link' ? 'link' : 'transfer',
            because,
          })
      } catch (error) {
        this.#tally.failed(path, this.#failure(error))
      }
    }
  }

  async #removeWhole(extra: Extra): Promise<void> {
    const { files, folders, kept } = await this.#planDeletions([extra])
    const [first] = kept
    if (first) throw first.error
    const removals = [...files, ...folders]
    if (!removals.some(({ path }) => path === extra.path))
      throw new FtpError(
        'FTP_LOCAL',
        `${extra.path} holds what the patterns leave alone, and stays.`,
        NOT_MADE,
      )
    const refused = this.#tooMany(removals.length)
    if (refused) throw new FtpError('FTP_LOCAL', `${extra.path} stays: ${refused.text}`, NOT_MADE)
    for (const removal of removals) await this.#remove(removal)
  }

  async #deleteExtras(): Promise<void> {
    const refused = this.#mayDelete()
    if (refused) return this.#tally.refuseDelete(refused)
    const { files, folders, kept } = await this.#planDeletions(this.#extras)
    const tooMany = this.#tooMany(files.length + folders.length)
    if (tooMany) return this.#tally.refuseDelete(tooMany)
    for (const { path, error } of kept) this.#tally.notDeleted(path, error)
    const tryRemove = async (removal: Removal) => {
      try {
        await this.#remove(removal)
      } catch (error) {
        this.#tally.notDeleted(removal.path, this.#failure(error))
      }
    }
    const remaining = files[Symbol.iterator]()
    const workers = Array.from({ length: this.#settings.parallel }, async () => {
      for (const removal of remaining) await tryRemove(removal)
    })
    await Promise.all(workers)
    for (const removal of folders) await tryRemove(removal)
  }

  #planDeletions(extras: readonly Extra[]) {
    const { selection } = this.#settings
    return planDeletions(extras, { target: this.#target, selection }, this.#signal)
  }

  async #remove(removal: Removal): Promise<void> {
    if (this.#caller.aborted) throw aborted('command', this.#caller)
    this.#tally.planned(removal)
    this.#removed++
    if (!this.#settings.dryRun) {
      const { kind, path } = removal
      await (kind === 'delete-file'
        ? this.#target.removeFile(path, this.#signal)
        : this.#target.removeFolder(path, this.#signal))
      this.#tally.done(removal)
    }
    this.#tally.deleted()
  }

  /** Why nothing may be removed; undefined when it may. */
  #mayDelete(): Because | undefined {
    if (!this.#incomplete) return undefined
    const text = `Nothing is removed, since the source is not known completely: ${this.#incomplete.text}.`
    return { code: this.#incomplete.code, text }
  }

  #tooMany(more: number): Because | undefined {
    const { maxDelete } = this.#settings
    if (this.#removed + more <= maxDelete) return undefined
    const text = `Nothing is removed: ${this.#removed + more} entries would go, and ${maxDelete} may.`
    return { code: 'too-many', text }
  }

  #leaveIncomplete(because: Because): void {
    this.#incomplete ??= because
  }

  /** The failure of one entry; what would fail everywhere is thrown, and ends the run. */
  #failure(error: unknown): FtpError {
    if (this.#caller.aborted) throw aborted('transfer', this.#caller)
    if (!(error instanceof FtpError) || isFatal(error)) throw this.#fatal(error)
    return error
  }

  #fatal(error: unknown): unknown {
    this.#stop.abort(error)
    return error
  }
}

const EMPTY: TreeFolder = { entries: [], unparsed: 0, end: 'proved' }
const NOT_MADE = { phase: 'local' } as const
