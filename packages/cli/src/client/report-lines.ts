import type { Report, ReportEvent } from './report.ts'
import { textOf } from './report-text.ts'

/** One line for what was done, on standard error; with `quiet`, for what failed alone. */
export class LineReport implements Report {
  readonly #write: (line: string) => void
  readonly #quiet: boolean

  constructor(write: (line: string) => void, quiet: boolean) {
    this.#write = write
    this.#quiet = quiet
  }

  take(event: ReportEvent): void {
    if (this.#quiet && event.event !== 'failed') return
    const text = textOf(event)
    if (text !== undefined) this.#write(text)
  }

  close(): void {}
}
