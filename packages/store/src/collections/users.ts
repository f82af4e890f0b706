import { sql } from 'kysely'
import type { Writer } from '../changes/writer.ts'
import { fold } from '../fold.ts'
import { readTexts } from '../json-text.ts'
import type { UserColumns } from '../schema/tables.ts'
import type { UserRow, Users, UserWrite } from '../store.ts'
import { DOCUMENT_SORTS, newDocument, nextDocument, toDocument } from './documents.ts'
import { conflict, exists, missing } from './missing.ts'
import { direction, pageBounds } from './page.ts'

const SORTS = { ...DOCUMENT_SORTS, lastLoginAt: 'last_login_at' } as const

/** The users. */
export function users(writer: Writer): Users {
  const { queries, dialect } = writer.database
  return {
    async get(name) {
      const row = await queries.selectFrom('users').selectAll().where('name', '=', name).executeTakeFirst()
      return row && toUser(row)
    },
    async list(ask) {
      const { offset, limit } = pageBounds(ask)
      const { search, enabled, group } = ask
      const found = queries
        .selectFrom('users')
        .$if(search !== undefined && search !== '', query =>
          query.where(({ ref }) => dialect.contains(ref('folded'), fold(search ?? ''))),
        )
        .$if(enabled !== undefined, query => query.where('enabled', '=', enabled === true ? 1 : 0))
        .$if(group !== undefined, query =>
          // A name in a JSON array stands between quotes, which no name can hold unescaped.
          query.where(({ ref }) => dialect.contains(ref('groups'), JSON.stringify(group))),
        )
      // Only the names are sorted: documents are long. Who never logged in comes first, as in SQLite.
      const by = SORTS[ask.sort ?? 'name']
      const names = found
        .select('name')
        .orderBy(by, order =>
          direction(ask) === 'asc' ? order.asc().nullsFirst() : order.desc().nullsLast(),
        )
        .orderBy('name', direction(ask))
        .limit(limit)
        .offset(offset)
      const [rows, { total }] = await Promise.all([
        queries
          .selectFrom('users')
          .selectAll()
          .where('name', 'in', names)
          .orderBy(by, order =>
            direction(ask) === 'asc' ? order.asc().nullsFirst() : order.desc().nullsLast(),
          )
          .orderBy('name', direction(ask))
          .execute(),
        found.select(({ fn }) => fn.countAll<number>().as('total')).executeTakeFirstOrThrow(),
      ])
      return { items: rows.map(toUser), total }
    },
    create(name, user, { by }) {
      return writer.write('users', async transaction => {
        const row: UserColumns = {
          ...newDocument(name, JSON.stringify(user.document), by),
          ...written(user),
          password: user.password ?? null,
          last_login_at: null,
          last_login_from: null,
        }
        const made = await transaction
          .insertInto('users')
          .values(row)
          .onConflict(clash => clash.doNothing())
          .returning('name')
          .executeTakeFirst()
        if (made === undefined) throw exists('user', name)
        return { result: toUser(row), changed: [name] }
      })
    },
    replace(name, user, { by, base }) {
      return writer.write('users', async transaction => {
        const before = await transaction
          .selectFrom('users')
          .selectAll()
          .where('name', '=', name)
          .executeTakeFirst()
        if (before === undefined) throw missing('user', name)
        if (base !== undefined && base !== before.revision) throw conflict('user', name, before.changed_by)
        const {
          last_login_at: _at,
          last_login_from: _from,
          ...row
        } = {
          ...nextDocument(before, JSON.stringify(user.document), by),
          ...written(user),
          ...(user.password !== undefined && { password: user.password }),
        }
        await transaction.updateTable('users').set(row).where('name', '=', name).execute()
        return { result: toUser({ ...before, ...row }), changed: [name] }
      })
    },
    remove(name) {
      return writer.write('users', async transaction => {
        const gone = await transaction
          .deleteFrom('users')
          .where('name', '=', name)
          .returning('name')
          .executeTakeFirst()
        return { result: gone !== undefined, changed: gone === undefined ? [] : [name] }
      })
    },
    async loggedIn(name, { at, from }) {
      await queries
        .updateTable('users')
        .set({ last_login_at: at, last_login_from: from })
        .where('name', '=', name)
        // Two nodes may tell of their logins in another order.
        .where(sql<boolean>`coalesce(last_login_at, 0) <= ${at}`)
        .execute()
    },
  }
}

const written = (user: UserWrite) => ({
  enabled: user.enabled ? 1 : 0,
  groups: JSON.stringify(user.groups),
})

function toUser(row: UserColumns): UserRow {
  return {
    ...toDocument(row),
    enabled: row.enabled === 1,
    groups: readTexts(row.groups),
    ...(row.password !== null && { password: row.password }),
    ...(row.last_login_at !== null && { lastLoginAt: row.last_login_at }),
    ...(row.last_login_from !== null && { lastLoginFrom: row.last_login_from }),
  }
}
