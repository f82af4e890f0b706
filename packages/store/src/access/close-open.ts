import { setImmediate as turn } from 'node:timers/promises'
import { sql } from 'kysely'
import type { Database, Queries } from '../database.ts'
import type { JsonValue } from '../json.ts'
import { readJson } from '../json-text.ts'
import { integers, texts } from '../logs/log-spec.ts'
import { indexable } from '../runs/indexable.ts'
import { jsonRows } from '../runs/json-rows.ts'

/** Rows that one transaction closes. */
const SLICE = 200

const COLUMNS = [...integers('id'), ...texts('document')]

/** How streams are closed that nobody tells of any more. */
export interface Close {
  readonly at: number
  readonly code: string
  readonly text: string
}

/** Closes what an edge left open; answers how many. Of two who do so at once, one closes a row. */
export async function closeOpen(database: Database, edge: string, close: Close): Promise<number> {
  let closed = 0
  for (let more = true; more; await turn()) {
    const count = await database.queries
      .transaction()
      .execute(transaction => closeSome(transaction, database.dialect, edge, close))
    closed += count.closed
    more = count.found === SLICE
  }
  return closed
}

async function closeSome(
  transaction: Queries,
  dialect: Database['dialect'],
  edge: string,
  close: Close,
): Promise<{ found: number; closed: number }> {
  const lock = dialect.kind === 'postgres' ? sql`for update` : sql``
  const { rows } = await sql<{ row_id: string; document: string }>`
    select cast(id as text) as row_id, document from access_streams
    where edge = ${indexable(edge)} and ended_at is null order by id limit ${SLICE} ${lock}`.execute(
    transaction,
  )
  if (rows.length === 0) return { found: 0, closed: 0 }
  const documents = jsonRows(
    dialect,
    COLUMNS,
    rows.map(({ row_id, document }) => [row_id, JSON.stringify(closedDocument(readJson(document), close))]),
  )
  const { numAffectedRows = 0n } = await sql`
    update access_streams set status = 'close', code = ${indexable(close.code)}, ended_at = ${Math.trunc(close.at)},
      document = given.document
    from ${documents} as given
    where access_streams.id = cast(given.id as ${sql.raw(dialect.integer)}) and access_streams.ended_at is null`.execute(
    transaction,
  )
  return { found: rows.length, closed: Number(numAffectedRows) }
}

function closedDocument(document: JsonValue, { at, code, text }: Close): JsonValue {
  if (typeof document !== 'object' || document === null || isList(document)) return document
  return {
    ...document,
    ConnectionStatus: 'close',
    InternalReason: code,
    Text: text,
    TimestampConnectionEnd: Math.trunc(at),
  }
}

const isList = (value: JsonValue): value is readonly JsonValue[] => Array.isArray(value)
