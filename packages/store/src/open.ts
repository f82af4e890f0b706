import { StoreError } from './errors.ts'
import type { Store } from './store.ts'

/** Where state is kept. */
export interface StoreOptions {
  /** Folder for the database of SQLite, the key file and backups before migrations; made owner-only when it is not there. */
  readonly folder: string
  /** `postgres://user:password@host:port/database`. Absent: SQLite in `folder`. */
  readonly database?: string
  /** The key file. Default: `secret.key` in `folder`. Every node of one database needs the same. */
  readonly keyFile?: string
  /** `node`: the one node of this folder (SQLite); a second is refused. `tool`: a command beside it. Default `node`. */
  readonly as?: 'node' | 'tool'
}

/**
 * Opens the store: takes the lock, reads or makes the key file, backs up and migrates the database.
 * @throws {StoreError} with what stands in the way and what to do
 */
export async function openStore(options: StoreOptions): Promise<Store> {
  throw new StoreError('STORE_FOLDER', `${options.folder}: not built yet`)
}
