/** What the workers do with what they take. A failure that is thrown ends the run. */
export interface WorkHandlers<Folder, File> {
  folder(folder: Folder): Promise<void>
  file(file: File): Promise<void>
}

/** Files waiting for each worker from which on no further folder is listed. */
const FILES_AHEAD = 4

/**
 * The work of a mirror, shared by workers. Folders are listed while files move, and only as far ahead as keeps the workers
 * busy: the deepest folder first, so that what waits stays little however large the tree is.
 */
export class WorkQueue<Folder, File> {
  readonly #handlers: WorkHandlers<Folder, File>
  readonly #workers: number
  readonly #folders: Folder[] = []
  #files: File[] = []
  #head = 0
  #busy = 0
  #failed = false
  #sleeping: (() => void)[] = []

  constructor(workers: number, handlers: WorkHandlers<Folder, File>) {
    this.#workers = workers
    this.#handlers = handlers
  }

  addFolder(folder: Folder): void {
    this.#folders.push(folder)
    this.#sleeping.pop()?.()
  }

  addFile(file: File): void {
    this.#files.push(file)
    this.#sleeping.pop()?.()
  }

  /** Whether there is more to do for every worker, so that whoever transfers now will transfer again. */
  get plenty(): boolean {
    return this.#waiting >= this.#workers
  }

  /** Works until nothing is left. @throws what a handler has thrown first, once all workers have stopped */
  async run(): Promise<void> {
    const results = await Promise.allSettled(Array.from({ length: this.#workers }, () => this.#work()))
    const failure = results.find(result => result.status === 'rejected')
    if (failure) throw failure.reason
  }

  get #waiting(): number {
    return this.#files.length - this.#head
  }

  async #work(): Promise<void> {
    while (!this.#failed) {
      const doing = this.#start()
      if (doing) {
        try {
          await doing
        } catch (error) {
          this.#failed = true
          throw error
        } finally {
          this.#busy--
          if (this.#busy === 0 || this.#failed) this.#wakeAll()
        }
      } else {
        if (this.#busy === 0) return
        await new Promise<void>(resolve => this.#sleeping.push(resolve))
      }
    }
  }

  #start(): Promise<void> | undefined {
    const enough = this.#waiting >= this.#workers * FILES_AHEAD
    const folder = enough ? undefined : this.#folders.pop()
    if (folder !== undefined) {
      this.#busy++
      return this.#handlers.folder(folder)
    }
    const file = this.#files[this.#head]
    if (file === undefined) return undefined
    if (++this.#head === this.#files.length) {
      this.#files = []
      this.#head = 0
    }
    this.#busy++
    return this.#handlers.file(file)
  }

  #wakeAll(): void {
    for (const wake of this.#sleeping.splice(0)) wake()
  }
}
