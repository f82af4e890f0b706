import type { JsonValue } from './json.ts'
import type { AccessTables } from './store-access.ts'
import type { ChangeFeed } from './store-changes.ts'
import type { TransferTables } from './store-runs.ts'

/**
 * Durable state of a node, or of several nodes on one PostgreSQL. Knows rows and documents; what a user or a setting is,
 * its callers know.
 *
 * Every method rejects with {@link StoreError}; `STORE_UNAVAILABLE` means that the database could not be reached within
 * its bound, and that the same call may succeed later.
 */
export interface Store extends AsyncDisposable {
  readonly kind: 'sqlite' | 'postgres'
  readonly settings: SettingsVersions
  readonly users: Users
  readonly groups: Documents
  readonly administrators: Administrators
  readonly tokens: Tokens
  readonly webSessions: WebSessions
  readonly bans: Bans
  readonly certificates: Certificates
  readonly transfers: TransferLog
  readonly incidents: IncidentLog
  readonly audit: AuditLog
  /** Transfers that this server begins. {@link Store.transfers} is the log of those that clients began. */
  readonly initiated: TransferTables
  /** The zero-trust access path. */
  readonly access: AccessTables
  readonly changes: ChangeFeed
  /** Resolves when the database answers. @throws {StoreError} `STORE_UNAVAILABLE` */
  ping(): Promise<void>
}

/** A page of a collection that is small enough to be counted. */
export interface Page<T> {
  readonly items: readonly T[]
  readonly total: number
}

/** Which page of a collection. */
export interface PageAsk<Sort extends string> {
  /** From 0. */
  readonly offset: number
  /** From 1 to 500. */
  readonly limit: number
  readonly sort?: Sort
  readonly descending?: boolean
  /** Text that the name (or what the collection says) contains, without regard to case. */
  readonly search?: string
}

/** A page of a log, newest first; logs are not counted. */
export interface LogPage<T> {
  readonly items: readonly T[]
  /** What to pass as `before` for the next page; absent on the last one. */
  readonly next?: string
}

/** Which rows of a log. Times are milliseconds since 1970. */
export interface LogAsk {
  /** From 1 to 500. */
  readonly limit: number
  /** `next` of the page before. */
  readonly before?: string
  readonly from?: number
  readonly to?: number
  /** Text that one of the row's texts contains, without regard to case. */
  readonly search?: string
}

/** How long log rows are kept. */
export interface Retention {
  /** Milliseconds. */
  readonly age: number
  readonly rows: number
}

/** Who changed something, for the row that says so. */
export interface Actor {
  /** `alice`, `token:ci`, `portolan config set`. */
  readonly by: string
}

/** One saved state of the settings: a sparse tree that lies over the file's. */
export interface SettingsVersion {
  readonly version: number
  readonly document: JsonValue
  readonly at: number
  readonly by: string
  readonly comment?: string
}

export interface SettingsVersions {
  /** The newest version; undefined before the first. */
  current(): Promise<SettingsVersion | undefined>
  get(version: number): Promise<SettingsVersion | undefined>
  /** Newest first. */
  list(ask: { limit: number; before?: number }): Promise<readonly SettingsVersion[]>
  /**
   * Saves the next version.
   * @param change.base - the version that was looked at, 0 when there was none
   * @throws {StoreError} `STORE_CONFLICT` when another one came between
   */
  save(change: { base: number; document: JsonValue; comment?: string } & Actor): Promise<SettingsVersion>
}

/** A named document. */
export interface Document {
  readonly name: string
  readonly document: JsonValue
  readonly createdAt: number
  readonly changedAt: number
  readonly changedBy: string
  /** Counts from 1; for {@link Documents.replace}. */
  readonly revision: number
}

export interface Documents {
  get(name: string): Promise<Document | undefined>
  list(ask: PageAsk<'name' | 'createdAt' | 'changedAt'>): Promise<Page<Document>>
  /** All of them, by name. For collections that are few, such as groups. */
  all(): Promise<readonly Document[]>
  /** @throws {StoreError} `STORE_EXISTS` */
  create(name: string, document: JsonValue, actor: Actor): Promise<Document>
  /** @param base - the revision that was looked at. @throws {StoreError} `STORE_CONFLICT`, `STORE_MISSING` */
  replace(name: string, document: JsonValue, actor: Actor & { base?: number }): Promise<Document>
  /** False when there was none. */
  remove(name: string): Promise<boolean>
}

/** A user. The document never holds the password's hash. */
export interface UserRow extends Document {
  /** argon2id in PHC form; absent: nobody logs in with a password. */
  readonly password?: string
  readonly enabled: boolean
  readonly groups: readonly string[]
  readonly lastLoginAt?: number
  readonly lastLoginFrom?: string
}

