import { type RawBuilder, sql } from 'kysely'

/** Which rows of a log are looked for, by what its indexes know. */
export interface Wanted {
  readonly table: string
  /** Columns and what they have to hold. */
  readonly filters: Readonly<Record<string, string>>
  /** Numbers of the kinds wanted; undefined when neither kinds nor columns are asked for. */
  readonly kinds: readonly number[] | undefined
  /** From this id. */
  readonly from: bigint
  /** Below this id. */
  readonly below: bigint
}

/** So many kinds get a search of their own; more than that are one condition. */
const MAX_BRANCHES = 120

/** The condition that a row has the columns and kinds wanted. */
export function columnsWanted({ filters, kinds }: Wanted): RawBuilder<boolean> {
  const parts = columnsHold(filters)
  if (kinds !== undefined) parts.push(sql`kind in (${sql.join(kinds)})`)
  return parts.length === 0 ? sql<boolean>`1 = 1` : sql<boolean>`${sql.join(parts, sql` and `)}`
}

/**
 * The newest rows wanted: a query for some of their columns. For each kind the newest are looked up by an index, then they
 * are merged: that costs the same whether nearly all rows are wanted or none.
 */
export function newestRows(
  wanted: Wanted,
  columns: readonly ('id' | 'search')[],
  limit: number,
): RawBuilder<unknown> {
  const { table, filters, kinds, from, below } = wanted
  const names = sql.join(columns.map(name => sql.ref(name)))
  const newest = (where: RawBuilder<boolean>) =>
    sql`select ${names} from ${sql.table(table)} where ${where} order by id desc limit ${limit}`
  if (kinds === undefined || kinds.length > MAX_BRANCHES) {
    return newest(sql`id >= ${from} and id < ${below} and ${columnsWanted(wanted)}`)
  }
  const branches = kinds.map(kind => {
    const parts = [...columnsHold(filters), sql`kind = ${kind}`, sql`id >= ${from}`, sql`id < ${below}`]
    return sql`select ${names} from (${newest(sql`${sql.join(parts, sql` and `)}`)}) as branch`
  })
  return sql`select ${names} from (${sql.join(branches, sql` union all `)}) as found order by id desc limit ${limit}`
}

const columnsHold = (filters: Readonly<Record<string, string>>) =>
  Object.entries(filters).map(([name, value]) => sql`${sql.ref(name)} = ${value}`)
