import type { Because } from '@portolan/channels'
import type { FtpError } from '../errors.ts'
import type { MirrorAction, MirrorEvent, MirrorFailure, MirrorSummary } from './summary.ts'

/** Counts what becomes of each entry, and tells of it. Each entry is counted once, when its fate is known. */
export class Tally {
  readonly #onEvent: ((event: MirrorEvent) => void) | undefined
  #entries = 0
  #transferred = 0
  #unchanged = 0
  #links = 0
  #folders = 0
  #foldersMade = 0
  #skipped = 0
  #deleted = 0
  #unparsed = 0
  #bytes = 0
  #resumed = 0
  readonly #failed: MirrorFailure[] = []
  readonly #notDeleted: MirrorFailure[] = []
  #deleteRefused: Because | undefined

  constructor(onEvent: ((event: MirrorEvent) => void) | undefined) {
    this.#onEvent = onEvent
  }

  /** Whether anybody listens, so that what only a listener needs is not made. */
  get told(): boolean {
    return this.#onEvent !== undefined
  }

  emit(event: MirrorEvent): void {
    this.#onEvent?.(event)
  }

  planned(action: MirrorAction): void {
    this.emit({ type: 'planned', action })
  }

  done(action: MirrorAction): void {
    this.emit({ type: 'done', action })
  }

  /** So many entries of the source were listed. */
  seen(entries: number): void {
    this.#entries += entries
  }

  transferred(bytes: number, resumed: number): void {
    this.#transferred++
    this.#bytes += bytes
    this.#resumed += resumed
  }

  unchanged(): void {
    this.#unchanged++
  }

  /** Nothing is done about an entry. */
  passedOver(action: MirrorAction & { readonly kind: 'keep' | 'skip' }): void {
    if (action.kind === 'keep') this.#unchanged++
    else this.#skipped++
    this.planned(action)
  }

  linked(): void {
    this.#links++
  }

  enteredFolder(): void {
    this.#folders++
  }

  madeFolder(): void {
    this.#foldersMade++
  }

  failed(path: string, error: FtpError): void {
    this.#failed.push({ path, error })
    this.emit({ type: 'failed', path, error })
  }

  deleted(): void {
    this.#deleted++
  }

  notDeleted(path: string, error: FtpError): void {
    this.#notDeleted.push({ path, error })
    this.emit({ type: 'failed', path, error })
  }

  unparsed(path: string, lines: number): void {
    if (lines === 0) return
    this.#unparsed += lines
    const text = `The listing has ${lines} lines that nobody can read: what they tell of is not mirrored.`
    this.warn(path, { code: 'unparsed', text })
  }

  warn(path: string, because: Because): void {
    this.emit({ type: 'warning', path, because })
  }

  refuseDelete(because: Because): void {
    this.#deleteRefused = because
    this.warn('', because)
  }

  summary(): MirrorSummary {
    return {
      entries: this.#entries,
      transferred: this.#transferred,
      unchanged: this.#unchanged,
      links: this.#links,
      folders: this.#folders,
      foldersMade: this.#foldersMade,
      skipped: this.#skipped,
      failed: this.#failed,
      deleted: this.#deleted,
      notDeleted: this.#notDeleted,
      ...(this.#deleteRefused && { deleteRefused: this.#deleteRefused }),
      unparsed: this.#unparsed,
      bytes: this.#bytes,
      resumed: this.#resumed,
    }
  }
}