/** What {@link Users} writes. */
export interface UserWrite {
  readonly document: JsonValue
  readonly enabled: boolean
  readonly groups: readonly string[]
  /** `null` takes the password away; absent leaves it as it is. */
  readonly password?: string | null
}

export interface Users {
  get(name: string): Promise<UserRow | undefined>
  list(
    ask: PageAsk<'name' | 'createdAt' | 'changedAt' | 'lastLoginAt'> & {
      readonly enabled?: boolean
      readonly group?: string
    },
  ): Promise<Page<UserRow>>
  /** @throws {StoreError} `STORE_EXISTS` */
  create(name: string, user: UserWrite, actor: Actor): Promise<UserRow>
  /** @throws {StoreError} `STORE_CONFLICT`, `STORE_MISSING` */
  replace(name: string, user: UserWrite, actor: Actor & { base?: number }): Promise<UserRow>
  remove(name: string): Promise<boolean>
  /** Notes a login; not a change that the feed tells. */
  loggedIn(name: string, login: { at: number; from: string }): Promise<void>
}

export type Role = 'administrator' | 'operator' | 'read-only'

/** Somebody who may sign in to the console. */
export interface AdministratorRow {
  readonly name: string
  readonly role: Role
  readonly enabled: boolean
  /** argon2id in PHC form. */
  readonly password: string
  /** Base32 secret of the second factor, in the clear here and encrypted at rest. */
  readonly totpSecret?: string
  /** The last time step of TOTP that was used: none is taken twice (RFC 6238 section 5.2). */
  readonly totpStep?: number
  /** Hashes of recovery codes that are left. */
  readonly recoveryCodes: readonly string[]
  readonly createdAt: number
  readonly lastLoginAt?: number
}

export type AdministratorChange = {
  readonly [K in keyof Omit<AdministratorRow, 'name' | 'createdAt'>]?: AdministratorRow[K] | null
}

export interface Administrators {
  get(name: string): Promise<AdministratorRow | undefined>
  list(): Promise<readonly AdministratorRow[]>
  /** @throws {StoreError} `STORE_EXISTS` */
  create(row: { name: string; role: Role; password: string }): Promise<AdministratorRow>
  /** `null` clears. @throws {StoreError} `STORE_MISSING`; `STORE_LAST_ADMINISTRATOR` when nobody could administer afterwards */
  change(name: string, change: AdministratorChange): Promise<AdministratorRow>
  /** @throws {StoreError} `STORE_LAST_ADMINISTRATOR` */
  remove(name: string): Promise<boolean>
  /** Takes a time step of TOTP; false when it, or a later one, was used before. Atomic over all nodes. */
  takeTotpStep(name: string, step: number): Promise<boolean>
  /** Takes a recovery code; false when it is not among those that are left. Atomic over all nodes. */
  takeRecoveryCode(name: string, hash: string): Promise<boolean>
}

/** A token for programs. The token itself is not kept, only its SHA-256. */
export interface TokenRow {
  readonly id: string
  readonly name: string
  readonly scopes: readonly string[]
  readonly createdBy: string
  readonly createdAt: number
  readonly expiresAt?: number
  readonly lastUsedAt?: number
}

export interface Tokens {
  /** By the SHA-256 of the token, in hexadecimal. */
  find(hash: string): Promise<TokenRow | undefined>
  list(ask: PageAsk<'name' | 'createdAt' | 'expiresAt' | 'lastUsedAt'>): Promise<Page<TokenRow>>
  create(row: {
    hash: string
    name: string
    scopes: readonly string[]
    createdBy: string
    expiresAt?: number
  }): Promise<TokenRow>
  remove(id: string): Promise<boolean>
  /** Notes a use; written once a minute at most. */
  used(id: string, at: number): Promise<void>
}

/** A signed-in browser. The cookie's value is not kept, only its SHA-256. */
export interface WebSessionRow {
  readonly id: string
  /** Whose: an administrator, or a user of the Files page. */
  readonly kind: 'administrator' | 'user'
  readonly name: string
  readonly createdAt: number
  readonly expiresAt: number
  readonly lastSeenAt: number
  readonly address: string
  readonly userAgent: string
}

