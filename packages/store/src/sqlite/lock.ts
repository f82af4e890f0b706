import { closeSync, existsSync, openSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { StoreError } from '../errors.ts'
import { isBusy, sqliteError } from './errors.ts'

/** The file whose lock says that a node uses the folder. */
const LOCK_FILE = 'node.lock'

/**
 * Takes a data folder for one node. The lock is one of the kernel's on a small database of its own, held by a
 * transaction that writes nothing: it goes with the process, however that ends, and others can still read who holds it.
 * @throws {StoreError} `STORE_LOCKED` with who holds it
 */
export function lockFolder(folder: string): Disposable {
  const file = join(folder, LOCK_FILE)
  let lock: Sqlite.Database | undefined
  try {
    if (!existsSync(file)) closeSync(openSync(file, 'a', 0o600))
    lock = new Sqlite(file, { timeout: 50 })
    lock.exec('begin immediate')
    lock.exec('create table if not exists holder (pid integer, host text, since text)')
    lock.exec('delete from holder')
    lock.prepare('insert into holder values (?, ?, ?)').run(process.pid, hostname(), new Date().toISOString())
    // Committed, so that others can read it; whoever comes in between has the lock, and this one has not.
    lock.exec('commit; begin immediate')
    const held = lock
    return { [Symbol.dispose]: () => void held.close() }
  } catch (error) {
    const holder = isBusy(error) && lock !== undefined ? holderOf(lock) : undefined
    lock?.close()
    if (!isBusy(error)) throw sqliteError(error, file)
    throw new StoreError(
      'STORE_LOCKED',
      `another node${holder ?? ''} uses the data folder ${folder}. Stop it first, or give this one another folder with --data; ` +
        'several nodes can share a PostgreSQL with --database',
      { cause: error },
    )
  }
}

/** In words: process, host and since when. Undefined when the holder has not said it yet. */
function holderOf(lock: Sqlite.Database): string | undefined {
  try {
    if (lock.inTransaction) lock.exec('rollback')
    const row: unknown = lock.prepare('select pid, host, since from holder').get()
    if (typeof row !== 'object' || row === null || !('pid' in row && 'host' in row && 'since' in row)) {
      return undefined
    }
    return ` (process ${row.pid} on ${row.host}, since ${row.since})`
  } catch {
    return undefined
  }
}
