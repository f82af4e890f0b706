import type { RunRow, Runs } from '@portolan/store'
import type { EngineTiming } from './timing.ts'

/** What a dispatcher needs of the engine. */
export interface DispatcherOptions {
  readonly runs: Pick<Runs, 'lease' | 'nextDue'>
  readonly node: string
  /** Runs at once. */
  readonly concurrency: number
  readonly timing: EngineTiming
  now(): number
  /** The sessions that each site allows at once. */
  connections(): Promise<Readonly<Record<string, number>>>
  /** Works on a run until it is over or given back. Must not throw. */
  work(row: RunRow, until: number): Promise<void>
  /** The queue could not be read. */
  onTrouble(error: unknown): void
}

/** Milliseconds that runs which end one after the other are waited for, so that several are taken at once. */
const GATHER_MS = 2
/** Milliseconds before a queue is looked at again from which something was taken. */
const SOON_MS = 50
/** Milliseconds before a queue is looked at again in which somebody is due who may not begin yet. */
const BLOCKED_MS = 1_000

/** Takes runs that are due from the queue and has them worked on, as many at once as this node does. */
export class Dispatcher {
  readonly #options: DispatcherOptions
  #working = 0
  #looking = false
  #again = false
  #closed = false
  #timer: NodeJS.Timeout | undefined
  #timerAt = Number.POSITIVE_INFINITY
  readonly #quiet = new Set<() => void>()
  readonly #ended = new Set<() => void>()

  constructor(options: DispatcherOptions) {
    this.#options = options
  }

  /** Looks at the queue soon. */
  wake(afterMs = 0): void {
    if (this.#closed) return
    if (this.#looking) {
      this.#again ||= afterMs <= GATHER_MS
      if (afterMs <= GATHER_MS) return
    }
    const at = performance.now() + afterMs
    if (at >= this.#timerAt) return
    clearTimeout(this.#timer)
    this.#timerAt = at
    this.#timer = setTimeout(() => {
      this.#timerAt = Number.POSITIVE_INFINITY
      void this.#look()
    }, afterMs)
  }

  /** Takes no more. Resolves when nothing is worked on. */
  async close(): Promise<void> {
    this.#closed = true
    clearTimeout(this.#timer)
    while (this.#working > 0 || this.#looking) await new Promise<void>(resolve => this.#ended.add(resolve))
  }

  /** Waits until nothing is due and nothing is worked on. */
  async idle(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const stop = () => reject(signal.reason)
    signal.addEventListener('abort', stop, { once: true })
    this.#quiet.add(resolve)
    this.wake()
    try {
      await promise
    } finally {
      signal.removeEventListener('abort', stop)
      this.#quiet.delete(resolve)
    }
  }

  async #look(): Promise<void> {
    if (this.#looking) {
      this.#again = true
      return
    }
    this.#looking = true
    try {
      let next: number
      do {
        this.#again = false
        next = await this.#take()
      } while (this.#again && !this.#closed)
      this.#looking = false
      this.wake(next)
    } catch (error) {
      this.#looking = false
      this.#options.onTrouble(error)
      this.wake(BLOCKED_MS)
    }
    this.#tell(this.#ended)
  }

  /** Takes what there is a place for. @returns milliseconds until the queue is to be looked at again */
  async #take(): Promise<number> {
    const { runs, node, concurrency, timing, now, connections } = this.#options
    const limit = concurrency - this.#working
    if (limit <= 0 || this.#closed) return timing.poll
    const perSite = await connections()
    const at = now()
    const until = at + timing.lease
    const rows = await runs.lease({ node, now: at, until, limit, perSite })
    for (const row of rows) this.#begin(row, until)
    if (rows.length === limit) return timing.poll
    // Whoever is next is asked for once there is nobody to be taken.
    if (rows.length > 0) return SOON_MS
    const due = await runs.nextDue()
    const wait = due === undefined ? Number.POSITIVE_INFINITY : due - now()
    if (this.#working === 0 && wait > 0) this.#tell(this.#quiet)
    return Math.min(timing.poll, wait > 0 ? wait : BLOCKED_MS)
  }

  #begin(row: RunRow, until: number): void {
    this.#working++
    void this.#options.work(row, until).finally(() => {
      this.#working--
      this.wake(GATHER_MS)
      this.#tell(this.#ended)
    })
  }

  #tell(waiting: Set<() => void>): void {
    for (const resolve of waiting) resolve()
    waiting.clear()
  }
}
