import { sql } from 'kysely'
import type { Dialect, Queries } from '../database.ts'
import type { Migration } from './migration.ts'

/** Server-initiated transfers: partners, definitions, the queue of runs and what is remembered of them. */
export const transfersSchema: Migration = {
  name: 'server-initiated transfers',
  async up(queries, dialect) {
    for (const [table, columns, key] of tables(dialect)) await create(queries, dialect, table, columns, key)
    for (const [name, table, columns, where] of INDEXES) {
      await sql`create index ${sql.ref(name)} on ${sql.table(table)} (${sql.raw(columns)}) ${sql.raw(where ?? '')}`.execute(
        queries,
      )
    }
  },
}

type Table = readonly [name: string, columns: readonly string[], key: readonly string[]]

function tables({ integer, text }: Dialect): readonly Table[] {
  const must = (type: string, ...names: string[]) => names.map(name => `"${name}" ${type} not null`)
  const may = (type: string, ...names: string[]) => names.map(name => `"${name}" ${type}`)
  const document = [
    ...must(text, 'name', 'folded', 'document'),
    ...must(integer, 'created_at', 'changed_at'),
    ...must(text, 'changed_by'),
    ...must(integer, 'revision'),
  ]
  return [
    ['zones', [...document, ...may(text, 'secrets')], ['name']],
    ['sites', [...document, ...may(text, 'secrets')], ['name']],
    ['definitions', document, ['name']],
    [
      'runs',
      [
        ...must(text, 'id', 'transfer', 'sites', 'lane', 'state', 'cause', 'definition'),
        ...may(text, 'occurrence', 'exclusive'),
        ...must(integer, 'created_at', 'due_at'),
        ...may(integer, 'started_at', 'ended_at'),
        ...must(integer, 'attempt'),
        ...may(text, 'lease_node'),
        ...may(integer, 'lease_until'),
        ...must(integer, 'cancel_asked'),
        ...may(text, 'error'),
        ...must(integer, 'files', 'files_done', 'bytes', 'bytes_total'),
        ...must(text, 'progress'),
        ...must(integer, 'events'),
      ],
      ['id'],
    ],
    ['run_files', must(text, 'run', 'key', 'body'), ['run', 'key']],
    [
      'run_events',
      [...must(text, 'run'), ...must(integer, 'number', 'at'), ...must(text, 'kind', 'text', 'detail')],
      ['run', 'number'],
    ],
    [
      'occurrences',
      [...must(text, 'transfer', 'occurrence'), ...may(integer, 'gone_at')],
      ['transfer', 'occurrence'],
    ],
    ['fetched', [...must(text, 'transfer', 'key'), ...must(integer, 'at')], ['transfer', 'key']],
    ['schedule_marks', [...must(text, 'transfer'), ...must(integer, 'at')], ['transfer']],
  ]
}

/** A condition on the state itself would lead SQLite to the index by state. */
const NOT_OVER = 'where ended_at is null'

const INDEXES: readonly (readonly [name: string, table: string, columns: string, where?: string])[] = [
  // Lists, newest first, by each filter.
  ['runs_by_state', 'runs', 'state, id'],
  ['runs_by_transfer', 'runs', 'transfer, lane, state, id'],
  ['runs_by_lane', 'runs', 'lane, state, id'],
  // What a lease looks for: the oldest of each lane.
  ['runs_open', 'runs', 'lane, due_at, id, state, exclusive', NOT_OVER],
  ['runs_due', 'runs', 'due_at, state', NOT_OVER],
  ['runs_ended', 'runs', 'ended_at, state', 'where ended_at is not null'],
  ['occurrences_gone', 'occurrences', 'gone_at', 'where gone_at is not null'],
]

/** The rows of all others are little beside their key: in SQLite they are one tree. */
const ROWS_ARE_LONG = new Set(['zones', 'sites', 'definitions', 'runs'])

async function create(
  queries: Queries,
  dialect: Dialect,
  table: string,
  columns: readonly string[],
  key: readonly string[],
): Promise<void> {
  const end = dialect.kind === 'sqlite' && !ROWS_ARE_LONG.has(table) ? 'without rowid' : ''
  await sql`create table ${sql.table(table)} (${sql.raw(columns.join(', '))},
    primary key (${sql.join(key.map(name => sql.ref(name)))})) ${sql.raw(end)}`.execute(queries)
}
