import type { RunRow } from '@portolan/store'
import { Arrivals, type ArrivedFile } from './arrivals.ts'
import { type DataFailure, DataFailures } from './data-failures.ts'
import { EndedRuns } from './ended-runs.ts'
import { sentenceOf, type TriggerParts } from './parts.ts'
import { Watches } from './watches.ts'

/** Milliseconds between scans, which find what no event has told. */
const SCAN_MS = 30_000
/** Events that wait to be looked at. Uploads beyond are found by a scan. */
const MOST_EVENTS = 10_000
/** Events that are looked at together. */
const AT_ONCE = 32

/**
 * Makes runs of what happens: files that arrive or stand in a folder, runs that end, data connections that fail. Scans
 * when it begins, whenever the definitions were read, and every 30 seconds.
 */
export class Triggers implements AsyncDisposable {
  readonly #parts: TriggerParts
  readonly #closing = new AbortController()
  readonly #arrivals: Arrivals
  readonly #watches: Watches
  readonly #ended: EndedRuns
  readonly #failures: DataFailures
  #subscription: Disposable | undefined
  #timer: Disposable | undefined
  readonly #events: (() => Promise<void>)[] = []
  readonly #working = new Set<Promise<void>>()
  #workers = 0
  #scanning: Promise<void> | undefined
  #isWanted = false
  #isOverfull = false

  constructor(parts: Omit<TriggerParts, 'signal'>) {
    this.#parts = { ...parts, signal: this.#closing.signal }
    this.#arrivals = new Arrivals(this.#parts)
    this.#watches = new Watches(this.#parts)
    this.#ended = new EndedRuns(this.#parts)
    this.#failures = new DataFailures(this.#parts)
  }

  start(): void {
    this.#subscription = this.#parts.definitions.onLoad(() => this.scan())
    this.scan()
  }

  arrived(file: ArrivedFile): void {
    this.#take(() => this.#arrivals.take(file))
  }

  ended(run: RunRow): void {
    this.#take(() => this.#ended.take(run))
  }

  dataFailed(failure: DataFailure): void {
    this.#take(() => this.#failures.take(failure))
  }

  /** Looks for what was missed, soon. */
  scan(): void {
    this.#isWanted = true
    if (this.#closing.signal.aborted) return
    this.#scanning ??= this.#scan()
  }

  /** Resolves when everything that was told has made its runs, and no scan is under way. */
  async settled(): Promise<void> {
    while (this.#scanning || this.#working.size > 0) {
      await Promise.all([this.#scanning, ...this.#working])
    }
  }

  #take(work: () => Promise<void>): void {
    if (this.#closing.signal.aborted) return
    if (this.#events.length >= MOST_EVENTS) {
      if (!this.#isOverfull) {
        this.#parts.warn(
          'events-left-out',
          `More than ${MOST_EVENTS} events wait to begin transfers: the next scan finds the uploads among those that are left out.`,
        )
      }
      this.#isOverfull = true
      return
    }
    this.#events.push(work)
    if (this.#workers >= AT_ONCE) return
    this.#workers++
    const working = this.#work().finally(() => this.#working.delete(working))
    this.#working.add(working)
  }

  async #work(): Promise<void> {
    for (let event = this.#events.shift(); event; event = this.#events.shift()) {
      try {
        await event()
      } catch (error) {
        if (this.#closing.signal.aborted) break
        this.#parts.warn('run-not-queued', `A transfer did not begin: ${sentenceOf(error)}`)
      }
    }
    // In the turn in which no event waits: the next one has a worker of its own.
    this.#workers--
    this.#isOverfull = false
  }

  async #scan(): Promise<void> {
    while (this.#isWanted && !this.#closing.signal.aborted) {
      this.#isWanted = false
      this.#timer?.[Symbol.dispose]()
      const next = await this.#scanAll()
      if (!this.#closing.signal.aborted) this.#timer = this.#parts.clock.at(next, () => this.scan())
    }
    // In the turn in which none is wanted: one that is asked for from now on begins anew.
    this.#scanning = undefined
  }

  /** Answers when the next one is due. */
  async #scanAll(): Promise<number> {
    let next = this.#parts.clock.now() + SCAN_MS
    for (const part of [this.#arrivals, this.#ended, this.#watches]) {
      try {
        next = Math.min((await part.scan()) ?? next, next)
      } catch (error) {
        if (this.#closing.signal.aborted) break
        this.#parts.warn(
          'scan-failed',
          `What may have been missed could not be looked for: ${sentenceOf(error)}`,
        )
      }
    }
    return next
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort(new Error('The node stops.'))
    this.#events.length = 0
    this.#subscription?.[Symbol.dispose]()
    this.#timer?.[Symbol.dispose]()
    this.#failures[Symbol.dispose]()
    await Promise.all([this.#scanning, ...this.#working])
  }
}
