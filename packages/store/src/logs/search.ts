import { type RawBuilder, sql } from 'kysely'
import type { Database, Queries } from '../database.ts'
import { condition, newestIds, type Wanted } from './candidates.ts'

/** The ids of the rows found, and where the search stopped if it did before the end of the log. */
export interface Found {
  readonly ids: RawBuilder<unknown>
  /** The id below which to go on; undefined when everything was looked at, or enough was found. */
  readonly more: string | undefined
}

/** Rows that the filters find are read one by one when they are no more than this. */
const FEW = 5_000

/** Rows that are read one by one when no index helps: for a text of one or two characters, say. */
const SCANNED = 20_000

/** Hits of the index that are looked at again. */
const MAX_HITS = 30_000

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
  const candidates = newestIds(wanted, most)
  const oldest = await boundOf(queries, candidates, most)
  if (oldest !== undefined && indexed) return searchIndex(queries, dialect, wanted, text, limit)
  const found = await ids(
    queries,
    sql`select cast(id as text) as found from ${sql.table(wanted.table)}
      where id in (${candidates}) and ${dialect.contains(sql.ref('search'), text)}
      order by id desc limit ${limit}`,
  )
  return answer(found, limit, oldest)
}

async function searchIndex(
  queries: Queries,
  dialect: Database['dialect'],
  wanted: Wanted,
  text: string,
  limit: number,
): Promise<Found> {
  if (dialect.kind === 'postgres') {
    const found = await ids(
      queries,
      sql`select cast(id as text) as found from ${sql.table(wanted.table)}
        where ${condition(wanted)} and search like ${`%${text.replace(/[\\%_]/g, '\\$&')}%`}
        order by id desc limit ${limit}`,
    )
    return answer(found, limit, undefined)
  }
  const index = sql.table(`${wanted.table}_search`)
  const hits = (last: RawBuilder<unknown>) => sql`select rowid from ${index}
    where ${index} match ${runsOf(text)} and rowid >= ${wanted.from} and rowid < ${wanted.below}
    order by rowid desc ${last}`
  // The hits come in their order, newest first, and are looked at one by one: no sorting, so that it can stop at the limit.
  const found = await ids(
    queries,
    sql`select cast(t.id as text) as found from (${hits(sql`limit ${MAX_HITS}`)}) as hits
      cross join ${sql.table(wanted.table)} as t on t.id = hits.rowid
      where ${condition(wanted)} and ${dialect.contains(sql.ref('t.search'), text)} limit ${limit}`,
  )
  if (found.length >= limit) return answer(found, limit, undefined)
  const [oldest] = await ids(
    queries,
    sql`select cast(rowid as text) as found from (${hits(sql`limit 1 offset ${MAX_HITS - 1}`)}) as hits`,
  )
  return answer(found, limit, oldest)
}

/** The oldest of the candidates, when there may be more than these. */
async function boundOf(
  queries: Queries,
  candidates: RawBuilder<unknown>,
  most: number,
): Promise<string | undefined> {
  const { rows } = await sql<{ count: number; oldest: string | null }>`
    select count(*) as count, cast(min(id) as text) as oldest from (${candidates}) as candidates`.execute(
    queries,
  )
  const { count = 0, oldest } = rows[0] ?? {}
  return count < most ? undefined : (oldest ?? undefined)
}

async function ids(queries: Queries, query: RawBuilder<unknown>): Promise<readonly string[]> {
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
