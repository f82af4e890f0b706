import type { JsonValue } from './json.ts'
import type { Actor, Documents, Page } from './store.ts'

/** Documents with a sealed value beside them. The secrets are in the clear here and encrypted at rest. */
export interface SecretDocuments extends Documents {
  /** Absent when there are none. */
  secrets(name: string): Promise<Readonly<Record<string, string>> | undefined>
  /** Takes the place of all there were; empty removes them. @throws {StoreError} `STORE_MISSING` */
  setSecrets(name: string, secrets: Readonly<Record<string, string>>, actor: Actor): Promise<void>
}

export type RunState = 'waiting' | 'running' | 'retrying' | 'succeeded' | 'failed' | 'cancelled'

/** Why a run is there. */
export interface RunCause {
  readonly kind: 'schedule' | 'arrival' | 'watch' | 'run-ended' | 'data-failed' | 'request' | 'again'
  /** The sentence that people read. */
  readonly text: string
  /** Properties for conditions and placeholders, such as `file.path`. */
  readonly properties: Readonly<Record<string, string | number>>
}

/** One run of a transfer. */
export interface RunRow {
  readonly id: string
  readonly transfer: string
  /** The sites that it uses; a site's bound of sessions holds over all its runs. */
  readonly sites: readonly string[]
  readonly state: RunState
  readonly cause: RunCause
  /** The transfer as it was when the run was made, so that a change of it does not reach into a run. */
  readonly definition: JsonValue
  readonly createdAt: number
  /** When it may begin, or begin again. */
  readonly dueAt: number
  readonly startedAt?: number
  readonly endedAt?: number
  /** Counts from 1 once it has begun. */
  readonly attempt: number
  /** The node that has it, and until when unless it says that it lives. */
  readonly lease?: { readonly node: string; readonly until: number }
  readonly cancelAsked: boolean
  readonly error?: { readonly code: string; readonly text: string }
  readonly files: number
  readonly filesDone: number
  readonly bytes: number
  readonly bytesTotal: number
  /** What the engine has to know to go on where a run was left: the step it is at, and what it has done. */
  readonly progress: JsonValue
}

/** A run that is to be made. */
export interface NewRun {
  readonly transfer: string
  readonly sites: readonly string[]
  readonly cause: RunCause
  readonly definition: JsonValue
  readonly dueAt: number
  /**
   * What makes it one of a kind, such as a time of a schedule or a version of a file: a second run of the same transfer and
   * occurrence is not made, also when the first is long over.
   */
  readonly occurrence?: string
  /** No two runs with the same text are leased at once: one file, one delivery. */
  readonly exclusive?: string
}

/** A file of a run. `key` is unique in the run. */
export interface RunFile {
  readonly key: string
  readonly source: string
  readonly target: string
  /** Where its bytes are until it is whole. */
  readonly temporary?: string
  readonly state: 'waiting' | 'moving' | 'moved' | 'verified' | 'published' | 'done' | 'skipped' | 'failed'
  readonly bytes: number
  readonly size: number
  /** What the source was when it was begun with: size, time; another one is another file. */
  readonly version?: string
  readonly checksum?: string
  readonly mode?: string
  readonly local?: string
  readonly remote?: string
  readonly because?: string
  readonly attempts: number
  readonly error?: string
}

/** A line of a run's timeline. */
export interface RunEvent {
  readonly id: string
  readonly at: number
  readonly kind: string
  readonly text: string
  readonly detail: JsonValue
}

/** What a node says of a run that it has. Fields that are absent stay. */
export interface RunChange {
  readonly state?: RunState
  readonly attempt?: number
  readonly dueAt?: number
  readonly startedAt?: number
  readonly endedAt?: number
  readonly error?: { readonly code: string; readonly text: string } | null
  readonly files?: number
  readonly filesDone?: number
  readonly bytes?: number
  readonly bytesTotal?: number
  readonly progress?: JsonValue
  /**
   * Gives the run back: a state that is not `running` always does. Without a state it waits again. A run that is to be
   * cancelled does not wait again but is cancelled.
   */
  readonly release?: boolean
}

