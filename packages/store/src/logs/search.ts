import { type RawBuilder, sql } from 'kysely'
import type { Database, Dialect, Queries } from '../database.ts'
import { columnsWanted, newestRows, type Wanted } from './candidates.ts'

/** The ids of the rows found, and where the search stopped if it did before the end of the log. */
export interface Found {
  readonly ids: RawBuilder<unknown>
  /** The id below which to go on; undefined when everything was looked at, or enough was found. */
  readonly more: string | undefined
}

/** Rows that the filters find are read one by one when they are no more than this. */
const FEW = 5_000

/** Rows that are read one by one when no index helps: for a text of one or two characters, say. */
const SCANNED = 8_000

/** Hits of the index that are looked at for whether the filters want them. */
const MAX_HITS = 10_000

/** Characters that SQLite's index knows together. */
const RUN = 3

/** Runs of three characters of a long text that the index is asked for; what it finds is looked at again. */
const MAX_RUNS = 40

/**
 * Finds the newest rows wanted whose texts contain a text. Every way of looking has a bound, so that a search that finds
 * nothing ends soon, too; where it is reached before the end of the log, the answer says where to go on.
 * @param text - folded
 */
export async function searchIds(
  { queries, dialect }: Database,
  wanted: Wanted,
  text: string,
  limit: number,
): Promise<Found> {
  const filtered = wanted.kinds !== undefined
  const indexed = await dialect.canSearch(queries, text)
  if (!filtered && indexed) return searchIndex(queries, dialect, wanted, text, limit)
  const most = indexed ? FEW : SCANNED
  const oldest = await lastOf(queries, newestRows(wanted, ['id'], most), most)
  if (oldest !== undefined && indexed) return searchIndex(queries, dialect, wanted, text, limit)
  const found = await idsOf(
    queries,
    sql`select cast(id as text) as found from (${newestTexts(dialect, wanted, most)}) as candidates
      where ${dialect.contains(sql.ref('search'), text)} order by id desc limit ${limit}`,
  )
  return answer(found, limit, oldest)
}

/** The ids and texts of the newest rows wanted, in the way that each planner takes the index for. */
function newestTexts(dialect: Dialect, wanted: Wanted, most: number): RawBuilder<unknown> {
  if (dialect.kind === 'postgres') return newestRows(wanted, ['id', 'search'], most)
  // Asked for more than the id, SQLite would walk through all rows in their order.
  return sql`select t.id, t.search from (${newestRows(wanted, ['id'], most)}) as newest
    cross join ${sql.table(wanted.table)} as t on t.id = newest.id`
}

async function searchIndex(
  queries: Queries,
  dialect: Dialect,
  wanted: Wanted,
  text: string,
  limit: number,
): Promise<Found> {
  const { found, hits } =
    dialect.kind === 'sqlite'
      ? sqliteSearch(dialect, wanted, text, limit)
      : postgresSearch(wanted, text, limit)
  const ids = await idsOf(queries, found)
  if (ids.length >= limit) return answer(ids, limit, undefined)
  return answer(ids, limit, await lastOf(queries, hits, MAX_HITS))
}

interface IndexSearch {
  /** The ids of the rows wanted, as text. */
  readonly found: RawBuilder<unknown>
  /** The ids of the index' hits, before the filters. */
  readonly hits: RawBuilder<unknown>
}

function sqliteSearch(dialect: Dialect, wanted: Wanted, text: string, limit: number): IndexSearch {
  const index = sql.table(`${wanted.table}_search`)
  const hits = sql`select rowid as id from ${index}
    where ${index} match ${runsOf(text)} and rowid >= ${wanted.from} and rowid < ${wanted.below}
    order by rowid desc limit ${MAX_HITS}`
  // The hits come in their order, newest first, and are looked at one by one: no sorting, so that it can stop at the limit.
  const found = sql`select cast(t.id as text) as found from (${hits}) as hits
    cross join ${sql.table(wanted.table)} as t on t.id = hits.id
    where ${columnsWanted(wanted)} and ${dialect.contains(sql.ref('t.search'), text)} limit ${limit}`
  return { found, hits }
}

function postgresSearch(wanted: Wanted, text: string, limit: number): IndexSearch {
  const pattern = `%${text.replace(/[\\%_]/g, '\\$&')}%`
  const { from, below } = wanted
  const hits = sql`select * from ${sql.table(wanted.table)}
    where search like ${pattern} and id >= ${from} and id < ${below} order by id desc limit ${MAX_HITS}`
  const found = sql`select cast(id as text) as found from (${hits}) as hits
    where ${columnsWanted(wanted)} order by id desc limit ${limit}`
  return { found, hits }
}

/** The oldest of the rows of a query, when there are as many as it may give: there may be more. */
async function lastOf(
  queries: Queries,
  rows: RawBuilder<unknown>,
  most: number,
): Promise<string | undefined> {
  const result = await sql<{ count: number; oldest: string | null }>`
    select count(*) as count, cast(min(id) as text) as oldest from (${rows}) as counted`.execute(queries)
  const { count = 0, oldest } = result.rows[0] ?? {}
  return count < most ? undefined : (oldest ?? undefined)
}

async function idsOf(queries: Queries, query: RawBuilder<unknown>): Promise<readonly string[]> {
  const { rows } = await sql<{ found: string }>`${query}`.execute(queries)
  return rows.map(({ found }) => found)
}

function answer(found: readonly string[], limit: number, oldest: string | undefined): Found {
  return {
    ids: found.length === 0 ? sql`null` : sql.join(found.map(BigInt)),
    more: found.length >= limit ? undefined : oldest,
  }
}

/** The text in the words of FTS5: all its runs of three characters. */
function runsOf(text: string): string {
  const characters = [...text]
  const runs = new Set<string>()
  for (let at = 0; at + RUN <= characters.length && runs.size < MAX_RUNS; at++) {
    runs.add(characters.slice(at, at + RUN).join(''))
  }
  return [...runs].map(run => `"${run.replaceAll('"', '""')}"`).join(' AND ')
}
