import type { MirrorContext } from './context.ts'
import { type FileWork, moveFile } from './file-work.ts'
import { checkEnd, type FolderWork, folderName, makeMissing } from './folder-work.ts'
import { type PlanStep, planFolder } from './plan.ts'
import { Remover } from './remover.ts'
import type { MirrorSummary } from './summary.ts'
import { isOfConnection } from './transfer-file.ts'
import { type TreeFolder, within } from './tree.ts'
import { WorkQueue } from './work-queue.ts'

/** So many transfers in a row that break the connection, after all tries of each, end a mirror: it would fail for hours. */
const MOST_BROKEN = 10

/** Something of another kind is in the way; it is removed after all other transfers. */
interface Conflict {
  readonly folder: FolderWork
  readonly step: Extract<PlanStep, { do: 'replace' }>
}

/** One run of a mirror. */
export class MirrorRun {
  readonly #context: MirrorContext
  readonly #remover: Remover
  readonly #queue: WorkQueue<FolderWork, FileWork>
  readonly #conflicts: Conflict[] = []
  #broken = 0

  constructor(context: MirrorContext) {
    this.#context = context
    this.#remover = new Remover(context)
    this.#queue = new WorkQueue(context.settings.parallel, {
      folder: folder => this.#folder(folder),
      file: file => this.#file(file),
    })
  }

  /** @throws {FtpError} what would make everything else fail, too */
  async run(): Promise<MirrorSummary> {
    const { client, settings, source, target, signal, tally } = this.#context
    const there = await target.root(signal)
    client.pool.widen(settings.parallel, client.facts.sessions)
    this.#queue.addFolder({
      ...{ path: '', depth: 0, above: undefined, leadsTo: undefined, because: NEW },
      unique: source.identity(),
      missing: there === undefined,
      there,
    })
    await this.#work()
    if (this.#conflicts.length > 0) {
      for (const conflict of this.#conflicts.splice(0)) await this.#replace(conflict)
      await this.#work()
    }
    await this.#remover.finish()
    return tally.summary()
  }

  async #work(): Promise<void> {
    await this.#queue.run()
    this.#context.throwIfAborted('transfer')
  }

  async #folder(folder: FolderWork): Promise<void> {
    const { settings, tally, signal } = this.#context
    const { path } = folder
    if (signal.aborted) return
    try {
      checkEnd(folder, above => this.#context.source.pathOf(above))
      const source = await this.#context.source.list(path, signal)
      const { selection } = settings
      if (path === '' || !selection.partial || selection.names(path)) await makeMissing(folder, this.#context)
      const target = folder.missing
        ? EMPTY
        : (folder.there ?? (await this.#context.target.list(path, signal)))
      if (path !== '') tally.enteredFolder()
      this.#look(folder, source)
      const { compare, links } = settings
      const steps = planFolder(source.entries, target.entries, {
        ...{ path, selection, compare, links, delete: settings.delete },
        fold: name => this.#context.fold(name),
        check: name => this.#context.check(name),
      })
      for (const step of steps) this.#take(folder, step)
    } catch (error) {
      const failure = this.#context.failure(error)
      if (path === '') throw this.#context.fatal(failure)
      tally.failed(path, failure)
      this.#remover.forbid('folder-failed', `${path} could not be gone through (${failure.message})`)
    }
  }

  /** What a listing of the source tells besides its entries. */
  #look({ path }: FolderWork, { entries, unparsed, end }: TreeFolder): void {
    const { tally } = this.#context
    tally.seen(entries.length)
    tally.unparsed(path, unparsed)
    const listing = `the listing of ${folderName(path)}`
    if (unparsed > 0) this.#remover.forbid('unparsed', `${listing} has lines that nobody can read`)
    if (end === 'claimed') this.#remover.forbid('not-proved', `nothing proves that ${listing} is complete`)
  }

  #take(folder: FolderWork, step: PlanStep): void {
    const { tally, settings } = this.#context
    if (step.do === 'protect') return
    if (step.do === 'delete') {
      const path = within(folder.path, step.target.name)
      if (settings.delete) this.#remover.add({ path, entry: step.target, because: step.because })
      return
    }
    const path = within(folder.path, step.source.name)
    if (step.do === 'fail') tally.failed(path, step.error)
    else if (step.do === 'enter') this.#enter(folder, step)
    else if (step.do === 'replace') this.#conflicts.push({ folder, step })
    else if (step.do === 'skip' || step.do === 'keep')
      tally.passedOver({ kind: step.do, path, because: step.because })
    else {
      const target = step.do === 'link' ? undefined : step.target
      this.#queue.addFile({ folder, path, source: step.source, target, how: step.do, because: step.because })
    }
  }

  #enter(above: FolderWork, step: Extract<PlanStep, { do: 'enter' }>): void {
    const { source, because } = step
    this.#queue.addFolder({
      path: within(above.path, source.name),
      depth: above.depth + 1,
      above,
      unique: source.unique,
      leadsTo: source.leadsTo,
      missing: step.missing || above.missing,
      because,
    })
  }

  async #file(file: FileWork): Promise<void> {
    if (this.#context.signal.aborted) return
    try {
      await moveFile(file, this.#context, this.#queue.plenty)
      this.#broken = 0
    } catch (error) {
      const failure = this.#context.failure(error)
      this.#context.tally.failed(file.path, failure)
      if (isOfConnection(failure) && ++this.#broken >= MOST_BROKEN) throw this.#context.fatal(failure)
    }
  }

  /** Removes what is of another kind than its source, and goes on as if nothing had been there. */
  async #replace({ folder, step }: Conflict): Promise<void> {
    const { source, target, because } = step
    const path = within(folder.path, source.name)
    try {
      await this.#remover.clear({ path, entry: target, because })
    } catch (error) {
      return this.#context.tally.failed(path, this.#context.failure(error))
    }
    if (source.kind === 'folder') return this.#enter(folder, { do: 'enter', source, missing: true, because })
    const how = source.kind === 'link' ? 'link' : 'transfer'
    this.#queue.addFile({ folder, path, source, target: undefined, how, because })
  }
}

const NEW = { code: 'new', text: 'the target does not have it' }
const EMPTY: TreeFolder = { entries: [], unparsed: 0, end: 'proved' }
