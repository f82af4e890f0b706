import { type RawBuilder, sql } from 'kysely'
import { pageLimit } from '../collections/page.ts'
import type { Database } from '../database.ts'
import { readJson } from '../json-text.ts'
import { type Columns, numberOf, textOf } from '../logs/columns.ts'
import { firstIdOf, parseLogId } from '../logs/log-id.ts'
import { pruneRows } from '../logs/prune.ts'
import { indexable } from '../runs/indexable.ts'
import type { AccessStreamAsk, AccessStreamRow, AccessStreams } from '../store-access.ts'
import { closeOpen } from './close-open.ts'
import { saveStreams } from './save-streams.ts'

const FILTERS = ['edge', 'user', 'session', 'segment', 'connector', 'code', 'status'] as const

/** What passed on the access path. */
export function streams(database: Database): AccessStreams {
  const { queries } = database
  const select = sql`select cast(id as text) as row_id, ${sql.join(
    [
      ...['connection', 'session', 'edge', 'user', 'segment', 'connector', 'server', 'status', 'code'],
      ...['started_at', 'ended_at', 'document'],
    ].map(name => sql.ref(name)),
  )} from access_streams`
  return {
    save: rows => saveStreams(database, rows),
    closeOpen: (edge, close) => closeOpen(database, edge, close),
    async get(connection) {
      const { rows } = await sql<Columns>`${select} where connection = ${indexable(connection)}`.execute(
        queries,
      )
      return rows[0] && toStream(rows[0])
    },
    async list(ask) {
      const bounds = boundsOf(ask)
      if (bounds === undefined) return { items: [] }
      const limit = pageLimit(ask.limit)
      // One more than asked for tells whether there is another page.
      const { rows } = await sql<Columns>`${select} where ${sql.join(bounds, sql` and `)}
        order by id desc limit ${limit + 1}`.execute(queries)
      const items = rows.slice(0, limit).map(toStream)
      const last = items.at(-1)
      return { items, ...(rows.length > limit && last !== undefined && { next: last.id }) }
    },
    prune: (retention, now) =>
      pruneRows(database, 'access_streams', retention, now, sql`ended_at is not null`),
  }
}

/** What rows have to fulfil; undefined when none can. */
function boundsOf(ask: AccessStreamAsk): readonly RawBuilder<unknown>[] | undefined {
  const before = ask.before === undefined ? undefined : parseLogId(ask.before)
  if (ask.before !== undefined && before === undefined) return undefined
  return [
    sql`true`,
    ...(before === undefined ? [] : [sql`id < ${before}`]),
    ...(ask.from === undefined ? [] : [sql`id >= ${firstIdOf(Math.ceil(ask.from))}`]),
    ...(ask.to === undefined ? [] : [sql`id < ${firstIdOf(ask.to + 1)}`]),
    ...FILTERS.flatMap(name => {
      const wanted = ask[name]
      return wanted === undefined ? [] : [sql`${sql.ref(name)} = ${indexable(wanted)}`]
    }),
  ]
}

function toStream(row: Columns): AccessStreamRow {
  return {
    id: textOf(row, 'row_id'),
    connection: textOf(row, 'connection'),
    session: textOf(row, 'session'),
    edge: textOf(row, 'edge'),
    user: textOf(row, 'user'),
    segment: textOf(row, 'segment'),
    connector: textOf(row, 'connector'),
    server: textOf(row, 'server'),
    status: toStatus(textOf(row, 'status')),
    code: textOf(row, 'code'),
    startedAt: numberOf(row, 'started_at'),
    ...(row.ended_at !== null && { endedAt: numberOf(row, 'ended_at') }),
    document: readJson(textOf(row, 'document')),
  }
}

const toStatus = (text: string): AccessStreamRow['status'] =>
  text === 'open' || text === 'active' || text === 'refused' ? text : 'close'
