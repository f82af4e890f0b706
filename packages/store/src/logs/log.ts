import { setImmediate as turn } from 'node:timers/promises'
import { sql } from 'kysely'
import { pageLimit } from '../collections/page.ts'
import type { Database } from '../database.ts'
import { fold } from '../fold.ts'
import { type Column, insertRows, type Value } from '../rows.ts'
import type { Log, LogAsk, LogPage } from '../store.ts'
import { newestRows, type Wanted } from './candidates.ts'
import { type Columns, numberOf, storable } from './columns.ts'
import { type Kind, Kinds } from './kinds.ts'
import { firstIdOf, logId, parseLogId } from './log-id.ts'
import type { LogSpec } from './log-spec.ts'
import { pruneLog } from './prune.ts'
import { searchIds } from './search.ts'

/** No id is as high. */
const END = 2n ** 63n - 1n

/** Characters of a row that are searched. */
const MAX_SEARCHED = 2_000

/** Rows that one statement writes: with the index for searches, some milliseconds of SQLite's. Others get a turn after it. */
const ROWS_A_STATEMENT = 200

const NO_KIND: Kind = ['', '', '']

/** A log in a database. */
export function openLog<Row extends { readonly id: string; readonly at: number }, Ask extends LogAsk>(
  database: Database,
  spec: LogSpec<Row, Ask>,
): Log<Row, Ask> {
  const { queries, dialect } = database
  const kinds = new Kinds(spec.table)
  const columns = sql.join(['at', 'kind', ...spec.columns.map(({ name }) => name)].map(name => sql.ref(name)))

  /** What is asked for in terms of the table; undefined when there can be none. */
  function wantedBy(ask: Ask, known: ReadonlyMap<number, Kind>): Wanted | undefined {
    const filters = spec.filters(ask)
    const fits = spec.kinds(ask)
    const filtered = fits !== undefined || Object.keys(filters).length > 0
    const numbers = filtered
      ? [...known].filter(([, kind]) => fits?.(kind) ?? true).map(([number]) => number)
      : undefined
    const before = ask.before === undefined ? END : parseLogId(ask.before)
    if (before === undefined || numbers?.length === 0) return undefined
    const to = ask.to === undefined ? END : firstIdOf(ask.to + 1)
    return {
      table: spec.table,
      filters,
      kinds: numbers,
      from: ask.from === undefined ? 0n : firstIdOf(Math.ceil(ask.from)),
      below: before < to ? before : to,
    }
  }

  return {
    async append(rows) {
      if (rows.length === 0) return
      try {
        await queries.transaction().execute(async transaction => {
          const numbers = await dialect.takeNumbers(transaction, rows.length)
          const kindNumbers = await kinds.numbers(transaction, rows.map(spec.kindOf))
          const written = rows.map((row, index): Value[] => {
            const columns = spec.write(row)
            return [
              String(logId(row.at, numbers[index] ?? 0n)),
              Math.trunc(row.at),
              kindNumbers[index] ?? 0,
              storable(fold(spec.texts(row).join('\n'))).slice(0, MAX_SEARCHED),
              ...spec.columns.map(({ name }) => storableValue(columns[name])),
            ]
          })
          for (let start = 0; start < written.length; start += ROWS_A_STATEMENT) {
            const slice = written.slice(start, start + ROWS_A_STATEMENT)
            if (start > 0) await turn()
            await insertRows(transaction, dialect, spec.table, columnsOf(spec.columns), slice)
          }
        })
      } catch (error) {
        // New kinds may have been rolled back with the rows.
        kinds.forget()
        throw error
      }
    },

    async list(ask): Promise<LogPage<Row>> {
      const known = await kinds.all(queries)
      const wanted = wantedBy(ask, known)
      if (wanted === undefined) return { items: [] }
      const limit = pageLimit(ask.limit)
      const text = fold(ask.search ?? '')
      // One more than asked for tells whether there is another page.
      const { ids, more } =
        text === ''
          ? { ids: newestRows(wanted, ['id'], limit + 1), more: undefined }
          : await searchIds(database, wanted, text, limit + 1)
      const { rows } = await sql<Columns>`
        select cast(id as text) as row_id, ${columns} from ${sql.table(spec.table)} where id in (${ids}) order by ${sql.ref('id')} desc`.execute(
        queries,
      )
      const items = rows
        .slice(0, limit)
        .map(row => spec.read(row, known.get(numberOf(row, 'kind')) ?? NO_KIND))
      const last = items.at(-1)
      if (rows.length > limit && last !== undefined) return { items, next: last.id }
      return { items, ...(more !== undefined && { next: more }) }
    },

    prune: (retention, now) => pruneLog(database, spec.table, retention, now),
  }
}

const columnsOf = (columns: readonly Column[]): readonly Column[] => [
  { name: 'id', integer: true },
  { name: 'at', integer: true },
  { name: 'kind', integer: true },
  { name: 'search', integer: false },
  ...columns,
]

/** Integer columns take nothing else. */
const storableValue = (value: string | number | undefined): Value =>
  typeof value === 'number' ? Math.trunc(value) : storable(value ?? '')