export interface WebSessions {
  /** By the SHA-256 of the cookie's value, in hexadecimal; those that have expired are not found. */
  find(hash: string, now: number): Promise<WebSessionRow | undefined>
  of(kind: WebSessionRow['kind'], name: string): Promise<readonly WebSessionRow[]>
  create(row: Omit<WebSessionRow, 'id'> & { hash: string }): Promise<WebSessionRow>
  seen(id: string, at: { lastSeenAt: number; expiresAt: number }): Promise<void>
  remove(id: string): Promise<boolean>
  /** Ends all sessions of somebody, except one if asked. Answers how many. */
  removeAll(kind: WebSessionRow['kind'], name: string, except?: string): Promise<number>
  prune(now: number): Promise<number>
}

/** Somebody who is kept out. */
export interface BanRow {
  readonly id: string
  readonly kind: 'address' | 'user'
  /** An IP address or network in CIDR form, or a user name. */
  readonly value: string
  readonly reason: string
  /** Who set it; `portolan` for one that wrong passwords made. */
  readonly by: string
  readonly at: number
  /** Absent: until it is lifted. */
  readonly until?: number
}

export interface Bans {
  /** Those in force at `now`. */
  active(now: number): Promise<readonly BanRow[]>
  list(
    ask: PageAsk<'value' | 'at' | 'until'> & { readonly kind?: BanRow['kind']; readonly now: number },
  ): Promise<Page<BanRow>>
  /** One for each kind and value: a later one takes the place of the one before. */
  put(row: Omit<BanRow, 'id'>): Promise<BanRow>
  remove(id: string): Promise<BanRow | undefined>
  prune(now: number): Promise<number>
}

/** A certificate with its key. */
export interface CertificateRow {
  readonly name: string
  /** PEM, the leaf first. */
  readonly chain: string
  /** PEM, in the clear here and encrypted at rest. */
  readonly key: string
  readonly at: number
  readonly by: string
}

export interface Certificates {
  get(name: string): Promise<CertificateRow | undefined>
  list(): Promise<readonly Omit<CertificateRow, 'key'>[]>
  put(row: Omit<CertificateRow, 'at'>): Promise<void>
  remove(name: string): Promise<boolean>
}

/** A transfer that has ended. */
export interface TransferRow {
  readonly id: string
  readonly at: number
  readonly node: string
  readonly session: string
  readonly user: string
  readonly address: string
  readonly command: string
  readonly path: string
  readonly direction: 'download' | 'upload' | 'listing'
  readonly mode: string
  readonly local: string
  readonly remote: string
  readonly because: string
  readonly tls: string
  readonly bytes: number
  readonly ms: number
  readonly verdict: string
  readonly reply: number
  readonly text: string
}

/** A log that is written in batches and pruned in slices, so that neither holds anybody up. */
export interface Log<Row extends { readonly id: string }, Ask extends LogAsk> {
  append(rows: readonly Omit<Row, 'id'>[]): Promise<void>
  list(ask: Ask): Promise<LogPage<Row>>
  /** Removes what is too old or too much, in small transactions. Answers how many rows. */
  prune(retention: Retention, now: number): Promise<number>
}

export interface TransferAsk extends LogAsk {
  readonly user?: string
  readonly direction?: TransferRow['direction']
  readonly verdict?: string
  readonly mode?: string
  /** `false` leaves listings out. */
  readonly listings?: boolean
}

export type TransferLog = Log<TransferRow, TransferAsk>

/** Something that went wrong, or nearly: a failed login, data connection, handshake; a ban; a warning. */
export interface IncidentRow {
  readonly id: string
  readonly at: number
  readonly node: string
  /** `data-failed`, `login-failed`, `banned`, `refused`, `tls-failed`, `warning`, `worker-lost`, `settings`. */
  readonly kind: string
  readonly code: string
  readonly text: string
  readonly session: string
  readonly user: string
  readonly address: string
  /** What else the kind knows: the command, the mode, the endpoint. */
  readonly detail: JsonValue
}

export interface IncidentAsk extends LogAsk {
  readonly kind?: string
  readonly code?: string
  readonly user?: string
  readonly address?: string
}

export type IncidentLog = Log<IncidentRow, IncidentAsk>

/** A change that somebody made. */
export interface AuditRow {
  readonly id: string
  readonly at: number
  readonly node: string
  /** `alice`, `token:ci`, `portolan config set`. */
  readonly actor: string
  readonly address: string
  /** `user.create`, `settings.change`, `session.kick`, `auth.login`. */
  readonly action: string
  /** What it was done to: a user's name, a settings version. */
  readonly target: string
  readonly before: JsonValue
  readonly after: JsonValue
  readonly outcome: 'done' | 'refused'
  readonly text: string
}

export interface AuditAsk extends LogAsk {
  readonly actor?: string
  readonly action?: string
  readonly target?: string
}

export type AuditLog = Log<AuditRow, AuditAsk>
