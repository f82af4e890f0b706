import { FolderNames } from './folder-names.ts'
import { freeName } from './free-name.ts'
import { joinPath } from './paths.ts'
import { RateMeter } from './rate-meter.ts'
import type { Choice, UploadAsk, UploadFile, UploadPorts, UploadState, UploadView } from './upload-types.ts'
import { viewOf } from './upload-view.ts'

/** Files that are sent at once. */
const AT_ONCE = 3
/** Tries of one upload while the server says that it cannot just now. */
const TRIES = 4
const FIRST_WAIT_MS = 1_000

const WAITING: UploadState = { kind: 'waiting' }

/** An upload as the queue keeps it. */
export interface Entry<F extends UploadFile> {
  readonly id: number
  readonly base: string
  readonly ask: UploadAsk<F>
  readonly folder: string
  name: string
  readonly size: number
  state: UploadState
  choice: Choice | undefined
  /** What has the name is a folder. */
  byFolder: boolean
  abort: AbortController | undefined
}

/** Sends files, three at once, asks when a name is taken, and goes on with the others meanwhile. */
export class UploadQueue<F extends UploadFile> {
  readonly #ports: UploadPorts<F>
  readonly #folders: FolderNames
  readonly #entries: Entry<F>[] = []
  readonly #turns = new Map<string, Promise<void>>()
  readonly #listeners = new Set<() => void>()
  #running = 0
  #next = 1
  #forAll: Choice | undefined
  #view: UploadView | undefined
  #isTold = true

  constructor(ports: UploadPorts<F>) {
    this.#ports = ports
    this.#folders = new FolderNames(ports)
  }

