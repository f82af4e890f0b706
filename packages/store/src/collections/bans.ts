import { type Selectable, sql } from 'kysely'
import type { Writer } from '../changes/writer.ts'
import { fold } from '../fold.ts'
import type { Tables } from '../schema/tables.ts'
import type { BanRow, Bans } from '../store.ts'
import { direction, pageBounds } from './page.ts'
import { newId } from './tokens.ts'

const SORTS = { value: 'folded', at: 'at', until: 'until' } as const

/** Those who are kept out. */
export function bans(writer: Writer): Bans {
  const { queries, dialect } = writer.database
  const inForce = (now: number) => sql<boolean>`(until is null or until > ${now})`
  return {
    async active(now) {
      const rows = await queries.selectFrom('bans').selectAll().where(inForce(now)).orderBy('at').execute()
      return rows.map(toBan)
    },
    async list(ask) {
      const { offset, limit } = pageBounds(ask)
      const { search, kind, now } = ask
      const found = queries
        .selectFrom('bans')
        .where(inForce(now))
        .$if(kind !== undefined, query => query.where('kind', '=', kind ?? ''))
        .$if(search !== undefined && search !== '', query =>
          query.where(({ ref }) => dialect.contains(ref('folded'), fold(search ?? ''))),
        )
      const [rows, { total }] = await Promise.all([
        found
          .selectAll()
          // A ban without an end lasts longest.
          .orderBy(SORTS[ask.sort ?? 'at'], order =>
            direction(ask) === 'asc' ? order.asc().nullsLast() : order.desc().nullsFirst(),
          )
          .orderBy('id')
          .limit(limit)
          .offset(offset)
          .execute(),
        found.select(({ fn }) => fn.countAll<number>().as('total')).executeTakeFirstOrThrow(),
      ])
      return { items: rows.map(toBan), total }
    },
    put({ kind, value, reason, by, at, until }) {
      return writer.write('bans', async transaction => {
        const row = { kind, value, folded: fold(`${value}\n${reason}`), reason, by, at, until: until ?? null }
        const { id } = await transaction
          .insertInto('bans')
          .values({ id: newId(), ...row })
          .onConflict(clash => clash.columns(['kind', 'value']).doUpdateSet(row))
          .returning('id')
          .executeTakeFirstOrThrow()
        return { result: toBan({ id, ...row }), changed: [id] }
      })
    },
    remove(id) {
      return writer.write('bans', async transaction => {
        const gone = await transaction
          .deleteFrom('bans')
          .where('id', '=', id)
          .returningAll()
          .executeTakeFirst()
        return { result: gone && toBan(gone), changed: gone === undefined ? [] : [id] }
      })
    },
    prune(now) {
      return writer.write('bans', async transaction => {
        const gone = await transaction.deleteFrom('bans').where('until', '<=', now).returning('id').execute()
        return { result: gone.length, changed: gone.map(({ id }) => id) }
      })
    },
  }
}

function toBan(row: Selectable<Tables['bans']>): BanRow {
  return {
    id: row.id,
    kind: row.kind === 'address' ? 'address' : 'user',
    value: row.value,
    reason: row.reason,
    by: row.by,
    at: row.at,
    ...(row.until !== null && { until: row.until }),
  }
}
