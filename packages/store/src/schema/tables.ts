import type { Generated } from 'kysely'

/** The tables that the code reads and writes by name. Times are milliseconds since 1970, flags 0 or 1, documents JSON text. */
export interface Tables {
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
