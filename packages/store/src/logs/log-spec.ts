import type { JsonValue } from '../json.ts'
import type { Column } from '../rows.ts'
import type { LogAsk } from '../store.ts'
import type { Columns } from './columns.ts'
import type { Kind } from './kinds.ts'

/** What one log keeps in a row, and what it is asked for by. */
export interface LogSpec<Row extends { readonly id: string; readonly at: number }, Ask extends LogAsk> {
  readonly table: 'transfers' | 'incidents' | 'audit'
  /** The columns beside `id` (read as `row_id`, as text), `at`, `kind` and `search`. */
  readonly columns: readonly Column[]
  write(row: Omit<Row, 'id'>): Readonly<Record<string, string | number>>
  read(columns: Columns, kind: Kind): Row
  kindOf(row: Omit<Row, 'id'>): Kind
  /** What is searched. */
  texts(row: Omit<Row, 'id'>): readonly string[]
  /** The columns that have to hold what is asked for. There is an index for each combination. */
  filters(ask: Ask): Readonly<Record<string, string>>
  /** Which kinds are asked for; undefined: all. */
  kinds(ask: Ask): ((kind: Kind) => boolean) | undefined
}

/** Whether a text is the one asked for, or none is. */
export const matches = (wanted: string | undefined, text: string): boolean =>
  wanted === undefined || wanted === text

/** Filters without those that are not asked for. */
export function given(filters: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const found: Record<string, string> = {}
  for (const [name, value] of Object.entries(filters)) if (value !== undefined) found[name] = value
  return found
}

export const jsonText = (value: JsonValue): string => JSON.stringify(value)

export const texts = (...names: string[]): Column[] => names.map(name => ({ name, integer: false }))

export const integers = (...names: string[]): Column[] => names.map(name => ({ name, integer: true }))
