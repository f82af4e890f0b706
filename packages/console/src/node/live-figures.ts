import type { FtpServer, ServerEvent } from '@portolan/server'
import type { Incident, Sample } from '../contract/index.ts'
import { incidentOf } from './recorder.ts'
import type { LiveFigures } from './services.ts'

const SECOND_MS = 1_000
/** Samples that are kept: ten minutes. */
const HISTORY = 600
/** Failures that are kept. */
const FAILURES = 20

/** What the figures are made from. */
export interface LiveFiguresOptions {
  readonly server: Pick<FtpServer, 'figures'>
  readonly node: string
  readonly now?: () => number
}

/** A sample of every second, and what failed lately; all of it in memory, so that it is there without the database. */
export class LiveSampler implements LiveFigures, Disposable {
  readonly #options: LiveFiguresOptions
  readonly #now: () => number
  readonly #history: Sample[] = []
  readonly #listeners = new Set<(sample: Sample) => void>()
  readonly #failures: Incident[] = []
  #totals: { at: number; sent: number; received: number } | undefined
  #numbered = 0
  #timer: NodeJS.Timeout | undefined

  constructor(options: LiveFiguresOptions) {
    this.#options = options
    this.#now = options.now ?? Date.now
  }

  /** Begins to sample. */
  start(): this {
    this.#timer = setInterval(() => void this.sample().catch(() => {}), SECOND_MS)
    this.#timer.unref()
    return this
  }

  /** Takes an event of the server, for {@link failures}. */
  take(event: ServerEvent): void {
    const incident = incidentOf(event, this.#now(), this.#options.node)
    if (!incident) return
    this.#failures.unshift({ ...incident, id: `live-${++this.#numbered}` })
    this.#failures.length = Math.min(this.#failures.length, FAILURES)
  }

  now(): Sample {
    return this.#history.at(-1) ?? { at: this.#now(), sessions: 0, transfers: 0, sent: 0, received: 0 }
  }

  history(): readonly Sample[] {
    return [...this.#history]
  }

  failures(): Incident[] {
    return [...this.#failures]
  }

  subscribe(listener: (sample: Sample) => void): Disposable {
    this.#listeners.add(listener)
    return { [Symbol.dispose]: () => void this.#listeners.delete(listener) }
  }

  /** Takes one sample. */
  async sample(): Promise<void> {
    const figures = await this.#options.server.figures()
    const at = this.#now()
    const before = this.#totals
    this.#totals = { at, sent: figures.sent, received: figures.received }
    const seconds = before ? Math.max((at - before.at) / SECOND_MS, 0.001) : 1
    const rate = (total: number, last: number) => Math.max(0, Math.round((total - last) / seconds))
    const sample: Sample = {
      at,
      sessions: figures.sessions,
      transfers: figures.transfers,
      sent: before ? rate(figures.sent, before.sent) : 0,
      received: before ? rate(figures.received, before.received) : 0,
    }
    this.#history.push(sample)
    if (this.#history.length > HISTORY) this.#history.shift()
    for (const listener of this.#listeners) listener(sample)
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer)
    this.#listeners.clear()
  }
}
