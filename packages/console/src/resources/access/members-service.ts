import { member } from '@portolan/gateway/model'
import type { MemberRow } from '@portolan/store'
import type { z } from 'zod'
import type { MemberView, memberChange, membersQuery } from '../../contract/index.ts'
import { Problem } from '../../http/problem.ts'
import type { Services } from '../../node/services.ts'
import { invalid, type Kind, missing, told, used } from '../partners/store-words.ts'
import { asJson } from '../users/user-view.ts'
import { readAccessDocs } from './access-docs.ts'
import { connectionsOf, liveVersionOf } from './live-members.ts'
import { memberDocumentOf } from './member-document.ts'
import { usersOf } from './uses.ts'

const MEMBER: Kind = { code: 'MEMBER', word: 'member' }

type Change = z.output<typeof memberChange>
type Ask = z.output<typeof membersQuery>

/** Edges, connectors and agents: what they are, where they are connected, and what an administrator may do with them. */
export class MembersService {
  readonly #services: Pick<Services, 'store' | 'access' | 'now'>

  constructor(services: Pick<Services, 'store' | 'access' | 'now'>) {
    this.#services = services
  }

  async page({ offset, limit, sort, order, search, kind, user }: Ask) {
    const { items, total } = await this.#members.list({
      offset,
      limit,
      sort,
      descending: order === 'desc',
      ...(search && { search }),
      ...(kind && { kind }),
      ...(user !== undefined && { user }),
    })
    return { items: items.map(row => this.view(row)), total }
  }

  /** @throws {Problem} 404 `MEMBER_MISSING` */
  async get(id: string): Promise<MemberRow> {
    const row = await this.#members.get(id)
    if (!row) throw missing(MEMBER, id)
    return row
  }

  /** @throws {Problem} 404, 409 `MEMBER_EXISTS`, `MEMBER_USED`, `MEMBER_REVOKED`; 422 `MEMBER_INVALID` */
  async change(id: string, change: Change): Promise<{ before: MemberView; after: MemberView }> {
    const row = await this.get(id)
    if (row.revokedAt !== undefined) throw revoked(row)
    await this.#check(row, change)
    if (row.kind === 'edge' && change.name !== undefined && change.name !== row.name) {
      const { store } = this.#services
      const users = await usersOf('edge', row.name, await readAccessDocs(store), store)
      if (users.length > 0) throw used({ code: 'MEMBER', word: 'edge' }, row.name, users)
    }
    const { name, enabled, description, draining, connectorGroup } = change
    const document = {
      ...memberDocumentOf(row),
      ...(description !== undefined && { description }),
      ...(draining !== undefined && { draining }),
      ...(connectorGroup !== undefined && { connectorGroup }),
    }
    const after = await told(MEMBER, name ?? row.name, () =>
      this.#members.change(id, {
        ...(name !== undefined && { name }),
        ...(enabled !== undefined && { enabled }),
        document: asJson(document),
      }),
    )
    return { before: this.view(row), after: this.view(after) }
  }

  /** It is cut off at once, and never comes back. @throws {Problem} 404, 409 `MEMBER_REVOKED` */
  async revoke(id: string): Promise<MemberView> {
    const row = await this.get(id)
    if (row.revokedAt !== undefined) throw revoked(row)
    return this.view(await this.#members.change(id, { revokedAt: this.#services.now() }))
  }

  /** @throws {Problem} 404, 409 `MEMBER_NOT_REVOKED` */
  async remove(id: string): Promise<MemberRow> {
    const row = await this.get(id)
    if (row.revokedAt === undefined) {
      const text = `the ${row.kind} ${row.name} still counts: revoke it first`
      throw new Problem(409, 'MEMBER_NOT_REVOKED', text)
    }
    if (!(await this.#members.remove(id))) throw missing(MEMBER, id)
    return row
  }

  view(row: MemberRow): MemberView {
    const edges = this.#services.access.running?.live() ?? []
    const document = memberDocumentOf(row)
    const connections = connectionsOf(row, edges)
    const { description, connectorGroup } = document
    return {
      id: row.id,
      kind: row.kind,
      name: row.name,
      ...(description !== undefined && { description }),
      ...(row.kind === 'agent' && { user: row.user }),
      enabled: row.enabled,
      draining: document.draining,
      ...(connectorGroup !== undefined && { connectorGroup }),
      addresses: document.addresses,
      state: stateOf(row, document.draining, connections.length > 0, this.#services.now()),
      enrolledAt: row.createdAt,
      enrolledFrom: document.enrolledFrom,
      enrolledWith: document.enrolledWith,
      certificate: { serial: row.serial, expiresAt: row.expiresAt },
      ...(row.revokedAt !== undefined && { revokedAt: row.revokedAt }),
      ...(row.lastSeenAt !== undefined && { lastSeenAt: row.lastSeenAt }),
      version: liveVersionOf(row.id, edges) ?? document.version,
      connections,
    }
  }

  get #members() {
    return this.#services.store.access.members
  }

  async #check(row: MemberRow, { name, draining, connectorGroup }: Change): Promise<void> {
    const problems = []
    if (name !== undefined && row.kind !== 'agent' && !member.shape.name.safeParse(name).success) {
      const message = member.shape.name.safeParse(name).error?.issues[0]?.message ?? 'is no name'
      problems.push({ path: 'name', message })
    }
    if (draining !== undefined && row.kind === 'agent')
      problems.push({ path: 'draining', message: 'is for edges and connectors' })
    if (connectorGroup !== undefined && row.kind !== 'connector')
      problems.push({ path: 'connectorGroup', message: 'is for connectors' })
    else if (connectorGroup !== undefined && !(await this.#isGroup(connectorGroup)))
      problems.push({ path: 'connectorGroup', message: `there is no connector group ${connectorGroup}` })
    if (problems.length > 0) throw invalid(MEMBER, row.name, problems)
  }

  async #isGroup(name: string): Promise<boolean> {
    return (await this.#services.store.access.connectorGroups.get(name)) !== undefined
  }
}

const revoked = ({ kind, name }: MemberRow) =>
  new Problem(409, 'MEMBER_REVOKED', `the ${kind} ${name} was revoked: it never comes back`)

function stateOf(
  { revokedAt, enabled, expiresAt }: MemberRow,
  draining: boolean,
  isConnected: boolean,
  now: number,
): MemberView['state'] {
  if (revokedAt !== undefined) return 'revoked'
  if (!enabled) return 'disabled'
  if (isConnected) return draining ? 'draining' : 'connected'
  return expiresAt <= now ? 'expired' : 'disconnected'
}
