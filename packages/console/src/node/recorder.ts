import type { ServerEvent } from '@portolan/server'
import type { IncidentRow, JsonValue, Store, TransferRow } from '@portolan/store'

/** Rows wait this long for company, in milliseconds. */
const FLUSH_MS = 500
/** Rows of one write. */
const BATCH = 500
/** Rows that wait while the database cannot be reached; beyond it the oldest are dropped, and counted. */
const MAX_WAITING = 20_000
/** First and longest wait before a write is tried again, in milliseconds. */
const RETRY_MS = 1_000
const RETRY_CEILING_MS = 30_000

/** What the recorder takes from outside. */
export interface RecorderOptions {
  readonly store: Pick<Store, 'transfers' | 'incidents' | 'users' | 'bans'>
  readonly node: string
  /** Told once when rows cannot be written, and once when they can again. */
  warn(text: string): void
  readonly now?: () => number
}

/** A row, before the log has numbered it. */
type Transfer = Omit<TransferRow, 'id'>
type Incident = Omit<IncidentRow, 'id'>

/**
 * Writes what happens in a server into the logs of the store: transfers, incidents, last logins, bans. It never holds the
 * server up: rows wait in memory, bounded, and are written in batches.
 */
export class Recorder implements AsyncDisposable {
  readonly #options: RecorderOptions
  readonly #now: () => number
  #transfers: Transfer[] = []
  #incidents: Incident[] = []
  readonly #logins = new Map<string, { at: number; from: string }>()
  readonly #bans: { kind: 'address' | 'user'; value: string; until: number; text: string; at: number }[] = []
  #dropped = 0
  #failing = false
  #retryMs = RETRY_MS
  #timer: NodeJS.Timeout | undefined
  #writing: Promise<void> | undefined
  #closed = false

  constructor(options: RecorderOptions) {
    this.#options = options
    this.#now = options.now ?? Date.now
  }

