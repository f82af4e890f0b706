import type { JsonValue } from './json.ts'
import type {
  Actor,
  Administrators,
  Document,
  Documents,
  LogPage,
  Page,
  PageAsk,
  Retention,
} from './store.ts'
import type { SecretDocuments } from './store-runs.ts'

/** A key with which members enrol. The secret is not kept, only its SHA-256 in hexadecimal. */
export interface ProvisioningKeyRow extends Document {
  readonly hash: string
  readonly uses: number
}

export interface ProvisioningKeys extends Pick<Documents, 'remove' | 'replace'> {
  list(ask: Parameters<Documents['list']>[0]): Promise<Page<ProvisioningKeyRow>>
  get(name: string): Promise<ProvisioningKeyRow | undefined>
  all(): Promise<readonly ProvisioningKeyRow[]>
  /** @throws {StoreError} `STORE_EXISTS` */
  create(name: string, key: { document: JsonValue; hash: string }, actor: Actor): Promise<ProvisioningKeyRow>
  /** Takes one use; false when `maxUses` of them are taken, or there is no such key. Atomic over all nodes. */
  use(name: string, maxUses: number): Promise<boolean>
}

/** An edge, a connector or an agent that has a certificate. */
export interface MemberRow {
  readonly id: string
  readonly kind: 'edge' | 'connector' | 'agent'
  readonly name: string
  /** The user of an agent; empty for others. */
  readonly user: string
  /** The serial number of the certificate that counts. */
  readonly serial: string
  readonly expiresAt: number
  readonly revokedAt?: number
  readonly enabled: boolean
  readonly createdAt: number
  readonly lastSeenAt?: number
  readonly document: JsonValue
}

export interface Members {
  get(id: string): Promise<MemberRow | undefined>
  list(
    ask: PageAsk<'name' | 'createdAt' | 'lastSeenAt' | 'expiresAt'> & {
      readonly kind?: MemberRow['kind']
      readonly user?: string
    },
  ): Promise<Page<MemberRow>>
  /** Those whose certificate counts at `now`: enabled, not revoked, not expired. */
  valid(now: number): Promise<readonly MemberRow[]>
  /** @throws {StoreError} `STORE_EXISTS` when the name is taken by a member of that kind that was not revoked (agents: of that user) */
  create(row: Omit<MemberRow, 'createdAt' | 'lastSeenAt' | 'revokedAt'>): Promise<MemberRow>
  /**
   * Changes what is given. With `ifSerial` only while that is the serial number that counts: of two renewals at once, one wins.
   * @throws {StoreError} `STORE_MISSING`, `STORE_CONFLICT`
   */
  change(
    id: string,
    change: {
      readonly name?: string
      readonly serial?: string
      readonly expiresAt?: number
      readonly enabled?: boolean
      readonly revokedAt?: number
      readonly document?: JsonValue
      readonly ifSerial?: string
    },
  ): Promise<MemberRow>
  /** Only one that was revoked; false for others, and when there was none. */
  remove(id: string): Promise<boolean>
  /** Written once a minute at most; not a change that the feed tells. */
  seen(id: string, at: number): Promise<void>
  /** Removes agents whose certificate ran out before `before`, and members that were revoked before it. Answers how many. */
  prune(before: number): Promise<number>
}

/** What people sign in with beside their password. */
export interface AccessPeople extends SecretDocuments, Pick<Administrators, 'takeTotpStep'> {}

/** A stream of the access path: opened once, told of as it goes, closed once. */
export interface AccessStreamRow {
  /** Sortable by time. */
  readonly id: string
  /** Unique: the ConnectionID. */
  readonly connection: string
  readonly session: string
  readonly edge: string
  readonly user: string
  readonly segment: string
  readonly connector: string
  readonly server: string
  readonly status: 'open' | 'active' | 'close' | 'refused'
  /** The status code. */
  readonly code: string
  readonly startedAt: number
  /** Absent while it is `open` or `active`. */
  readonly endedAt?: number
  /** All of it, with the field names of the activity log. */
  readonly document: JsonValue
}

export interface AccessStreamAsk {
  /** From 1 to 500. */
  readonly limit: number
  /** `next` of the page before. */
  readonly before?: string
  readonly from?: number
  readonly to?: number
  readonly edge?: string
  readonly user?: string
  readonly session?: string
  readonly segment?: string
  readonly connector?: string
  readonly code?: string
  readonly status?: AccessStreamRow['status']
}

export interface AccessStreams {
  /**
   * Writes rows by their connection in one transaction: new ones are made, known ones changed. A row that is over
   * (`close`, `refused`) is never changed again. Rows of an edge that another node wrote are the same rows.
   */
  save(rows: readonly Omit<AccessStreamRow, 'id'>[]): Promise<void>
  /**
   * Closes what an edge left open, in the documents, too (`ConnectionStatus`, `InternalReason`, `Text`, `TimestampConnectionEnd`).
   * Answers how many.
   */
  closeOpen(edge: string, close: { at: number; code: string; text: string }): Promise<number>
  get(connection: string): Promise<AccessStreamRow | undefined>
  /** Newest first. */
  list(ask: AccessStreamAsk): Promise<LogPage<AccessStreamRow>>
  /** In small transactions; rows that are open stay. */
  prune(retention: Retention, now: number): Promise<number>
}

/** The zero-trust access path, in the store. */
export interface AccessTables {
  readonly segments: Documents
  readonly segmentGroups: Documents
  readonly serverGroups: Documents
  readonly connectorGroups: Documents
  readonly publications: Documents
  /** `forwarding` and `access`: each policy is one document, so that its order is one thing. */
  readonly policies: Documents
  readonly keys: ProvisioningKeys
  readonly members: Members
  /** By user name: second factor (`totp` among the secrets) and tokens of agents (hashes, in the document). */
  readonly people: AccessPeople
  /** `authority`: the certificate in the document, the key among the secrets. */
  readonly authority: SecretDocuments
  readonly streams: AccessStreams
}
