import { sql } from 'kysely'
import type { Dialect, Queries } from '../database.ts'

/** Pages of an index that are merged at once: a few milliseconds. */
const MERGE_PAGES = 16

/** A part of an index is merged when so many of its rows are deleted. */
const MERGE_DELETED_PERCENT = 10

/** What SQLite calls things. */
export const sqliteWords: Dialect = {
  kind: 'sqlite',
  integer: 'integer',
  text: 'text',
  serial: 'integer primary key autoincrement',
  async hasTable(queries, name) {
    const { rows } = await sql`select 1 from sqlite_schema where type = 'table' and name = ${name}`.execute(
      queries,
    )
    return rows.length > 0
  },
  async columnsOf(queries, table) {
    const { rows } = await sql<{ name: string; type: string }>`
      select name, type from pragma_table_info(${table}) order by cid`.execute(queries)
    return rows.map(({ name, type }) => ({ name, integer: type.toLowerCase() === 'integer' }))
  },
  contains: (text, part) => sql<boolean>`instr(${text}, ${part}) > 0`,
  // A transaction that writes has the database for itself.
  async serialise() {},
  async takeNumbers(transaction, count) {
    const { rows } = await sql<{ value: string }>`
      insert into meta (name, value) values ('log-numbers', ${String(count)})
      on conflict (name) do update set value = cast(cast(value as integer) + cast(${count} as integer) as text)
      returning value`.execute(transaction)
    const last = BigInt(rows[0]?.value ?? count)
    return Array.from({ length: count }, (_, index) => last - BigInt(count - 1 - index))
  },
  async createOwn() {},
  // Done by itself.
  async catchUp() {},
  // Others poll.
  async announce() {},
  /**
   * An index of all runs of three characters. It holds no text (`content=''`) and no positions (`detail=none`), which
   * makes it half as large and as slow to write; what it finds is looked at again.
   */
  async createSearch(queries, table) {
    const index = `${table}_search`
    await sql`create virtual table ${sql.table(index)} using fts5(
      search, content='', contentless_delete=1, detail=none, tokenize='trigram case_sensitive 1')`.execute(
      queries,
    )
    await configure(queries, index, 'deletemerge', 0)
    await sql`create trigger ${sql.raw(`${index}_in`)} after insert on ${sql.table(table)} begin
      insert into ${sql.table(index)} (rowid, search) values (new.id, new.search); end`.execute(queries)
    await sql`create trigger ${sql.raw(`${index}_out`)} after delete on ${sql.table(table)} begin
      delete from ${sql.table(index)} where rowid = old.id; end`.execute(queries)
  },
  /**
   * Left to itself, FTS5 merges what has many deleted rows in the middle of a delete: some hundred milliseconds at once.
   * So it may do so here alone, some pages at a time.
   */
  tidySearch: (queries, table) =>
    queries.transaction().execute(async transaction => {
      const index = `${table}_search`
      await configure(transaction, index, 'deletemerge', MERGE_DELETED_PERCENT)
      const before = await changes(transaction)
      await configure(transaction, index, 'merge', MERGE_PAGES)
      // What the documentation of FTS5 says: less than two changes, and nothing was merged.
      const merged = (await changes(transaction)) - before >= 2
      await configure(transaction, index, 'deletemerge', 0)
      return merged
    }),
  canSearch: async (_queries, text) => [...text].length >= 3,
}

/** Commands of FTS5 are written into a column that has the name of the table. */
async function configure(queries: Queries, index: string, command: string, value: number): Promise<void> {
  await sql`insert into ${sql.table(index)} (${sql.ref(index)}, rank)
    values (${command}, cast(${value} as integer))`.execute(queries)
}

async function changes(queries: Queries): Promise<number> {
  const { rows } = await sql<{ count: number }>`select total_changes() as count`.execute(queries)
  return rows[0]?.count ?? 0
}