  /** Takes an event; kinds that are not kept are passed over. */
  take(event: ServerEvent): void {
    const at = this.#now()
    if (event.type === 'transfer-ended') this.#transfers.push(transferOf(event, at, this.#options.node))
    if (event.type === 'login' && event.user !== undefined)
      this.#logins.set(event.user, { at, from: event.address })
    if (event.type === 'banned') this.#bans.push({ ...event, at })
    const incident = incidentOf(event, at, this.#options.node)
    if (incident) this.#incidents.push(incident)
    this.#bound()
    this.#plan(FLUSH_MS)
  }

  /** Writes what waits. Never rejects: what cannot be written stays. */
  async flush(): Promise<void> {
    this.#writing ??= this.#write().finally(() => {
      this.#writing = undefined
    })
    await this.#writing
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true
    clearTimeout(this.#timer)
    await this.flush()
    await this.flush()
    clearTimeout(this.#timer)
  }

  #plan(ms: number): void {
    if (this.#closed) return
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined
      void this.flush()
    }, ms)
    this.#timer.unref()
  }

  async #write(): Promise<void> {
    const { store } = this.#options
    try {
      while (this.#transfers.length > 0) {
        const batch = this.#transfers.slice(0, BATCH)
        await store.transfers.append(batch)
        // Rows may have been dropped from the front meanwhile: what was written is known by identity.
        this.#transfers = without(this.#transfers, batch)
      }
      while (this.#incidents.length > 0) {
        const batch = this.#incidents.slice(0, BATCH)
        await store.incidents.append(batch)
        this.#incidents = without(this.#incidents, batch)
      }
      for (const [name, login] of [...this.#logins]) {
        await store.users.loggedIn(name, login)
        if (this.#logins.get(name) === login) this.#logins.delete(name)
      }
      for (let ban = this.#bans[0]; ban !== undefined; ban = this.#bans[0]) {
        const { kind, value, until, text, at } = ban
        await store.bans.put({ kind, value, until, reason: text, by: 'portolan', at })
        this.#bans.shift()
      }
      this.#recovered()
    } catch (error) {
      this.#failed(error)
    }
    if (this.#waiting > 0) this.#plan(this.#failing ? this.#retryMs : FLUSH_MS)
  }

  get #waiting(): number {
    return this.#transfers.length + this.#incidents.length + this.#logins.size + this.#bans.length
  }

  #failed(error: unknown): void {
    const text = error instanceof Error ? error.message : String(error)
    if (!this.#failing) this.#options.warn(`the logs cannot be written: ${text}; rows wait in memory`)
    else this.#retryMs = Math.min(this.#retryMs * 2, RETRY_CEILING_MS)
    this.#failing = true
  }

  #recovered(): void {
    if (!this.#failing) return
    const lost = this.#dropped === 0 ? 'no row was lost' : `${this.#dropped} rows were lost`
    this.#options.warn(`the logs are written again: ${lost}`)
    this.#failing = false
    this.#retryMs = RETRY_MS
    this.#dropped = 0
  }

  #bound(): void {
    while (this.#transfers.length > MAX_WAITING) this.#drop(this.#transfers)
    while (this.#incidents.length > MAX_WAITING) this.#drop(this.#incidents)
    while (this.#bans.length > MAX_WAITING) this.#drop(this.#bans)
    for (const [oldest] of this.#logins) {
      if (this.#logins.size <= MAX_WAITING) break
      this.#logins.delete(oldest)
    }
  }

  #drop(rows: unknown[]): void {
    rows.shift()
    this.#dropped++
  }
}

function without<T>(rows: T[], batch: readonly T[]): T[] {
  const written = new Set(batch)
  return rows.filter(row => !written.has(row))
}

/** A transfer that has ended, as a row of the log. */
export function transferOf(
  event: Extract<ServerEvent, { type: 'transfer-ended' }>,
  at: number,
  node: string,
): Transfer {
  return {
    at,
    node,
    session: event.session,
    user: event.user ?? '',
    address: event.address,
    command: event.command,
    path: event.path,
    direction: event.direction,
    mode: event.mode,
    local: event.local,
    remote: event.remote,
    because: event.because.text,
    tls: event.tls ? `${event.tls.protocol}${event.tls.reused ? ', session resumed' : ''}` : '',
    bytes: event.bytes,
    ms: Math.round(event.ms),
    verdict: event.verdict,
    reply: event.reply,
    text: event.text ?? '',
  }
}

/** What went wrong, as a row of the log of incidents; undefined for what went well. */
export function incidentOf(event: ServerEvent, at: number, node: string): Incident | undefined {
  const row = (code: string, text: string, detail: JsonValue = {}): Incident => ({
    at,
    node,
    kind: event.type,
    code,
    text,
    session: 'session' in event ? (event.session ?? '') : '',
    user: 'user' in event ? (event.user ?? '') : '',
    address: 'address' in event ? (event.address ?? '') : '',
    detail,
  })
  switch (event.type) {
    case 'login-failed':
    case 'refused':
      return row(event.code, event.text)
    case 'warning':
      return row(event.code, event.text)
    case 'banned':
      return row('banned', event.text, { until: event.until })
    case 'tls-failed':
      return row('tls', event.text)
    case 'worker-lost':
      return row('worker', event.text, { worker: event.worker, pid: event.pid, sessions: event.sessions })
    case 'data-failed': {
      const { type: _type, session: _session, user: _user, address: _address, text: _text, ...detail } = event
      return row(event.code, event.text, detail as unknown as JsonValue)
    }
    case 'transfer-ended':
      if (event.verdict === 'complete' || event.verdict === 'refused') return undefined
      return row(event.verdict, event.text ?? `the transfer ended ${event.verdict}`, {
        command: event.command,
        path: event.path,
        mode: event.mode,
        local: event.local,
        remote: event.remote,
        bytes: event.bytes,
        because: event.because.text,
      })
    default:
      return undefined
  }
}
