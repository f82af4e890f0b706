import { setTimeout as sleep } from 'node:timers/promises'
import type { AccessStreamRow, Store } from '@portolan/store'
import { STATUS } from '../codes.ts'
import type { StreamReport } from '../control/messages.ts'

/** Rows wait this long for company, in milliseconds. */
const FLUSH_MS = 500
const BATCH = 500
/** Rows that wait while the database cannot be reached; beyond it the oldest go, those that are not over first. */
const MAX_WAITING = 50_000
/** First and longest wait before a write is tried again, in milliseconds. */
const RETRY_MS = 1_000
const RETRY_CEILING_MS = 30_000

type Row = Omit<AccessStreamRow, 'id'>

/** What a stream's row is closed with when its edge does not tell of it any more. */
export const LOST = { code: 'EDG_LOST', text: STATUS.EDG_LOST } as const

export interface StreamLogOptions {
  readonly store: Pick<Store, 'access'>
  /** Told once when rows cannot be written, and once when they can again. */
  warn(text: string): void
}

/** Writes streams into the log of the access path. Of each only the newest state waits; nobody waits for the database. */
export class StreamLog implements AsyncDisposable {
  readonly #options: StreamLogOptions
  readonly #waiting = new Map<string, Row>()
  #dropped = 0
  #failing = false
  #retryMs = RETRY_MS
  #timer: NodeJS.Timeout | undefined
  #writing: Promise<boolean> | undefined
  #closed = false

  constructor(options: StreamLogOptions) {
    this.#options = options
  }

  /** @param edge - the id of the edge that told */
  take(edge: string, reports: readonly StreamReport[]): void {
    for (const report of reports) this.#put(rowOf(edge, report))
    this.#plan(FLUSH_MS)
  }

  /** Closes streams whose edge does not know them any more. */
  takeLost(rows: readonly Omit<AccessStreamRow, 'id'>[], at: number): void {
    for (const row of rows) this.#put(closedRow(row, at))
    this.#plan(FLUSH_MS)
  }

  /** Writes what waits; false when the database could not be reached and it waits still. Never rejects. */
  flush(): Promise<boolean> {
    this.#writing ??= this.#write().finally(() => {
      this.#writing = undefined
    })
    return this.#writing
  }

  /** Waits until what waits now is written. @param signal - gives up */
  async flushed(signal: AbortSignal): Promise<boolean> {
    for (let wait = RETRY_MS; !signal.aborted; wait = Math.min(wait * 2, RETRY_CEILING_MS)) {
      // What was put while a write was on its way is not part of it.
      if ((await this.flush()) && (await this.flush())) return true
      await sleep(wait, undefined, { signal, ref: false }).catch(() => {})
    }
    return false
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true
    clearTimeout(this.#timer)
    await this.flush()
    await this.flush()
    clearTimeout(this.#timer)
  }

  #put(row: Row): void {
    const known = this.#waiting.get(row.connection)
    if (known && isOver(known)) return
    this.#waiting.set(row.connection, row)
    if (this.#waiting.size > MAX_WAITING) this.#drop()
  }

  /** Rows that are over are worth more: without them a stream that has ended stands open in the log. */
  #drop(): void {
    let victim: string | undefined
    let looked = 0
    for (const [connection, row] of this.#waiting) {
      victim ??= connection
      if (!isOver(row)) {
        victim = connection
        break
      }
      if (++looked === 1_000) break
    }
    if (victim === undefined) return
    this.#waiting.delete(victim)
    this.#dropped++
  }

  #plan(ms: number): void {
    if (this.#closed || this.#waiting.size === 0) return
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined
      void this.flush()
    }, ms)
    this.#timer.unref()
  }

  async #write(): Promise<boolean> {
    try {
      while (this.#waiting.size > 0) {
        const batch = [...this.#waiting.values()].slice(0, BATCH)
        await this.#options.store.access.streams.save(batch)
        for (const row of batch)
          if (this.#waiting.get(row.connection) === row) this.#waiting.delete(row.connection)
      }
      this.#recovered()
    } catch (error) {
      this.#failed(error)
    }
    this.#plan(this.#failing ? this.#retryMs : FLUSH_MS)
    return !this.#failing
  }

  #failed(error: unknown): void {
    const text = error instanceof Error ? error.message : String(error)
    if (!this.#failing) this.#options.warn(`The access log cannot be written: ${text}; rows wait in memory.`)
    else this.#retryMs = Math.min(this.#retryMs * 2, RETRY_CEILING_MS)
    this.#failing = true
  }

  #recovered(): void {
    if (!this.#failing) return
    const lost =
      this.#dropped === 0
        ? 'no row was lost'
        : `${this.#dropped} ${this.#dropped === 1 ? 'row was' : 'rows were'} lost`
    this.#options.warn(`The access log is written again: ${lost}.`)
    this.#failing = false
    this.#retryMs = RETRY_MS
    this.#dropped = 0
  }
}

export const isOver = ({ status }: Pick<Row, 'status'>): boolean => status === 'close' || status === 'refused'

function rowOf(edge: string, report: StreamReport): Row {
  const {
    ConnectionStatus: status,
    TimestampConnectionStart: startedAt,
    TimestampConnectionEnd: end,
  } = report
  return {
    connection: report.ConnectionID,
    session: report.SessionID,
    edge,
    user: report.Username,
    segment: report.Application,
    connector: report.Connector,
    server: `${report.Host}:${report.ServicePort}`,
    status,
    code: report.InternalReason,
    startedAt,
    ...(isOver({ status }) && { endedAt: end > 0 ? end : startedAt }),
    document: report,
  }
}

function closedRow(row: Row, at: number): Row {
  const document =
    typeof row.document === 'object' && row.document !== null
      ? {
          ...row.document,
          ConnectionStatus: 'close',
          InternalReason: LOST.code,
          Text: LOST.text,
          TimestampConnectionEnd: at,
        }
      : row.document
  return { ...row, status: 'close', code: LOST.code, endedAt: at, document }
}
