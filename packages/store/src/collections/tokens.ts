import { randomBytes } from 'node:crypto'
import { type Selectable, sql } from 'kysely'
import type { Writer } from '../changes/writer.ts'
import { fold } from '../fold.ts'
import { readTexts } from '../json-text.ts'
import type { Tables } from '../schema/tables.ts'
import type { TokenRow, Tokens } from '../store.ts'
import { exists } from './missing.ts'
import { direction, pageBounds } from './page.ts'

const SORTS = {
  name: 'folded',
  createdAt: 'created_at',
  expiresAt: 'expires_at',
  lastUsedAt: 'last_used_at',
} as const

/** How exactly the last use of a token is known, in milliseconds. */
const USED_MS = 60_000

/** A name for a row that nobody guesses. */
export const newId = (): string => randomBytes(12).toString('base64url')

/** Tokens for programs. */
export function tokens(writer: Writer): Tokens {
  const { queries, dialect } = writer.database
  return {
    async find(hash) {
      const row = await queries.selectFrom('tokens').selectAll().where('hash', '=', hash).executeTakeFirst()
      return row && toToken(row)
    },
    async list(ask) {
      const { offset, limit } = pageBounds(ask)
      const found = queries
        .selectFrom('tokens')
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
      return { items: rows.map(toToken), total }
    },
    create({ hash, name, scopes, createdBy, expiresAt }) {
      return writer.write('tokens', async transaction => {
        const row = {
          id: newId(),
          hash,
          name,
          folded: fold(name),
          scopes: JSON.stringify(scopes),
          created_by: createdBy,
          created_at: Date.now(),
          expires_at: expiresAt ?? null,
          last_used_at: null,
        }
        const made = await transaction
          .insertInto('tokens')
          .values(row)
          .onConflict(clash => clash.doNothing())
          .returning('id')
          .executeTakeFirst()
        if (made === undefined) throw exists('token', name)
        return { result: toToken(row), changed: [row.id] }
      })
    },
    remove(id) {
      return writer.write('tokens', async transaction => {
        const gone = await transaction
          .deleteFrom('tokens')
          .where('id', '=', id)
          .returning('id')
          .executeTakeFirst()
        return { result: gone !== undefined, changed: gone === undefined ? [] : [id] }
      })
    },
    async used(id, at) {
      await queries
        .updateTable('tokens')
        .set({ last_used_at: at })
        .where('id', '=', id)
        .where(sql<boolean>`coalesce(last_used_at, 0) <= ${at - USED_MS}`)
        .execute()
    },
  }
}

function toToken(row: Selectable<Tables['tokens']>): TokenRow {
  return {
    id: row.id,
    name: row.name,
    scopes: readTexts(row.scopes),
    createdBy: row.created_by,
    createdAt: row.created_at,
    ...(row.expires_at !== null && { expiresAt: row.expires_at }),
    ...(row.last_used_at !== null && { lastUsedAt: row.last_used_at }),
  }
}