/** Which runs. */
export interface RunAsk {
  /** From 1 to 500. */
  readonly limit: number
  /** `next` of the page before. */
  readonly before?: string
  readonly transfer?: string
  readonly site?: string
  readonly state?: RunState
  /** Made from then on, until then. */
  readonly from?: number
  readonly to?: number
}

/** The runs of all nodes: a queue, and what became of them. */
export interface Runs {
  /** Makes runs in one transaction; answers those that were made. Those whose occurrence is known are left out. */
  enqueue(runs: readonly NewRun[], now: number): Promise<readonly RunRow[]>
  /**
   * Takes runs that are due, or whose lease has run out, oldest first; on PostgreSQL with `FOR UPDATE SKIP LOCKED`. Never more
   * than a site allows at once over all nodes, never two with one `exclusive`; a run whose lease has run out keeps its
   * place until it is taken over. Changes nothing but the state and the lease: `attempt` and `startedAt` are the node's
   * to save.
   * @param ask.perSite - most runs at once by site; sites that are not named: 2
   */
  lease(ask: {
    node: string
    now: number
    until: number
    limit: number
    perSite: Readonly<Record<string, number>>
  }): Promise<readonly RunRow[]>
  /**
   * Ends all leases, so that what was held is taken up at once. For a node that knows that nobody else has the store: whoever
   * held them is dead. Answers how many there were.
   */
  endLeases(now: number): Promise<number>
  /** Prolongs leases that have not run out. Answers those that this node still has, and whether they are to be cancelled. */
  renew(
    ids: readonly string[],
    lease: { node: string; until: number; now: number },
  ): Promise<readonly { readonly id: string; readonly cancelAsked: boolean }[]>
  /** Writes what a node says of its run; false when it has the run no more: then it stops at once. Files and events in the same transaction. */
  save(
    id: string,
    node: string,
    change: RunChange & { fileRows?: readonly RunFile[]; events?: readonly Omit<RunEvent, 'id'>[] },
  ): Promise<boolean>
  /** Several at once, in one transaction; answers the ids of which everything was written. For many small runs. */
  saveAll(
    node: string,
    changes: readonly ({ id: string } & RunChange & {
        fileRows?: readonly RunFile[]
        events?: readonly Omit<RunEvent, 'id'>[]
      })[],
  ): Promise<readonly string[]>
  get(id: string): Promise<RunRow | undefined>
  files(id: string, ask: { offset: number; limit: number }): Promise<Page<RunFile>>
  file(id: string, key: string): Promise<RunFile | undefined>
  /** Oldest first. */
  events(id: string, ask: { after?: string; limit: number }): Promise<readonly RunEvent[]>
  /** Newest first, by keyset. */
  list(ask: RunAsk): Promise<{ readonly items: readonly RunRow[]; readonly next?: string }>
  /** How many in each state; those that are over, of the time since `from`. */
  counts(from: number): Promise<Readonly<Record<RunState, number>>>
  /** Asks for a cancel; a run that nobody has is cancelled at once. False when it is over. */
  cancel(id: string, now: number): Promise<boolean>
  /** When the next run of those that wait is due; undefined when none waits. */
  nextDue(): Promise<number | undefined>
  /** Removes runs that are over and old, in small transactions. Occurrences are kept for `age` longer. Answers how many runs. */
  prune(retention: { age: number; rows: number }, now: number): Promise<number>
}

/** What was fetched from partners, so that it is not fetched again. */
export interface Fetched {
  /** Which of these are known already. Keys are of one transfer. */
  known(transfer: string, keys: readonly string[]): Promise<ReadonlySet<string>>
  add(transfer: string, keys: readonly string[], at: number): Promise<void>
  forget(transfer: string): Promise<number>
}

/** Up to where the times of schedules were looked at. */
export interface ScheduleMarks {
  all(): Promise<ReadonlyMap<string, number>>
  set(transfer: string, at: number): Promise<void>
  remove(transfer: string): Promise<void>
}

/** Server-initiated transfers, in the store. */
export interface TransferTables {
  readonly zones: SecretDocuments
  readonly sites: SecretDocuments
  readonly definitions: Documents
  readonly runs: Runs
  readonly fetched: Fetched
  readonly schedules: ScheduleMarks
}
