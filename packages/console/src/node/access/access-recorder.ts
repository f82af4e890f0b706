import type { ControllerEvent } from '@portolan/gateway'
import type { AuditRow, IncidentRow, Store } from '@portolan/store'
import { ActiveRefusals } from './active-refusals.ts'

/** Rows wait this long for company, in milliseconds. */
const FLUSH_MS = 500
/** Rows of one write. */
const BATCH = 500
/** Rows that wait while the database cannot be reached; beyond it the newest are not kept, and counted. */
const MAX_WAITING = 5_000
/** First and longest wait before a write is tried again, in milliseconds. */
const RETRY_MS = 1_000
const RETRY_CEILING_MS = 30_000

/** What the recorder takes from outside. */
export interface AccessRecorderOptions {
  readonly store: Pick<Store, 'audit' | 'incidents'>
  readonly node: string
  warn(text: string): void
  readonly now?: () => number
}

type Audit = Omit<AuditRow, 'id'>
type Incident = Omit<IncidentRow, 'id'>

/**
 * Writes who came to the access path, and who was refused, into the audit log and the incidents; and every PORT and EPRT that was
 * refused. It holds nobody up: rows wait in memory, bounded.
 */
export class AccessRecorder implements AsyncDisposable {
  readonly #options: AccessRecorderOptions
  readonly #now: () => number
  readonly #active: ActiveRefusals
  readonly #audit: Audit[] = []
  readonly #incidents: Incident[] = []
  #dropped = 0
  #retryMs = RETRY_MS
  #isFailing = false
  #timer: NodeJS.Timeout | undefined
  #writing: Promise<void> | undefined
  #closed = false

  constructor(options: AccessRecorderOptions) {
    this.#options = options
    this.#now = options.now ?? Date.now
    this.#active = new ActiveRefusals(this.#now())
  }

  /** Takes an event; kinds that are not kept are passed over. */
  take(event: ControllerEvent): void {
    const at = this.#now()
    this.#keep(this.#audit, auditOf(event, at, this.#options.node))
    this.#keep(this.#incidents, incidentOf(event, at, this.#options.node))
    if (event.type === 'streams') {
      const refused = event.streams.flatMap(report => this.#active.newOnes(report))
      for (const { report, at: when, text } of refused) {
        const { Username, Host, ServicePort, ClientPublicIP, Application, SessionID } = report
        this.#keep(this.#audit, {
          at: when,
          node: this.#options.node,
          actor: `user:${Username}`,
          address: ClientPublicIP,
          action: 'access.active-mode',
          target: `${Host}:${ServicePort}`,
          before: null,
          after: { segment: Application, session: SessionID },
          outcome: 'refused',
          text,
        })
      }
    }
    if (this.#audit.length + this.#incidents.length > 0) this.#plan(FLUSH_MS)
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
  }

  #keep<T>(rows: T[], row: T | undefined): void {
    if (row === undefined) return
    if (rows.length < MAX_WAITING) rows.push(row)
    else this.#dropped++
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
    const { audit, incidents } = this.#options.store
    try {
      await drain(this.#audit, rows => audit.append(rows))
      await drain(this.#incidents, rows => incidents.append(rows))
      this.#recovered()
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error)
      if (!this.#isFailing)
        this.#options.warn(`access: the logs cannot be written: ${text}; rows wait in memory`)
      this.#isFailing = true
      this.#plan(this.#retryMs)
      this.#retryMs = Math.min(this.#retryMs * 2, RETRY_CEILING_MS)
    }
  }

  #recovered(): void {
    if (this.#dropped > 0)
      this.#options.warn(`access: ${this.#dropped} rows of the logs were lost: too many at once`)
    this.#dropped = 0
    this.#isFailing = false
    this.#retryMs = RETRY_MS
  }
}

/** Rows are only ever added at the end: what was written is at the front. */
async function drain<T>(rows: T[], append: (batch: readonly T[]) => Promise<void>): Promise<void> {
  while (rows.length > 0) {
    const batch = rows.slice(0, BATCH)
    await append(batch)
    rows.splice(0, batch.length)
  }
}

const AUDITED = {
  enrolled: ['access.enrol', 'done'],
  'enrol-refused': ['access.enrol', 'refused'],
  'signed-in': ['access.sign-in', 'done'],
  'sign-in-refused': ['access.sign-in', 'refused'],
} as const

function auditOf(event: ControllerEvent, at: number, node: string): Audit | undefined {
  switch (event.type) {
    case 'enrolled':
    case 'enrol-refused':
    case 'signed-in':
    case 'sign-in-refused': {
      const [action, outcome] = AUDITED[event.type]
      const { who, address, text } = event
      const isUser = action === 'access.sign-in'
      const actor = isUser ? `user:${who}` : who
      return { at, node, actor, address, action, target: who, before: null, after: null, outcome, text }
    }
    default:
      return undefined
  }
}

function incidentOf(event: ControllerEvent, at: number, node: string): Incident | undefined {
  const row = { at, node, session: '', user: '', address: '', detail: null }
  switch (event.type) {
    case 'sign-in-refused': {
      const { who: user, address, text } = event
      return { ...row, kind: 'access-refused', code: 'GATEWAY_SIGN_IN_REFUSED', text, user, address }
    }
    case 'enrol-refused': {
      const { address, text } = event
      return { ...row, kind: 'access-refused', code: 'GATEWAY_ENROL_REFUSED', text, address }
    }
    case 'edge-lost':
      return {
        ...row,
        kind: 'access-lost',
        code: 'EDG_LOST',
        text: `the edge ${event.edge} is lost`,
        address: event.address,
      }
    case 'warning':
      return { ...row, kind: 'warning', code: event.code, text: event.text }
    default:
      return undefined
  }
}
