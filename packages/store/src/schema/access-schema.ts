import { sql } from 'kysely'
import type { Dialect, Queries } from '../database.ts'
import type { Migration } from './migration.ts'

/** The zero-trust access path: what people reach, who takes part, and what passed. */
export const accessSchema: Migration = {
  name: 'zero-trust access',
  async up(queries, dialect) {
    for (const [table, columns] of Object.entries(tables(dialect))) {
      await sql`create table ${sql.table(table)} (${sql.raw(columns.join(', '))})`.execute(queries)
    }
    for (const row of INDEXES) await index(queries, row)
    // SQLite ends every index with the id by itself.
    const end = dialect.kind === 'sqlite' ? '' : ', "id"'
    for (const column of STREAM_FILTERS) {
      await index(queries, [`access_streams_by_${column}`, 'access_streams', `"${column}"${end}`])
    }
  },
}

function tables({ integer, text }: Dialect): Record<string, readonly string[]> {
  const key = (name: string, type = text) => `"${name}" ${type} primary key`
  const must = (type: string, ...names: string[]) => names.map(name => `"${name}" ${type} not null`)
  const may = (type: string, ...names: string[]) => names.map(name => `"${name}" ${type}`)
  const document = [
    key('name'),
    ...must(text, 'folded', 'document'),
    ...must(integer, 'created_at', 'changed_at'),
    ...must(text, 'changed_by'),
    ...must(integer, 'revision'),
  ]
  return {
    access_segments: document,
    access_segment_groups: document,
    access_server_groups: document,
    access_connector_groups: document,
    access_publications: document,
    access_policies: document,
    access_keys: [...document, ...must(text, 'hash'), ...must(integer, 'uses')],
    access_members: [
      key('id'),
      ...must(text, 'kind', 'name', 'folded', 'user', 'serial'),
      ...must(integer, 'expires_at'),
      ...may(integer, 'revoked_at'),
      ...must(integer, 'enabled', 'created_at'),
      ...may(integer, 'last_seen_at'),
      ...must(text, 'document'),
    ],
    access_people: [...document, ...may(text, 'secrets'), ...may(integer, 'totp_step')],
    access_authority: [...document, ...may(text, 'secrets')],
    access_streams: [
      key('id', integer),
      ...must(text, 'connection', 'session', 'edge', 'user', 'segment', 'connector', 'server'),
      ...must(text, 'status', 'code'),
      ...must(integer, 'started_at'),
      ...may(integer, 'ended_at'),
      ...must(text, 'document'),
    ],
  }
}

/** The columns that the list of streams is filtered by: each has its rows in the order of time. */
const STREAM_FILTERS = ['user', 'session', 'segment', 'connector', 'code', 'status']

type Index = readonly [name: string, table: string, columns: string, where?: string, unique?: true]

const INDEXES: readonly Index[] = [
  // A name may be given again once the one that had it was revoked.
  ['access_members_by_name', 'access_members', '"kind", "user", "name"', 'where revoked_at is null', true],
  ['access_members_by_folded', 'access_members', '"kind", "folded"'],
  ['access_members_by_expires_at', 'access_members', '"expires_at"'],
  ['access_streams_by_connection', 'access_streams', '"connection"', '', true],
  ['access_streams_open', 'access_streams', '"edge"', 'where ended_at is null'],
]

async function index(queries: Queries, [name, table, columns, where, unique]: Index): Promise<void> {
  await sql`create ${sql.raw(unique ? 'unique index' : 'index')} ${sql.ref(name)}
    on ${sql.table(table)} (${sql.raw(columns)}) ${sql.raw(where ?? '')}`.execute(queries)
}
