import type { Selectable } from 'kysely'
import type { Database } from '../database.ts'
import type { Tables } from '../schema/tables.ts'
import type { WebSessionRow, WebSessions } from '../store.ts'
import { exists } from './missing.ts'
import { newId } from './tokens.ts'

/** The signed-in browsers. */
export function webSessions({ queries }: Database): WebSessions {
  return {
    async find(hash, now) {
      const row = await queries
        .selectFrom('web_sessions')
        .selectAll()
        .where('hash', '=', hash)
        .where('expires_at', '>', now)
        .executeTakeFirst()
      return row && toSession(row)
    },
    async of(kind, name) {
      const rows = await queries
        .selectFrom('web_sessions')
        .selectAll()
        .where('kind', '=', kind)
        .where('name', '=', name)
        .orderBy('created_at', 'desc')
        .orderBy('id')
        .execute()
      return rows.map(toSession)
    },
    async create(session) {
      const row = {
        id: newId(),
        hash: session.hash,
        kind: session.kind,
        name: session.name,
        created_at: session.createdAt,
        expires_at: session.expiresAt,
        last_seen_at: session.lastSeenAt,
        address: session.address,
        user_agent: session.userAgent,
      }
      const made = await queries
        .insertInto('web_sessions')
        .values(row)
        .onConflict(clash => clash.doNothing())
        .returning('id')
        .executeTakeFirst()
      if (made === undefined) throw exists('web session', row.id)
      return toSession(row)
    },
    async seen(id, { lastSeenAt, expiresAt }) {
      await queries
        .updateTable('web_sessions')
        .set({ last_seen_at: lastSeenAt, expires_at: expiresAt })
        .where('id', '=', id)
        .execute()
    },
    async remove(id) {
      const gone = await queries
        .deleteFrom('web_sessions')
        .where('id', '=', id)
        .returning('id')
        .executeTakeFirst()
      return gone !== undefined
    },
    async removeAll(kind, name, except) {
      const gone = await queries
        .deleteFrom('web_sessions')
        .where('kind', '=', kind)
        .where('name', '=', name)
        .$if(except !== undefined, query => query.where('id', '<>', except ?? ''))
        .returning('id')
        .execute()
      return gone.length
    },
    async prune(now) {
      const gone = await queries
        .deleteFrom('web_sessions')
        .where('expires_at', '<=', now)
        .returning('id')
        .execute()
      return gone.length
    },
  }
}

function toSession(row: Selectable<Tables['web_sessions']>): WebSessionRow {
  return {
    id: row.id,
    kind: row.kind === 'administrator' ? 'administrator' : 'user',
    name: row.name,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    lastSeenAt: row.last_seen_at,
    address: row.address,
    userAgent: row.user_agent,
  }
}
