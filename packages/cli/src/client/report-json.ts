import { RateMeter } from './rate-meter.ts'
import type { Report, ReportEvent } from './report.ts'

/** Programs want to know that it goes on, not every chunk. In milliseconds. */
const PROGRESS_EVERY_MS = 500

/** Every event as one JSON object on a line. */
export class JsonReport implements Report {
  readonly #write: (line: string) => void
  readonly #now: () => number
  readonly #running = new Map<number, { readonly meter: RateMeter; last: number }>()

  /** @param now - milliseconds of a clock that never goes back */
  constructor(write: (line: string) => void, now: () => number = () => performance.now()) {
    this.#write = write
    this.#now = now
  }

  take(event: ReportEvent): void {
    if (event.event === 'start') this.#running.set(event.task, { meter: new RateMeter(), last: this.#now() })
    if (event.event !== 'progress') {
      if (event.event === 'done' || event.event === 'stopped') this.#running.delete(event.task)
      this.#write(JSON.stringify(event))
      return
    }
    const now = this.#now()
    const running = this.#running.get(event.task)
    running?.meter.push(event.bytes, now)
    if (!running || now - running.last < PROGRESS_EVERY_MS) return
    running.last = now
    const rate = running.meter.rate(now)
    this.#write(JSON.stringify({ ...event, ...(rate !== undefined && { rate: Math.round(rate) }) }))
  }

  close(): void {}
}
