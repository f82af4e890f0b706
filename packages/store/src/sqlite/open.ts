import { closeSync, existsSync, openSync } from 'node:fs'
import Sqlite from 'better-sqlite3'
import { Kysely } from 'kysely'
import type { Database } from '../database.ts'
import type { Tables } from '../schema/tables.ts'
import { sqliteDialect } from './driver.ts'
import { sqliteError } from './errors.ts'
import { sqliteWords } from './words.ts'

/** The database of SQLite in a data folder. */
export const SQLITE_FILE = 'portolan.db'

/** A database of SQLite, and its connection for what Kysely has no words for. */
export interface SqliteDatabase extends Database {
  readonly connection: Sqlite.Database
}

/**
 * Opens a database of SQLite, and makes it when it is not there, readable by its owner alone.
 * What is there is not changed yet.
 */
export function openSqlite(file: string): SqliteDatabase {
  let connection: Sqlite.Database | undefined
  try {
    // SQLite gives its -wal and -shm files the mode of the database.
    if (!existsSync(file)) closeSync(openSync(file, 'wx', 0o600))
    // The driver waits without holding up the event loop; this is for the moments when it cannot.
    connection = new Sqlite(file, { timeout: 50 })
    connection.pragma('synchronous = full')
    connection.pragma('foreign_keys = on')
    connection.pragma('trusted_schema = off')
    connection.pragma('cache_size = -32000')
    // Forces the header to be read: a file that is no database is told now.
    connection.pragma('schema_version')
  } catch (error) {
    connection?.close()
    throw sqliteError(error, file)
  }
  const queries = new Kysely<Tables>({ dialect: sqliteDialect(connection) })
  return {
    connection,
    queries,
    dialect: sqliteWords,
    async [Symbol.asyncDispose]() {
      await queries.destroy()
      // Kysely closes only what it has used.
      connection.close()
    },
  }
}

/** Readers and one writer side by side, and a file that survives `kill -9` at any time. */
export function writeAhead({ connection }: SqliteDatabase): void {
  connection.pragma('journal_mode = wal')
  connection.pragma('wal_autocheckpoint = 1000')
  connection.pragma('journal_size_limit = 67108864')
}
