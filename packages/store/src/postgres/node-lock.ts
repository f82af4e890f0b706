import { sql } from 'kysely'
import type { Queries } from '../database.ts'
import { StoreError } from '../errors.ts'
import { LOCK_CLASS } from './words.ts'

/** The lock that every node of a database holds together with the others. */
const NODE_LOCK = 101

/** What a node says on its dedicated connection; the lock goes with the connection. */
export const HOLD_AS_NODE = `select pg_try_advisory_lock_shared(${LOCK_CLASS}, ${NODE_LOCK})`

/**
 * Takes the lock that nodes hold, so that none of them runs.
 * @param connection - one connection; the lock goes with it
 * @throws {StoreError} `STORE_LOCKED`
 */
export async function holdAlone(connection: Queries, where: string): Promise<void> {
  const { rows } = await sql<{ taken: boolean }>`
    select pg_try_advisory_lock(${LOCK_CLASS}::int, ${NODE_LOCK}::int) as taken`.execute(connection)
  if (rows[0]?.taken === true) return
  throw new StoreError('STORE_LOCKED', `nodes use ${where}; stop all of them first`)
}
