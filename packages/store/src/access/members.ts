import { sql } from 'kysely'
import type { Writer } from '../changes/writer.ts'
import { missing } from '../collections/missing.ts'
import { direction, pageBounds } from '../collections/page.ts'
import type { Queries } from '../database.ts'
import { StoreError } from '../errors.ts'
import { fold } from '../fold.ts'
import { readJson } from '../json-text.ts'
import type { MemberColumns } from '../schema/access-columns.ts'
import type { MemberRow, Members } from '../store-access.ts'

const SORTS = {
  name: 'folded',
  createdAt: 'created_at',
  lastSeenAt: 'last_seen_at',
  expiresAt: 'expires_at',
} as const

/** How exactly it is known when a member was seen last, in milliseconds. */
const SEEN_MS = 60_000

/** Edges, connectors and agents. */
export function members(writer: Writer): Members {
  const { queries, dialect } = writer.database
  return {
    async get(id) {
      const row = await find(queries, id)
      return row && toMember(row)
    },
    async list(ask) {
      const { offset, limit } = pageBounds(ask)
      const found = queries
        .selectFrom('access_members')
        .$if(ask.kind !== undefined, query => query.where('kind', '=', ask.kind ?? ''))
        .$if(ask.user !== undefined, query => query.where('user', '=', ask.user ?? ''))
        .$if(ask.search !== undefined && ask.search !== '', query =>
          query.where(({ ref }) => dialect.contains(ref('folded'), fold(ask.search ?? ''))),
        )
      const [rows, { total }] = await Promise.all([
        found
          .selectAll()
          .orderBy(SORTS[ask.sort ?? 'name'], order =>
            direction(ask) === 'asc' ? order.asc().nullsFirst() : order.desc().nullsLast(),
          )
          .orderBy('id')
          .limit(limit)
          .offset(offset)
          .execute(),
        found.select(({ fn }) => fn.countAll<number>().as('total')).executeTakeFirstOrThrow(),
      ])
      return { items: rows.map(toMember), total }
    },
    async valid(now) {
      const rows = await queries
        .selectFrom('access_members')
        .selectAll()
        .where('enabled', '=', 1)
        .where('revoked_at', 'is', null)
        .where('expires_at', '>', now)
        .orderBy('id')
        .execute()
      return rows.map(toMember)
    },
    create(member) {
      return writer.write('members', async transaction => {
        const row: MemberColumns = {
          id: member.id,
          kind: member.kind,
          name: member.name,
          folded: foldedOf(member),
          user: member.user,
          serial: member.serial,
          expires_at: member.expiresAt,
          revoked_at: null,
          enabled: member.enabled ? 1 : 0,
          created_at: Date.now(),
          last_seen_at: null,
          document: JSON.stringify(member.document),
        }
        const made = await transaction
          .insertInto('access_members')
          .values(row)
          .onConflict(clash => clash.doNothing())
          .returning('id')
          .executeTakeFirst()
        if (made === undefined) throw taken(row)
        return { result: toMember(row), changed: [row.id] }
      })
    },
    change(id, { ifSerial, ...change }) {
      return writer.write('members', async transaction => {
        const before = await find(transaction, id)
        if (before === undefined) throw missing('member', id)
        if (ifSerial !== undefined && ifSerial !== before.serial) throw renewed(before)
        const row = changed(before, change)
        if (row.name !== before.name) await refuseTaken(transaction, row)
        await transaction.updateTable('access_members').set(row).where('id', '=', id).execute()
        return { result: toMember(row), changed: [id] }
      })
    },
    remove(id) {
      return writer.write('members', async transaction => {
        const gone = await transaction
          .deleteFrom('access_members')
          .where('id', '=', id)
          .where('revoked_at', 'is not', null)
          .returning('id')
          .executeTakeFirst()
        return { result: gone !== undefined, changed: gone === undefined ? [] : [id] }
      })
    },
    async seen(id, at) {
      await queries
        .updateTable('access_members')
        .set({ last_seen_at: at })
        .where('id', '=', id)
        .where(sql<boolean>`coalesce(last_seen_at, 0) <= ${at - SEEN_MS}`)
        .execute()
    },
    prune(before) {
      return writer.write('members', async transaction => {
        const gone = await transaction
          .deleteFrom('access_members')
          .where(({ and, eb, or }) =>
            or([
              and([eb('kind', '=', 'agent'), eb('expires_at', '<', before)]),
              eb('revoked_at', '<', before),
            ]),
          )
          .returning('id')
          .execute()
        return { result: gone.length, changed: gone.map(({ id }) => id) }
      })
    },
  }
}

const find = (from: Queries, id: string) =>
  from.selectFrom('access_members').selectAll().where('id', '=', id).executeTakeFirst()

/** Names sort and are searched by this; an agent is found by its user, too. */
const foldedOf = ({ name, user }: { name: string; user: string }): string =>
  fold(user === '' ? name : `${name}\n${user}`)

function changed(
  before: MemberColumns,
  { name, serial, expiresAt, enabled, revokedAt, document }: Parameters<Members['change']>[1],
): MemberColumns {
  const row: MemberColumns = {
    ...before,
    ...(name !== undefined && { name }),
    ...(serial !== undefined && { serial }),
    ...(expiresAt !== undefined && { expires_at: expiresAt }),
    ...(enabled !== undefined && { enabled: enabled ? 1 : 0 }),
    // It never comes back, and the first time counts.
    revoked_at: before.revoked_at ?? revokedAt ?? null,
    ...(document !== undefined && { document: JSON.stringify(document) }),
  }
  return { ...row, folded: foldedOf(row) }
}

async function refuseTaken(transaction: Queries, row: MemberColumns): Promise<void> {
  if (row.revoked_at !== null) return
  const other = await transaction
    .selectFrom('access_members')
    .select('id')
    .where('kind', '=', row.kind)
    .where('user', '=', row.user)
    .where('name', '=', row.name)
    .where('revoked_at', 'is', null)
    .where('id', '<>', row.id)
    .executeTakeFirst()
  if (other !== undefined) throw taken(row)
}

const taken = ({ kind, name, user }: MemberColumns): StoreError =>
  new StoreError(
    'STORE_EXISTS',
    `there is ${kind === 'connector' ? 'a' : 'an'} ${kind} ${JSON.stringify(name)}${user === '' ? '' : ` of ${user}`} already; choose another name, or revoke that one`,
  )

const renewed = ({ kind, name }: MemberColumns): StoreError =>
  new StoreError(
    'STORE_CONFLICT',
    `the certificate of ${kind} ${JSON.stringify(name)} was renewed meanwhile; the other one counts`,
  )

function toMember(row: MemberColumns): MemberRow {
  return {
    id: row.id,
    kind: row.kind === 'edge' || row.kind === 'connector' ? row.kind : 'agent',
    name: row.name,
    user: row.user,
    serial: row.serial,
    expiresAt: row.expires_at,
    ...(row.revoked_at !== null && { revokedAt: row.revoked_at }),
    enabled: row.enabled === 1,
    createdAt: row.created_at,
    ...(row.last_seen_at !== null && { lastSeenAt: row.last_seen_at }),
    document: readJson(row.document),
  }
}
