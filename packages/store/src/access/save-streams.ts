import { setImmediate as turn } from 'node:timers/promises'
import { type RawBuilder, sql } from 'kysely'
import type { Database } from '../database.ts'
import { logId } from '../logs/log-id.ts'
import { integers, texts } from '../logs/log-spec.ts'
import type { Value } from '../rows.ts'
import { indexable } from '../runs/indexable.ts'
import { jsonRows } from '../runs/json-rows.ts'
import type { AccessStreamRow } from '../store-access.ts'

/** Rows that one statement writes: some milliseconds of SQLite's. Others get a turn after it. */
const ROWS_A_STATEMENT = 200

const COLUMNS = [
  ...integers('id'),
  ...texts('connection', 'session', 'edge', 'user', 'segment', 'connector', 'server', 'status', 'code'),
  ...integers('started_at', 'ended_at'),
  ...texts('document'),
]

/** A row keeps its place in time from when it was new. */
const KEPT: ReadonlySet<string> = new Set(['id', 'connection', 'started_at'])

const NAMES = sql.join(COLUMNS.map(({ name }) => sql.ref(name)))
const CHANGES: RawBuilder<unknown> = sql.join(
  COLUMNS.filter(({ name }) => !KEPT.has(name)).map(
    ({ name }) => sql`${sql.ref(name)} = ${sql.ref(`excluded.${name}`)}`,
  ),
)

type Row = Omit<AccessStreamRow, 'id'>

/** Writes streams by their connection, in one transaction. */
export async function saveStreams({ queries, dialect }: Database, rows: readonly Row[]): Promise<void> {
  const latest = new Map<string, Row>()
  for (const row of rows) {
    const known = latest.get(row.connection)
    if (known === undefined || !isOver(known)) latest.set(row.connection, row)
  }
  if (latest.size === 0) return
  // In one order everywhere: two nodes that write the same rows do not wait for each other in a circle.
  const sorted = [...latest].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row)
  await queries.transaction().execute(async transaction => {
    const numbers = await dialect.takeNumbers(transaction, sorted.length)
    const values = sorted.map((row, index) => valuesOf(row, logId(row.startedAt, numbers[index] ?? 0n)))
    for (let start = 0; start < values.length; start += ROWS_A_STATEMENT) {
      if (start > 0) await turn()
      const slice = jsonRows(dialect, COLUMNS, values.slice(start, start + ROWS_A_STATEMENT))
      await sql`insert into access_streams (${NAMES}) select ${NAMES} from ${slice} as given where true
        on conflict (connection) do update set ${CHANGES} where access_streams.ended_at is null`.execute(
        transaction,
      )
    }
  })
}

const isOver = ({ status }: Row): boolean => status === 'close' || status === 'refused'

function valuesOf(row: Row, id: bigint): readonly Value[] {
  const short = [row.connection, row.session, row.edge, row.user, row.segment, row.connector, row.server]
  const startedAt = Math.trunc(row.startedAt)
  return [
    String(id),
    ...short.map(indexable),
    row.status,
    indexable(row.code),
    startedAt,
    isOver(row) ? Math.trunc(row.endedAt ?? startedAt) : null,
    JSON.stringify(row.document),
  ]
}
