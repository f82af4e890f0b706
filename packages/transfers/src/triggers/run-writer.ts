import { type NewRun, type RunRow, type Store, StoreError } from '@portolan/store'
import { type Clock, systemClock } from '../schedule/clock.ts'

/** What {@link RunWriter} works with. */
export interface RunWriterOptions {
  readonly runs: Pick<Store['initiated']['runs'], 'enqueue'>
  readonly clock?: Clock
  /** Told those that were made. */
  onQueued(runs: readonly RunRow[]): void
  warn(code: string, text: string): void
}

/** Runs that one transaction makes. */
const BATCH = 500
/** Runs that wait for the store at the most. */
const MOST_WAITING = 100_000
/** Milliseconds before a store that is away is tried again. */
const RETRY_MS = 1_000

interface Waiting {
  readonly runs: readonly NewRun[]
  resolve(made: readonly RunRow[]): void
  reject(error: unknown): void
}

/**
 * Makes runs in the store, many in one transaction, in the order in which they were added. While the store is away they
 * wait; those that do not wait any more when this is disposed are made by whoever looks next.
 */
export class RunWriter implements AsyncDisposable {
  readonly #options: RunWriterOptions
  readonly #clock: Clock
  #waiting: Waiting[] = []
  #count = 0
  #writing: Promise<void> | undefined
  #closed = false
  #wake: (() => void) | undefined

  constructor(options: RunWriterOptions) {
    this.#options = options
    this.#clock = options.clock ?? systemClock
  }

  /**
   * Resolves once they are in the store, with those that were made: one whose occurrence is known is not.
   * @throws when the store refuses them, when too many wait, or when this was disposed
   */
  add(runs: readonly NewRun[]): Promise<readonly RunRow[]> {
    if (runs.length === 0) return Promise.resolve([])
    if (this.#closed) return Promise.reject(new Error('The node stops: no run was made.'))
    if (this.#count + runs.length > MOST_WAITING) {
      return Promise.reject(
        new Error(`More than ${MOST_WAITING} runs wait for the store: no more are taken.`),
      )
    }
    this.#count += runs.length
    const { promise, resolve, reject } = Promise.withResolvers<readonly RunRow[]>()
    this.#waiting.push({ runs, resolve, reject })
    this.#writing ??= this.#write()
    return promise
  }

  async #write(): Promise<void> {
    // What is added in the same turn goes into the same transaction.
    await Promise.resolve()
    while (this.#waiting.length > 0) {
      const batch = this.#takeBatch()
      try {
        await this.#writeBatch(batch)
      } catch (error) {
        for (const { reject } of batch) reject(error)
      }
      this.#count -= batch.reduce((sum, { runs }) => sum + runs.length, 0)
    }
    // In the turn in which nothing waits: what is added from now on begins anew.
    this.#writing = undefined
  }

  #takeBatch(): Waiting[] {
    let size = 0
    let taken = 0
    for (const { runs } of this.#waiting) {
      if (taken > 0 && size + runs.length > BATCH) break
      size += runs.length
      taken++
    }
    return this.#waiting.splice(0, taken)
  }

  async #writeBatch(batch: readonly Waiting[]): Promise<void> {
    const made = await this.#enqueue(batch.flatMap(({ runs }) => runs))
    if (made.length > 0) this.#options.onQueued(made)
    // The store answers in the order asked, and leaves out what was known.
    let next = 0
    for (const { runs, resolve } of batch) {
      const own: RunRow[] = []
      for (const run of runs) {
        const row = made[next]
        if (row === undefined || !isOf(row, run)) continue
        own.push(row)
        next++
      }
      resolve(own)
    }
  }

  async #enqueue(runs: readonly NewRun[]): Promise<readonly RunRow[]> {
    let isTold = false
    while (true) {
      try {
        return await this.#options.runs.enqueue(runs, this.#clock.now())
      } catch (error) {
        if (!mayPass(error) || this.#closed) throw error
        if (!isTold) {
          this.#options.warn('runs-wait', `${runs.length} runs wait for the store: ${error.message}`)
        }
        isTold = true
        await this.#pause()
      }
    }
  }

  async #pause(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    using _timer = this.#clock.at(this.#clock.now() + RETRY_MS, resolve)
    this.#wake = resolve
    await promise
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true
    this.#wake?.()
    await this.#writing
  }
}

/** Whether the same may work later. */
function mayPass(error: unknown): error is StoreError {
  return error instanceof StoreError && (error.code === 'STORE_UNAVAILABLE' || error.code === 'STORE_FULL')
}

/** Whether a row is what came of a run: two runs of one transfer and occurrence are never made. */
function isOf(row: RunRow, run: NewRun): boolean {
  return row.transfer === run.transfer && row.cause.text === run.cause.text && samePath(row, run)
}

const samePath = (row: RunRow, run: NewRun) =>
  row.cause.properties['file.path'] === run.cause.properties['file.path']
