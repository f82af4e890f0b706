import { sql } from 'kysely'
import type { Writer } from '../changes/writer.ts'
import { pageBounds } from '../collections/page.ts'
import { readJson } from '../json-text.ts'
import type { RunEvent, RunFile, Runs } from '../store-runs.ts'
import { countRuns } from './counts.ts'
import { writeRuns } from './enqueue.ts'
import { runIds } from './ids.ts'
import { indexable } from './indexable.ts'
import { jsonTexts } from './json-rows.ts'
import { leaseRuns, QUEUED } from './lease.ts'
import { listRuns } from './list.ts'
import { pruneRuns } from './prune-runs.ts'
import { toRun } from './run-row.ts'
import { lockRuns, saveRuns } from './save.ts'

/** Events of one answer at most. */
const MAX_EVENTS = 1_000

/** The runs of all nodes. */
export function runs(writer: Writer): Runs {
  const { database } = writer
  const { queries, dialect } = database
  const nextId = runIds()
  return {
    async enqueue(wanted, now) {
      if (wanted.length === 0) return []
      return writer.writeBeside('runs', async transaction => {
        const rows = await writeRuns(transaction, dialect, wanted, now, nextId)
        const [first, second] = rows
        const changed = first === undefined ? [] : [second === undefined ? first.id : undefined]
        return { result: rows.map(toRun), changed }
      })
    },
    async lease(ask) {
      return (await leaseRuns(database, ask)).map(toRun)
    },
    async endLeases(now) {
      const { rows } = await sql`
        update runs set lease_until = ${Math.trunc(now)} where state = 'running' and lease_until > ${now}
        returning id`.execute(queries)
      return rows.length
    },
    async renew(ids, { node, until, now }) {
      if (ids.length === 0) return []
      return queries.transaction().execute(async transaction => {
        await lockRuns(transaction, dialect, ids)
        const { rows } = await sql<{ id: string; cancel: number }>`
          update runs set lease_until = ${Math.trunc(until)} where id in ${jsonTexts(dialect, ids)}
          and state = 'running' and lease_node = ${node} and lease_until > ${now}
          returning id, cancel_asked as cancel`.execute(transaction)
        return rows.map(({ id, cancel }) => ({ id, cancelAsked: cancel === 1 }))
      })
    },
    async save(id, node, change) {
      return (await saveRuns(database, node, [{ ...change, id }])).length === 1
    },
    saveAll: (node, changes) => saveRuns(database, node, changes),
    async get(id) {
      const row = await queries.selectFrom('runs').selectAll().where('id', '=', id).executeTakeFirst()
      return row && toRun(row)
    },
    async files(id, ask) {
      const { offset, limit } = pageBounds(ask)
      const found = queries.selectFrom('run_files').where('run', '=', id)
      const [rows, { total }] = await Promise.all([
        found.select('body').orderBy('key').limit(limit).offset(offset).execute(),
        found.select(({ fn }) => fn.countAll<number>().as('total')).executeTakeFirstOrThrow(),
      ])
      return { items: rows.map(({ body }) => readFile(body)), total }
    },
    async file(id, key) {
      const row = await queries
        .selectFrom('run_files')
        .select('body')
        .where('run', '=', id)
        .where('key', '=', indexable(key))
        .executeTakeFirst()
      return row && readFile(row.body)
    },
    async events(id, { after, limit }) {
      const rows = await queries
        .selectFrom('run_events')
        .selectAll()
        .where('run', '=', id)
        .where('number', '>', after !== undefined && /^\d{1,15}$/.test(after) ? Number(after) : 0)
        .orderBy('number')
        .limit(Math.min(MAX_EVENTS, Math.max(1, Math.trunc(limit))))
        .execute()
      return rows.map(
        ({ number, at, kind, text, detail }): RunEvent => ({
          id: String(number),
          at,
          kind,
          text,
          detail: readJson(detail),
        }),
      )
    },
    list: ask => listRuns(database, ask),
    counts: from => countRuns(queries, from),
    cancel(id, now) {
      return writer.writeBeside('runs', async transaction => {
        const free = sql`(state <> 'running' or lease_until <= ${now})`
        const { rows } = await sql`
          update runs set cancel_asked = 1,
            ended_at = case when ${free} then cast(${Math.trunc(now)} as bigint) end,
            state = case when ${free} then 'cancelled' else state end,
            lease_node = case when ${free} then null else lease_node end,
            lease_until = case when ${free} then null else lease_until end
          where id = ${id} and state in ('waiting', 'retrying', 'running') returning id`.execute(transaction)
        return { result: rows.length === 1, changed: rows.length === 1 ? [id] : [] }
      })
    },
    async nextDue() {
      const { rows } = await sql<{ due: number | null }>`
        select min(due_at) as due from runs where ${QUEUED}`.execute(queries)
      return rows[0]?.due ?? undefined
    },
    prune: (retention, now) => pruneRuns(database, retention, now),
  }
}

const readFile = (text: string): RunFile => JSON.parse(text)
