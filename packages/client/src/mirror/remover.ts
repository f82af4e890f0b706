import type { Because } from '@portolan/channels'
import { FtpError } from '../errors.ts'
import type { MirrorContext } from './context.ts'
import { type DeletionPlan, type Extra, planDeletions, type Removal } from './deletions.ts'

/**
 * Removes from the target what the source does not have, after all transfers, and only when the source is known completely:
 * a listing that was cut must not empty a folder.
 */
export class Remover {
  readonly #context: MirrorContext
  readonly #extras: Extra[] = []
  /** Why the source is not known completely. */
  #incomplete: Because | undefined
  #removed = 0

  constructor(context: MirrorContext) {
    this.#context = context
  }

  /** The source is not known completely: nothing may be removed any more. */
  forbid(code: string, text: string): void {
    this.#incomplete ??= { code, text }
  }

  add(extra: Extra): void {
    this.#extras.push(extra)
  }

  /**
   * Removes what is in the way of its source, with all that is in it.
   *
   * @throws {FtpError} when it has to stay
   */
  async clear(extra: Extra): Promise<void> {
    const refused = this.#refusal()
    if (refused) throw stays(extra, `${extra.because.text}. ${refused.text}`)
    const { files, folders, kept } = await this.#plan([extra])
    const [first] = kept
    if (first) throw first.error
    const removals = [...files, ...folders]
    if (!removals.some(({ path }) => path === extra.path))
      throw stays(extra, 'It holds what the patterns leave alone.')
    const tooMany = this.#tooMany(removals.length)
    if (tooMany) throw stays(extra, tooMany.text)
    for (const removal of removals) await this.#remove(removal)
  }

  /** Removes all that was added, or says why nothing is. */
  async finish(): Promise<void> {
    const { tally, settings } = this.#context
    if (!settings.delete) return
    const refused = this.#refusal()
    if (refused) return tally.refuseDelete(refused)
    const { files, folders, kept } = await this.#plan(this.#extras)
    const tooMany = this.#tooMany(files.length + folders.length)
    if (tooMany) return tally.refuseDelete(tooMany)
    for (const { path, error } of kept) tally.notDeleted(path, error)
    const remaining = files[Symbol.iterator]()
    const workers = Array.from({ length: settings.parallel }, async () => {
      for (const removal of remaining) await this.#tryRemove(removal)
    })
    await Promise.all(workers)
    for (const removal of folders) await this.#tryRemove(removal)
  }

  #plan(extras: readonly Extra[]): Promise<DeletionPlan> {
    const { target, settings, signal } = this.#context
    return planDeletions(extras, { target, selection: settings.selection }, signal)
  }

  async #tryRemove(removal: Removal): Promise<void> {
    try {
      await this.#remove(removal)
    } catch (error) {
      this.#context.tally.notDeleted(removal.path, this.#context.failure(error))
    }
  }

  async #remove(removal: Removal): Promise<void> {
    const { tally, settings, target, signal } = this.#context
    this.#context.throwIfAborted('command')
    tally.planned(removal)
    this.#removed++
    if (!settings.dryRun) {
      if (removal.kind === 'delete-file') await target.removeFile(removal.path, signal)
      else await target.removeFolder(removal.path, signal)
      tally.done(removal)
    }
    tally.deleted()
  }

  #refusal(): Because | undefined {
    if (!this.#incomplete) return undefined
    const text = `Nothing is removed, since the source is not known completely: ${this.#incomplete.text}.`
    return { code: this.#incomplete.code, text }
  }

  #tooMany(more: number): Because | undefined {
    const { maxDelete } = this.#context.settings
    const all = this.#removed + more
    if (all <= maxDelete) return undefined
    return {
      code: 'too-many',
      text: `Nothing is removed: ${all} entries would go, and ${maxDelete} may.`,
    }
  }
}

function stays({ path }: Extra, why: string): FtpError {
  return new FtpError('FTP_LOCAL', `In the target, ${path} stays: ${why}`, { phase: 'local' })
}
