import type { JsonValue, RunEvent, RunFile, RunRow } from '@portolan/store'
import { type Transfer, transfer } from '../model/index.ts'
import { changeOf, type Life } from './machine.ts'
import { type Progress, readProgress, writeProgress } from './progress.ts'
import { joinWrites, type RunSaver, type RunWrite } from './run-saver.ts'

/** Why the work on a run stops before its end: somebody cancels it, another node may have it, this node stops. */
export type StopReason = 'cancelled' | 'lost' | 'given-back'

/** Thrown where the work on a run stops. */
export class RunStopped extends Error {
  override readonly name = 'RunStopped'
  readonly reason: StopReason

  constructor(reason: StopReason) {
    super(`The run was stopped: ${reason}.`)
    this.reason = reason
  }
}

/** Lines that the timeline of a run has at most. */
const MOST_EVENTS = 1_000
/** Milliseconds between two writes of nothing but progress. */
const PROGRESS_MS = 1_000

export interface HeldRunOptions {
  readonly row: RunRow
  /** Until when this node has it, in milliseconds since 1970. */
  readonly until: number
  readonly saver: RunSaver
  now(): number
  /** Told of progress, at most once a second. */
  onProgress(row: RunRow): void
}

/** A run that this node has: what it is, what it has done, and the way to write it down. */
export class HeldRun {
  readonly id: string
  /** The transfer as it was when the run was made. */
  readonly definition: Transfer
  readonly startedAt: number
  progress: Progress
  until: number
  #stop = new AbortController()
  readonly #saver: RunSaver
  readonly #options: HeldRunOptions
  readonly #files = new Map<string, RunFile>()
  #row: RunRow
  #pending: RunWrite = {}
  #events: number
  #lastProgress = 0
  #progressing: NodeJS.Timeout | undefined
  #snapshot: (() => Pick<RunWrite, 'bytes' | 'fileRows'>) | undefined

  /** @throws {ZodError} when the definition cannot be read */
  constructor(options: HeldRunOptions) {
    const { row } = options
    this.id = row.id
    this.#row = row
    this.#options = options
    this.#saver = options.saver
    this.until = options.until
    this.definition = transfer.parse(row.definition)
    this.progress = readProgress(row.progress)
    this.#events = this.progress.events
    this.startedAt = row.startedAt ?? options.now()
    if (row.startedAt === undefined) this.set({ startedAt: this.startedAt })
  }

  /** As the store has it, with what was not saved yet. */
  get row(): RunRow {
    return this.#row
  }

  get signal(): AbortSignal {
    return this.#stop.signal
  }

  get stopped(): StopReason | undefined {
    const reason: unknown = this.#stop.signal.reason
    return reason instanceof RunStopped ? reason.reason : undefined
  }

  stop(reason: StopReason): void {
    if (reason === 'cancelled' && this.progress.ending) return
    this.#stop.abort(new RunStopped(reason))
    if (reason === 'lost') clearTimeout(this.#progressing)
  }

  /** What a cancelled run has to tidy up needs a signal of its own. */
  goOnTidying(): void {
    if (this.stopped === 'cancelled') this.#stop = new AbortController()
  }

  /**
   * To be asked before anything that the partner or the disk would keep: a node that slept over its lease does nothing more.
   * @throws {RunStopped}
   */
  mayGoOn(): void {
    if (this.#options.now() >= this.until) this.stop('lost')
    const { stopped } = this
    if (stopped) throw new RunStopped(stopped)
  }

  /** A line of the timeline. Beyond the bound only what `always` has to be told. */
  note(kind: string, text: string, detail: JsonValue = {}, always = false): void {
    if (this.#events >= MOST_EVENTS - (always ? 0 : 20)) return
    this.#events++
    const event: Omit<RunEvent, 'id'> = { at: this.#options.now(), kind, text, detail }
    this.#pending = joinWrites(this.#pending, { events: [event] })
  }

  /** Goes out with the next {@link save}. */
  set(write: RunWrite): void {
    this.#pending = joinWrites(this.#pending, write)
    const { fileRows: _rows, events: _events, release: _release, error, ...fields } = write
    this.#row = { ...this.#row, ...fields, ...(error && { error }) }
  }

  setFile(row: RunFile): void {
    this.#snapshot = undefined
    this.#files.set(row.key, row)
    this.set({ fileRows: [row] })
  }

  /** The row that was set last, in this attempt. */
  file(key: string): RunFile | undefined {
    return this.#files.get(key)
  }

  setLife(life: Life): void {
    this.set(changeOf(life))
  }

  /** Makes durable what was noted and set. @throws {RunStopped} `lost` when another node has the run */
  async save(progress: Partial<Progress> = {}): Promise<void> {
    if (this.stopped === 'lost') throw new RunStopped('lost')
    this.#snapshot = undefined
    this.progress = { ...this.progress, ...progress, events: this.#events }
    const write: RunWrite = { ...this.#pending, progress: writeProgress(this.progress) }
    this.#pending = {}
    this.#lastProgress = this.#options.now()
    if (await this.#saver.save(this.id, write)) return
    this.stop('lost')
    throw new RunStopped('lost')
  }

  /**
   * Bytes are moving. Written and told at most once a second.
   *
   * @param snapshot - asked then; forgotten with the next {@link setFile} or {@link save}, which know better
   */
  moving(snapshot: () => Pick<RunWrite, 'bytes' | 'fileRows'>): void {
    this.#snapshot = snapshot
    this.#progressing ??= setTimeout(() => this.#saveProgress(), this.#untilProgress()).unref()
  }

  #untilProgress(): number {
    return Math.min(PROGRESS_MS, Math.max(0, this.#lastProgress + PROGRESS_MS - this.#options.now()))
  }

  #saveProgress(): void {
    this.#progressing = undefined
    const snapshot = this.#snapshot
    if (!snapshot || this.#stop.signal.aborted) return
    this.set(snapshot())
    this.#options.onProgress(this.#row)
    this.save().catch(() => {
      // Whoever does the work saves next, and is told.
    })
  }

  /** Nothing more comes. */
  close(): void {
    clearTimeout(this.#progressing)
  }
}
