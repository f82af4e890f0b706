import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'

/** Most lines that are kept; the oldest go first. */
const MAX_LINES = 100_000
/** Lines that a failure message shows. */
const TAIL_LINES = 30

/** A line of the server's JSON log. Which other fields there are depends on `event`. */
export interface LogLine {
  readonly event?: string
  readonly msg?: string
  readonly [field: string]: unknown
}

/** What a server says on standard error, as it says it. */
export class ServerLog {
  readonly #lines: LogLine[] = []
  readonly #texts: string[] = []
  readonly #watchers = new Set<(line: LogLine) => void>()
  /** Resolves when the server has closed its standard error. */
  readonly ended: Promise<void>

  constructor(stream: Readable) {
    const reader = createInterface({ input: stream, crlfDelay: Infinity })
    reader.on('line', text => this.#take(text))
    this.ended = new Promise(resolve => reader.once('close', resolve))
  }

  /** Lines that are JSON, oldest first. */
  get lines(): readonly LogLine[] {
    return this.#lines
  }

  /** The last lines as they came, for a failure message. */
  tail(count = TAIL_LINES): string {
    return this.#texts.slice(-count).join('\n')
  }

  /**
   * The first line that fits, among those that came and those that will.
   * @param limitMs - bound of the wait in milliseconds, default 5,000
   */
  async wait(fits: (line: LogLine) => boolean, limitMs = 5_000): Promise<LogLine> {
    const there = this.#lines.find(fits)
    if (there) return there
    const { promise, resolve, reject } = Promise.withResolvers<LogLine>()
    const watch = (line: LogLine) => {
      if (fits(line)) resolve(line)
    }
    const timer = setTimeout(() => {
      reject(new Error(`no such line in the server's log within ${limitMs} ms\n${this.tail()}`))
    }, limitMs)
    this.#watchers.add(watch)
    try {
      return await promise
    } finally {
      clearTimeout(timer)
      this.#watchers.delete(watch)
    }
  }

  #take(text: string): void {
    this.#texts.push(text)
    if (this.#texts.length > TAIL_LINES * 10) this.#texts.splice(0, TAIL_LINES * 5)
    const line = parseLine(text)
    if (!line) return
    this.#lines.push(line)
    if (this.#lines.length > MAX_LINES) this.#lines.splice(0, MAX_LINES / 10)
    for (const watch of this.#watchers) watch(line)
  }
}

function parseLine(text: string): LogLine | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return isRecord(value) ? value : undefined
  } catch {
    return undefined
  }
}

const isRecord = (value: unknown): value is LogLine => typeof value === 'object' && value !== null
