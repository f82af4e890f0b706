import { sql } from 'kysely'
import type { Dialect, Queries } from '../database.ts'
import type { Migration } from './migration.ts'

/** The texts of each log's rows, beside those that all have; the kinds are in `log_kinds`. */
const LOGS = {
  transfers: {
    texts: ['session', 'user', 'address', 'command', 'path', 'local', 'remote', 'because', 'tls', 'text'],
    integers: ['bytes', 'ms', 'reply'],
    filters: [['user']],
  },
  incidents: {
    texts: ['session', 'user', 'address', 'text', 'detail'],
    integers: [],
    filters: [['user'], ['address'], ['address', 'user']],
  },
  audit: {
    texts: ['actor', 'address', 'target', 'before', 'after', 'text'],
    integers: [],
    filters: [['actor'], ['target'], ['target', 'actor']],
  },
} as const

/** Every table as the first release had it. */
export const firstSchema: Migration = {
  name: 'first schema',
  async up(queries, dialect) {
    await dialect.createOwn(queries)
    for (const [table, columns] of Object.entries(tables(dialect))) await create(queries, table, columns)
    for (const [table, columns, unique] of INDEXES) await index(queries, table, columns, unique)
    for (const [table, { texts, integers, filters }] of Object.entries(LOGS)) {
      await create(queries, table, [
        `"id" ${dialect.integer} primary key`,
        `"at" ${dialect.integer} not null`,
        `"kind" ${dialect.integer} not null`,
        `"node" ${dialect.text} not null`,
        ...texts.map(name => `"${name}" ${dialect.text} not null`),
        ...integers.map(name => `"${name}" ${dialect.integer} not null`),
        `"search" ${dialect.text} not null`,
      ])
      // SQLite ends every index with the id by itself.
      const end = dialect.kind === 'sqlite' ? ['kind'] : ['kind', 'id']
      for (const columns of [[], ...filters]) await index(queries, table, [...columns, ...end])
      await dialect.createSearch(queries, table)
    }
  },
}

function tables({ integer, text, serial }: Dialect): Record<string, readonly string[]> {
  const key = (name: string, type = text) => `"${name}" ${type} primary key`
  const must = (name: string, type = text) => `"${name}" ${type} not null`
  const may = (name: string, type = text) => `"${name}" ${type}`
  const document = [
    key('name'),
    must('folded'),
    must('document'),
    must('created_at', integer),
    must('changed_at', integer),
    must('changed_by'),
    must('revision', integer),
  ]
  return {
    meta: [key('name'), must('value')],
    settings_versions: [
      key('version', integer),
      must('document'),
      must('at', integer),
      must('by'),
      may('comment'),
    ],
    users: [
      ...document,
      may('password'),
      must('enabled', integer),
      must('groups'),
      may('last_login_at', integer),
      may('last_login_from'),
    ],
    groups: document,
    administrators: [
      key('name'),
      must('role'),
      must('enabled', integer),
      must('password'),
      may('totp_secret'),
      may('totp_step', integer),
      must('recovery_codes'),
      must('created_at', integer),
      may('last_login_at', integer),
    ],
    tokens: [
      key('id'),
      `${must('hash')} unique`,
      must('name'),
      must('folded'),
      must('scopes'),
      must('created_by'),
      must('created_at', integer),
      may('expires_at', integer),
      may('last_used_at', integer),
    ],
    web_sessions: [
      key('id'),
      `${must('hash')} unique`,
      must('kind'),
      must('name'),
      must('created_at', integer),
      must('expires_at', integer),
      must('last_seen_at', integer),
      must('address'),
      must('user_agent'),
    ],
    bans: [
      key('id'),
      must('kind'),
      must('value'),
      must('folded'),
      must('reason'),
      must('by'),
      must('at', integer),
      may('until', integer),
    ],
    certificates: [key('name'), must('chain'), must('key'), must('at', integer), must('by')],
    changes: [`"id" ${serial}`, must('at', integer), must('origin'), must('topic'), may('key')],
    log_kinds: [`"id" ${serial}`, must('log'), must('first'), must('second'), must('third')],
  }
}

const INDEXES: readonly (readonly [table: string, columns: readonly string[], unique?: true])[] = [
  ['users', ['folded']],
  ['users', ['created_at']],
  ['users', ['changed_at']],
  ['users', ['last_login_at']],
  ['web_sessions', ['kind', 'name']],
  ['web_sessions', ['expires_at']],
  ['bans', ['kind', 'value'], true],
  ['bans', ['until']],
  ['changes', ['at']],
  ['log_kinds', ['log', 'first', 'second', 'third'], true],
]

async function create(queries: Queries, table: string, columns: readonly string[]): Promise<void> {
  await sql`create table ${sql.table(table)} (${sql.raw(columns.join(', '))})`.execute(queries)
}

async function index(
  queries: Queries,
  table: string,
  columns: readonly string[],
  unique?: true,
): Promise<void> {
  const name = `${table}_by_${columns.join('_')}`
  await sql`create ${sql.raw(unique ? 'unique index' : 'index')} ${sql.ref(name)}
    on ${sql.table(table)} (${sql.join(columns.map(column => sql.ref(column)))})`.execute(queries)
}
