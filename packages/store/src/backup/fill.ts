import { setImmediate as turn } from 'node:timers/promises'
import type { Database, Queries } from '../database.ts'
import { insertRows, type Value } from '../rows.ts'
import { runSteps } from '../schema/migrate.ts'
import type { Migrations } from '../schema/migration.ts'
import { damaged, type Header } from './format.ts'
import { readBackup } from './read-backup.ts'

/** What is to be restored. */
export interface Restore {
  readonly file: string
  readonly folder: string
  readonly force: boolean
  readonly migrations: Migrations
  readonly header: Header
}

/** What was restored, and where that is which was there before. */
export interface Filled {
  readonly rows: number
  readonly putAside: readonly string[]
}

/**
 * Makes the tables as they were when the backup was made, fills them, and brings them up to date, in a transaction that
 * is open.
 * @returns rows written
 */
export async function fill(
  transaction: Queries,
  dialect: Database['dialect'],
  { file, header, migrations }: Restore,
): Promise<number> {
  await runSteps(transaction, dialect, migrations.slice(0, header.schema))
  const columns = new Map(header.tables.map(table => [table.name, table.columns]))
  for (const table of header.tables) {
    const there = new Set((await dialect.columnsOf(transaction, table.name)).map(({ name }) => name))
    if (!table.columns.every(({ name }) => there.has(name))) {
      throw damaged(file, `its table ${table.name} has columns that there never were`)
    }
  }
  let written = 0
  for await (const line of (await readBackup(file, migrations.length)).lines) {
    if (!('table' in line)) continue
    await insertRows(
      transaction,
      dialect,
      line.table,
      columns.get(line.table) ?? [],
      line.rows.map(storableRow),
    )
    written += line.rows.length
    await turn()
  }
  await dialect.catchUp(transaction)
  await runSteps(transaction, dialect, migrations)
  return written
}

/** SQLite keeps NUL in a text; PostgreSQL does not take it. */
const storableRow = (row: readonly Value[]) =>
  row.map(value =>
    typeof value === 'string' && value.includes('\0') ? value.replaceAll('\0', '\uFFFD') : value,
  )
