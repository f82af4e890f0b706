import type { MemberRow, Store } from '@portolan/store'
import { STATUS, type Status } from '../codes.ts'
import type { ControllerSays } from '../control/messages.ts'
import type { MemberIdentity } from '../pki/types.ts'
import { documentOf, type MemberDocument } from './member-document.ts'

type ValidMember = Extract<ControllerSays, { type: 'members' }>['valid'][number]

/** What one message may name at the most. */
const MAX_VALID = 100_000
const MAX_EDGES = 64

const REPLACED: Status = { code: 'POL_REVOKED', text: 'The certificate was replaced by a newer one.' }

/** A row with its document read. */
interface Entry {
  readonly row: MemberRow
  readonly document: MemberDocument
}

/** Members whose certificate counts, as of the last look into the store. */
export class Directory {
  readonly #members: Store['access']['members']
  readonly #now: () => number
  #entries = new Map<string, Entry>()
  /** By the SHA-256 of the public key. */
  #byKey = new Map<string, string>()

  constructor({ access }: Pick<Store, 'access'>, now: () => number) {
    this.#members = access.members
    this.#now = now
  }

  /** Looks after some in the store. Answers whether one of them is another than was known. */
  async look(ids: Iterable<string>): Promise<boolean> {
    let changed = false
    for (const id of ids) changed = this.put(await this.#members.get(id), id) || changed
    return changed
  }

  /** Looks into the store anew. */
  async refresh(): Promise<void> {
    const rows = await this.#members.valid(this.#now())
    this.#entries = new Map()
    this.#byKey = new Map()
    for (const row of rows) this.put(row)
  }

  /** Takes what a member's row is now; those that do not count are left out. Answers whether that is news. */
  put(row: MemberRow | undefined, id = row?.id ?? ''): boolean {
    const before = this.#entries.get(id)
    const after = row?.enabled && row.revokedAt === undefined ? { row, document: documentOf(row) } : undefined
    if (before && this.#byKey.get(before.document.publicKey) === id)
      this.#byKey.delete(before.document.publicKey)
    if (after) {
      this.#entries.set(id, after)
      if (after.document.publicKey !== '') this.#byKey.set(after.document.publicKey, id)
    } else this.#entries.delete(id)
    return !isSame(before?.row, after?.row)
  }

  get(id: string): MemberRow | undefined {
    return this.#entries.get(id)?.row
  }

  /** Whether a certificate for that key (SHA-256 of it) is a member's now. */
  hasKey(fingerprint: string): boolean {
    return this.#byKey.has(fingerprint)
  }

  /** Why that certificate is not let in; undefined: it is. Asks the store when the last look does not know it: another node may have issued it. */
  async refuses({ id, kind, serial }: MemberIdentity): Promise<Status | undefined> {
    const known = this.get(id)
    if (known && counts(known, serial, this.#now())) return undefined
    const row = await this.#members.get(id)
    if (row?.kind !== kind || row.revokedAt !== undefined)
      return { code: 'POL_REVOKED', text: STATUS.POL_REVOKED }
    if (!row.enabled) return { code: 'POL_REVOKED', text: `The ${kind} is disabled.` }
    this.put(row)
    return counts(row, serial, this.#now()) ? undefined : REPLACED
  }

  /** Why a link that stands is to be cut, as far as is known without asking; undefined: it goes on. */
  cuts({ id, serial }: Pick<MemberIdentity, 'id' | 'serial'>): Status | undefined {
    const known = this.get(id)
    if (!known) return { code: 'POL_REVOKED', text: STATUS.POL_REVOKED }
    return counts(known, serial, this.#now()) ? undefined : REPLACED
  }

  /** For edges: who may come in. */
  valid(): ValidMember[] {
    const now = this.#now()
    const all: ValidMember[] = []
    for (const entry of this.#entries.values()) {
      if (all.length === MAX_VALID) break
      if (entry.row.expiresAt > now) all.push(validMember(entry, now))
    }
    return all
  }

  /** Addresses of edges that take streams, `HOST:PORT`, those that `isConnected` first. */
  edgeAddresses(isConnected: (id: string) => boolean): string[] {
    const edges = [...this.#entries.values()].filter(({ row }) => row.kind === 'edge')
    const rank = ({ row, document }: Entry) => (isConnected(row.id) ? 0 : 2) + (document.draining ? 1 : 0)
    const sorted = edges.toSorted((a, b) => rank(a) - rank(b) || (a.row.name < b.row.name ? -1 : 1))
    return [...new Set(sorted.flatMap(({ document }) => document.addresses))].slice(0, MAX_EDGES)
  }

  isDraining(id: string): boolean {
    return this.#entries.get(id)?.document.draining ?? false
  }
}

/** When it was seen last is no news. */
function isSame(a: MemberRow | undefined, b: MemberRow | undefined): boolean {
  const of = (row: MemberRow) => JSON.stringify([row.name, row.serial, row.expiresAt, row.document])
  return a === b || (a !== undefined && b !== undefined && of(a) === of(b))
}

function counts(row: MemberRow, serial: string, now: number): boolean {
  const { previous } = documentOf(row)
  return row.serial === serial || (previous?.serial === serial && now < previous.until)
}

function validMember(
  { row, document: { draining, connectorGroup, labels, previous } }: Entry,
  now: number,
): ValidMember {
  return {
    id: row.id,
    kind: row.kind,
    name: row.name,
    serial: row.serial,
    ...(previous && now < previous.until && { previousSerial: previous.serial }),
    ...(connectorGroup !== undefined && { connectorGroup }),
    draining,
    ...(row.kind === 'agent' && { user: row.user, labels: labels.slice(0, 32) }),
    expiresAt: row.expiresAt,
  }
}
