import type { Generated } from 'kysely'
import type { AccessColumns } from './access-columns.ts'

/** The tables that the code reads and writes by name. Times are milliseconds since 1970, flags 0 or 1, documents JSON text. */
export interface Tables extends AccessColumns {
  meta: { name: string; value: string }
  settings_versions: {
    version: number
    document: string
    at: number
    by: string
    comment: string | null
  }
  users: UserColumns
  groups: DocumentColumns
  administrators: {
    name: string
    role: string
    enabled: number
    password: string
    /** Sealed. */
    totp_secret: string | null
    totp_step: number | null
    /** JSON array of hashes. */
    recovery_codes: string
    created_at: number
    last_login_at: number | null
  }
  tokens: {
    id: string
    hash: string
    name: string
    folded: string
    /** JSON array. */
    scopes: string
    created_by: string
    created_at: number
    expires_at: number | null
    last_used_at: number | null
  }
  web_sessions: {
    id: string
    hash: string
    kind: string
    name: string
    created_at: number
    expires_at: number
    last_seen_at: number
    address: string
    user_agent: string
  }
  bans: {
    id: string
    kind: string
    value: string
    folded: string
    reason: string
    by: string
    at: number
    until: number | null
  }
  certificates: {
    name: string
    chain: string
    /** Sealed. */
    key: string
    at: number
    by: string
  }
  zones: SecretDocumentColumns
  sites: SecretDocumentColumns
  definitions: DocumentColumns
  runs: RunColumns
  /** `body`: the file as JSON. `key` is short enough for an index; the whole one is in the body. */
  run_files: { run: string; key: string; body: string }
  /** Numbered from 1 in each run. */
  run_events: { run: string; number: number; at: number; kind: string; text: string; detail: string }
  /** `gone_at`: when its run was pruned. */
  occurrences: { transfer: string; occurrence: string; gone_at: number | null }
  fetched: { transfer: string; key: string; at: number }
  schedule_marks: { transfer: string; at: number }
  /** What the change feed tells to other nodes and commands. */
  changes: { id: Generated<number>; at: number; origin: string; topic: string; key: string | null }
  /** Combinations of the texts of log rows that are few, so that a filter by them is a filter by number. */
  log_kinds: { id: Generated<number>; log: string; first: string; second: string; third: string }
}

/** Columns of a named document. `folded` is the name for searching and sorting without regard to case. */
export interface DocumentColumns {
  name: string
  folded: string
  document: string
  created_at: number
  changed_at: number
  changed_by: string
  revision: number
}

/** Columns of a user. */
export interface UserColumns extends DocumentColumns {
  password: string | null
  enabled: number
  /** JSON array of names. */
  groups: string
  last_login_at: number | null
  last_login_from: string | null
}

/** Columns of a document with secrets. */
export interface SecretDocumentColumns extends DocumentColumns {
  /** Sealed JSON object. */
  secrets: string | null
}

/** Columns of a run. */
export interface RunColumns {
  /** Begins with its time: see `runs/ids.ts`. */
  id: string
  transfer: string
  /** JSON array. */
  sites: string
  /** Runs of the same sites wait in one lane. */
  lane: string
  state: string
  cause: string
  definition: string
  occurrence: string | null
  exclusive: string | null
  created_at: number
  due_at: number
  started_at: number | null
  /** When it was over; null until then. */
  ended_at: number | null
  attempt: number
  lease_node: string | null
  lease_until: number | null
  cancel_asked: number
  /** JSON object. */
  error: string | null
  files: number
  files_done: number
  bytes: number
  bytes_total: number
  progress: string
  /** How many events it has. */
  events: number
}
