/** A row as the database gives it. */
export type Columns = Readonly<Record<string, unknown>>

/** The text of a column. */
export function textOf(columns: Columns, name: string): string {
  const value = columns[name]
  return typeof value === 'string' ? value : ''
}

/** The number of a column. */
export function numberOf(columns: Columns, name: string): number {
  const value = columns[name]
  return typeof value === 'number' ? value : Number(value ?? 0)
}

/** A text that both databases can hold: PostgreSQL refuses NUL. */
export const storable = (text: string): string => text.replaceAll('\0', '\uFFFD').toWellFormed()
