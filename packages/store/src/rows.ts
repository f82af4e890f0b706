import { sql } from 'kysely'
import type { Dialect, Queries } from './database.ts'

/** A column and whether it holds integers; else it holds text. */
export interface Column {
  readonly name: string
  readonly integer: boolean
}

/** A value of a column. Integers beyond 2^53 are decimal text. */
export type Value = string | number | null

/**
 * Writes rows with one statement and one parameter, however many they are: a statement of thousands of parameters takes
 * longer to read than to run.
 */
export async function insertRows(
  queries: Queries,
  dialect: Dialect,
  table: string,
  columns: readonly Column[],
  rows: readonly (readonly Value[])[],
): Promise<void> {
  const names = sql.join(columns.map(({ name }) => sql.ref(name)))
  const values = columns.map(({ integer }, index) => {
    const value = sql`value ->> ${sql.lit(index)}`
    return integer && dialect.kind === 'postgres' ? sql`(${value})::bigint` : value
  })
  const json = JSON.stringify(rows)
  const from = dialect.kind === 'postgres' ? sql`json_array_elements(${json}::json)` : sql`json_each(${json})`
  await sql`insert into ${sql.table(table)} (${names}) select ${sql.join(values)} from ${from}`.execute(
    queries,
  )
}
