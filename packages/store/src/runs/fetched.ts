import { setImmediate as turn } from 'node:timers/promises'
import { sql } from 'kysely'
import type { Database } from '../database.ts'
import type { Fetched, ScheduleMarks } from '../store-runs.ts'
import { indexable } from './indexable.ts'
import { jsonRows, jsonTexts } from './json-rows.ts'

/** Rows that one transaction removes. */
const SLICE = 1_000

/** Keys that one statement looks up or writes. */
const KEYS = 5_000

/** What was fetched. */
export function fetched({ queries, dialect }: Database): Fetched {
  return {
    async known(transfer, keys) {
      const known = new Set<string>()
      for (const slice of slices(keys, KEYS)) {
        const byKey = new Map(slice.map(key => [key, indexable(key)]))
        const { rows } = await sql<{ key: string }>`select ${sql.ref('key')} from fetched
          where transfer = ${transfer} and ${sql.ref('key')} in ${jsonTexts(dialect, [...byKey.values()])}`.execute(
          queries,
        )
        const found = new Set(rows.map(({ key }) => key))
        for (const [key, stored] of byKey) if (found.has(stored)) known.add(key)
      }
      return known
    },
    async add(transfer, keys, at) {
      // In one order, so that two nodes do not wait for each other.
      const sorted = [...new Set(keys.map(indexable))].sort()
      for (const slice of slices(sorted, KEYS)) {
        await sql`insert into fetched (transfer, ${sql.ref('key')}, at)
          select transfer, ${sql.ref('key')}, at from ${jsonRows(
            dialect,
            [
              { name: 'transfer', integer: false },
              { name: 'key', integer: false },
              { name: 'at', integer: true },
            ],
            slice.map(key => [transfer, key, Math.trunc(at)]),
          )} as added where true on conflict do nothing`.execute(queries)
      }
    },
    async forget(transfer) {
      for (let gone = 0; ; await turn()) {
        const { numAffectedRows = 0n } = await sql`delete from fetched where transfer = ${transfer}
          and ${sql.ref('key')} in (select ${sql.ref('key')} from fetched where transfer = ${transfer} limit ${SLICE})`.execute(
          queries,
        )
        gone += Number(numAffectedRows)
        if (numAffectedRows < SLICE) return gone
      }
    },
  }
}

/** Up to where schedules were looked at. */
export function scheduleMarks({ queries }: Database): ScheduleMarks {
  return {
    async all() {
      const rows = await queries.selectFrom('schedule_marks').selectAll().execute()
      return new Map(rows.map(({ transfer, at }) => [transfer, at]))
    },
    async set(transfer, at) {
      await queries
        .insertInto('schedule_marks')
        .values({ transfer, at })
        .onConflict(clash => clash.column('transfer').doUpdateSet({ at }))
        .execute()
    },
    async remove(transfer) {
      await queries.deleteFrom('schedule_marks').where('transfer', '=', transfer).execute()
    },
  }
}

function* slices<T>(items: readonly T[], size: number): Generator<readonly T[]> {
  for (let start = 0; start < items.length; start += size) yield items.slice(start, start + size)
}