  /** Adds files to what is to be uploaded into a folder. */
  add(base: string, asks: readonly UploadAsk<F>[]): void {
    for (const ask of asks) {
      this.#entries.push({
        id: this.#next++,
        base,
        ask,
        folder: ask.folders.reduce(joinPath, base),
        name: ask.file?.name ?? '',
        size: ask.file?.size ?? 0,
        state: WAITING,
        choice: undefined,
        byFolder: false,
        abort: undefined,
      })
    }
    this.#pump()
  }

  /** Answers the question that is asked. @param forAll - and all that come until nothing is left to send */
  answer(id: number, choice: Choice, forAll: boolean): void {
    if (forAll) this.#forAll = choice
    for (const entry of this.#entries) {
      if (entry.state.kind !== 'asking' || (entry.id !== id && !forAll)) continue
      // A folder cannot be replaced, whatever was said of all.
      if (entry.id !== id && entry.byFolder && choice === 'replace') continue
      entry.choice = choice
      entry.state = WAITING
    }
    this.#pump()
  }

  cancel(id: number): void {
    this.#cancel(entry => entry.id === id)
  }

  cancelAll(): void {
    this.#cancel(() => true)
  }

  retry(id: number): void {
    this.#retry(entry => entry.id === id)
  }

  retryFailed(): void {
    this.#retry(({ state }) => state.kind === 'failed')
  }

  /** Takes what is over off the list. */
  clear(): void {
    const left = this.#entries.filter(({ state }) => isOpen(state))
    this.#entries.splice(0, this.#entries.length, ...left)
    this.#changed()
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** The same object until something has changed. */
  get view(): UploadView {
    this.#view ??= viewOf(this.#entries)
    return this.#view
  }

  #cancel(which: (entry: Entry<F>) => boolean): void {
    for (const entry of this.#entries) {
      if (!isOpen(entry.state) || !which(entry)) continue
      entry.abort?.abort()
      entry.state = { kind: 'cancelled' }
    }
    this.#pump()
  }

  #retry(which: (entry: Entry<F>) => boolean): void {
    for (const entry of this.#entries) {
      const over = entry.state.kind === 'failed' || entry.state.kind === 'cancelled'
      if (!over || !which(entry)) continue
      entry.state = WAITING
      entry.choice = undefined
    }
    this.#pump()
  }

  #pump(): void {
    for (const entry of this.#entries) {
      if (this.#running >= AT_ONCE) break
      if (entry.state.kind !== 'waiting') continue
      this.#running += 1
      void this.#run(entry).finally(() => {
        this.#running -= 1
        this.#pump()
      })
    }
    if (this.#running === 0 && !this.#entries.some(({ state }) => isOpen(state))) {
      this.#forAll = undefined
      this.#folders.forget()
    }
    this.#changed()
  }

  async #run(entry: Entry<F>): Promise<void> {
    const abort = new AbortController()
    entry.abort = abort
    entry.state = { kind: 'sending', sent: 0, rate: 0 }
    try {
      const state = await this.#store(entry, abort.signal)
      if (!abort.signal.aborted) entry.state = state
    } catch (error) {
      if (abort.signal.aborted) return
      entry.state = { kind: 'failed', text: error instanceof Error ? error.message : String(error) }
    }
  }

  /** What becomes of one upload, where it does not fail. */
  async #store(entry: Entry<F>, signal: AbortSignal): Promise<UploadState> {
    const { file } = entry.ask
    const folder = await this.#folders.make(entry.base, entry.ask.folders)
    if (!file) return { kind: 'done' }
    const names = await this.#folders.of(folder)
    const taken = names.get(entry.name)
    const choice = entry.choice ?? this.#forAll
    if (taken !== undefined) {
      if (choice === 'skip') return { kind: 'skipped' }
      if (choice === undefined || (choice === 'replace' && taken)) {
        entry.byFolder = taken
        return { kind: 'asking' }
      }
      if (choice === 'keep-both') entry.name = freeName(entry.name, name => names.has(name))
    }
    if (signal.aborted) return { kind: 'cancelled' }
    const path = joinPath(folder, entry.name)
    const overwrite = taken !== undefined && choice === 'replace'
    const isNew = !names.has(entry.name)
    if (isNew) names.set(entry.name, false)
    try {
      await this.#inTurn(path, () => this.#send(entry, file, path, { overwrite, signal }))
    } catch (error) {
      if (isNew) names.delete(entry.name)
      if (codeOf(error) !== 'FILE_EXISTS' || signal.aborted) throw error
      // Somebody else was faster: now the name is known to be taken.
      names.set(entry.name, false)
      entry.choice = undefined
      return WAITING
    }
    this.#ports.stored(folder)
    return { kind: 'done' }
  }

  /** Two uploads to one name go one after the other: the later one is to stand in the end. */
  async #inTurn(path: string, work: () => Promise<void>): Promise<void> {
    const before = this.#turns.get(path) ?? Promise.resolve()
    const mine = before.then(work, work)
    this.#turns.set(path, mine)
    try {
      await mine
    } finally {
      if (this.#turns.get(path) === mine) this.#turns.delete(path)
    }
  }

  async #send(
    entry: Entry<F>,
    file: F,
    path: string,
    { overwrite, signal }: { overwrite: boolean; signal: AbortSignal },
  ): Promise<void> {
    signal.throwIfAborted()
    for (let round = 1; ; round++) {
      const meter = new RateMeter()
      const onProgress = (sent: number) => {
        if (signal.aborted) return
        meter.note(sent, this.#ports.now())
        entry.state = { kind: 'sending', sent, rate: meter.rate }
        this.#changed()
      }
      meter.note(0, this.#ports.now())
      try {
        return await this.#ports.send(file, path, { overwrite, signal, onProgress })
      } catch (error) {
        const status = error instanceof Error && 'status' in error ? error.status : undefined
        const passing = status === 429 || status === 503
        if (!passing || round >= TRIES || signal.aborted) throw error
        await this.#ports.wait(FIRST_WAIT_MS * 2 ** (round - 1), signal)
      }
    }
  }

  #changed(): void {
    this.#view = undefined
    if (!this.#isTold) return
    this.#isTold = false
    this.#ports.later(() => {
      this.#isTold = true
      this.#view = undefined
      for (const listener of this.#listeners) listener()
    })
  }
}

/** Whether an upload is not over. */
const isOpen = ({ kind }: UploadState): boolean =>
  kind === 'waiting' || kind === 'sending' || kind === 'asking'

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined
}
