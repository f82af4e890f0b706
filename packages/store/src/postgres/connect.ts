import pg from 'pg'
import { StoreError } from '../errors.ts'

/** How long a connection may take, in milliseconds. */
const CONNECT_MS = 5_000

/** Bounds of what is done on a connection, in milliseconds. */
export interface Bounds {
  /** A statement, by PostgreSQL's clock. */
  readonly statement: number
  /** A statement until its answer is here. PostgreSQL may have stopped. */
  readonly answer: number
}

/** Bounds of everyday calls: a page that shows "no database" after five seconds is better than one that hangs. */
export const EVERYDAY: Bounds = { statement: 5_000, answer: 6_000 }

/** Bounds of migrations, backups and the like. */
export const LONG: Bounds = { statement: 600_000, answer: 605_000 }

/** OID of int8: counts and times, all below 2^53. Ids of log rows are read as text. */
const INT8 = 20

/** What a client of PostgreSQL is made with. @throws {StoreError} when the URL is none */
export function clientConfig(url: string, bounds: Bounds): pg.ClientConfig {
  describeDatabase(url)
  return {
    connectionString: url,
    application_name: 'portolan',
    connectionTimeoutMillis: CONNECT_MS,
    statement_timeout: bounds.statement,
    query_timeout: bounds.answer,
    idle_in_transaction_session_timeout: bounds.statement * 2,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    types: {
      getTypeParser(oid: number, format?: 'text' | 'binary') {
        if (oid === INT8 && format !== 'binary') return Number
        return pg.types.getTypeParser(oid, format)
      },
    },
  }
}

/**
 * What a database is called in messages: without user and password.
 * @throws {StoreError} `STORE_UNAVAILABLE` when the URL is none of PostgreSQL
 */
export function describeDatabase(url: string): string {
  let parsed: URL
  try {
    parsed = new URL(url)
  } catch {
    throw noUrl()
  }
  if (!/^postgres(ql)?:$/.test(parsed.protocol)) throw noUrl()
  return `the database ${parsed.pathname.slice(1) || 'of the user'} at ${parsed.host || 'this machine'}`
}

const noUrl = () =>
  new StoreError(
    'STORE_UNAVAILABLE',
    'the URL of the database is none of PostgreSQL; write postgres://user:password@host:5432/database',
  )
