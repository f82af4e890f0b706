import { setImmediate as turn } from 'node:timers/promises'
import { sql } from 'kysely'
import type { Database, Queries } from '../database.ts'
import type { Column, Value } from '../rows.ts'
import { schemaVersion } from '../schema/migrate.ts'
import { KEPT_TABLES, KEY_LENGTHS } from '../schema/table-names.ts'
import type { TableHeader } from './format.ts'

/** Rows that are read at once. */
const ROWS = 500

/** A database at one moment. */
export interface Snapshot {
  readonly schema: number
  readonly tables: readonly TableHeader[]
  /** The rows of a table, some at a time. */
  rows(table: TableHeader): AsyncGenerator<readonly (readonly Value[])[]>
}

/** Reads a database as it is at this moment, whatever is written meanwhile. */
export async function readSnapshot<T>(
  { queries, dialect }: Database,
  work: (snapshot: Snapshot) => Promise<T>,
): Promise<T> {
  const begin = queries.transaction().setAccessMode('read only')
  const transaction = dialect.kind === 'postgres' ? begin.setIsolationLevel('repeatable read') : begin
  return transaction.execute(async snapshot => {
    const schema = await schemaVersion(snapshot, dialect)
    const tables: TableHeader[] = []
    for (const name of KEPT_TABLES) {
      if (!(await dialect.hasTable(snapshot, name))) continue
      const columns = await dialect.columnsOf(snapshot, name)
      const { rows } = await sql<{ count: number }>`select count(*) as count from ${sql.table(name)}`.execute(
        snapshot,
      )
      tables.push({ name, columns, rows: rows[0]?.count ?? 0 })
      await turn()
    }
    return work({ schema, tables, rows: table => readRows(snapshot, table) })
  })
}

/** In the order of the primary key, which every table begins with. */
async function* readRows(
  queries: Queries,
  { name, columns }: TableHeader,
): AsyncGenerator<readonly (readonly Value[])[]> {
  const key = columns.slice(0, KEY_LENGTHS[name] ?? 1)
  if (key.length === 0) return
  const order = sql.join(key.map(column => sql.ref(`${name}.${column.name}`)))
  // As text, because an integer may be beyond 2^53.
  const cells = sql.join(
    columns.map(
      (column, index) => sql`cast(${sql.ref(`${name}.${column.name}`)} as text) as ${sql.ref(`c${index}`)}`,
    ),
  )
  let last: Record<string, string | null> | undefined
  for (;;) {
    const bounds = key.map((column, index) => boundOf(column, last?.[`c${index}`]))
    const beyond = last === undefined ? sql`` : sql`where (${order}) > (${sql.join(bounds)})`
    const { rows } = await sql<Record<string, string | null>>`
      select ${cells} from ${sql.table(name)} ${beyond} order by ${order} limit ${ROWS}`.execute(queries)
    if (rows.length === 0) return
    yield rows.map(row => columns.map((column, index) => cell(column, row[`c${index}`] ?? null)))
    last = rows.at(-1)
    if (rows.length < ROWS) return
    await turn()
  }
}

const boundOf = (key: Column, value: Value | undefined) => (key.integer ? BigInt(value ?? 0) : (value ?? ''))

/** An integer as a number where a number can hold it. */
function cell({ integer }: Column, text: string | null): Value {
  if (!integer || text === null) return text
  const number = Number(text)
  return Number.isSafeInteger(number) ? number : text
}
