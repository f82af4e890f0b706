import { Kysely } from 'kysely'
import pg from 'pg'
import type { Database } from '../database.ts'
import type { Tables } from '../schema/tables.ts'
import { type Bounds, clientConfig, describeDatabase, EVERYDAY } from './connect.ts'
import { postgresDialect } from './driver.ts'
import { postgresWords } from './words.ts'

/** Connections of one store. */
const MAX_CONNECTIONS = 10

/** Opens a database of PostgreSQL; the first connection is made by the first query. */
export function openPostgres(url: string, bounds: Bounds = EVERYDAY): Database {
  const pool = new pg.Pool({ ...clientConfig(url, bounds), max: MAX_CONNECTIONS, idleTimeoutMillis: 30_000 })
  // An idle connection that is lost leaves the pool; the next call opens another one.
  pool.on('error', () => {})
  // One that is lost in the moment in which it is handed out has no other listener.
  pool.on('connect', client => client.on('error', () => {}))
  const queries = new Kysely<Tables>({ dialect: postgresDialect(pool, describeDatabase(url)) })
  return {
    queries,
    dialect: postgresWords(),
    async [Symbol.asyncDispose]() {
      await queries.destroy()
      if (!pool.ending) await pool.end()
    },
  }
}
