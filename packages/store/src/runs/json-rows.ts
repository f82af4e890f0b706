import { type RawBuilder, sql } from 'kysely'
import type { Dialect } from '../database.ts'
import type { Column, Value } from '../rows.ts'

/** Rows as a table that a statement can read; one parameter, however many they are. */
export function jsonRows(
  dialect: Dialect,
  columns: readonly Column[],
  rows: readonly (readonly Value[])[],
): RawBuilder<unknown> {
  const values = columns.map(({ name, integer }, index) => {
    const value = sql`value ->> ${sql.lit(index)}`
    const typed = integer && dialect.kind === 'postgres' ? sql`(${value})::bigint` : value
    return sql`${typed} as ${sql.ref(name)}`
  })
  return sql`(select ${sql.join(values)} from ${elements(dialect, rows)})`
}

/** Texts as a subquery, for `in`. */
export const jsonTexts = (dialect: Dialect, texts: readonly string[]): RawBuilder<unknown> =>
  dialect.kind === 'postgres'
    ? sql`(select value from json_array_elements_text(${JSON.stringify(texts)}::json))`
    : sql`(select value from json_each(${JSON.stringify(texts)}))`

function elements({ kind }: Dialect, rows: readonly unknown[]): RawBuilder<unknown> {
  const json = JSON.stringify(rows)
  return kind === 'postgres' ? sql`json_array_elements(${json}::json)` : sql`json_each(${json})`
}
