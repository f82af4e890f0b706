import { setTimeout as sleep } from 'node:timers/promises'
import type Sqlite from 'better-sqlite3'
import {
  CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
  type TransactionSettings,
} from 'kysely'
import { isBusy, sqliteError } from './errors.ts'

/** How long a statement waits for another process that writes, in milliseconds. The event loop goes on meanwhile. */
const BUSY_MS = 5_000

/** Milliseconds between two tries. */
const BUSY_STEP_MS = 15

/** Statements that are kept prepared. Those of logs vary with their filters, so there has to be a bound. */
const MAX_STATEMENTS = 200

/** Kysely's way to an open SQLite database: one connection, transactions that take the write lock first, errors of the store. */
export function sqliteDialect(database: Sqlite.Database): Dialect {
  return {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => new SqliteDriver(database),
    createIntrospector: db => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  }
}

class SqliteDriver implements Driver {
  readonly #database: Sqlite.Database
  readonly #connection: SqliteConnection

  constructor(database: Sqlite.Database) {
    this.#database = database
    this.#connection = new SqliteConnection(database)
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<DatabaseConnection> {
    return this.#connection
  }

  /** A transaction that reads first and writes then can fail in between when another process writes; this one waits at its start. */
  async beginTransaction(connection: DatabaseConnection, { accessMode }: TransactionSettings): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw(accessMode === 'read only' ? 'begin' : 'begin immediate'))
  }

  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('commit'))
  }

  /** After some errors, a full disk for one, SQLite has rolled back already. */
  async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    if (this.#database.inTransaction) await connection.executeQuery(CompiledQuery.raw('rollback'))
  }

  async releaseConnection(): Promise<void> {}

  async destroy(): Promise<void> {
    this.#connection.forget()
    this.#database.close()
  }
}

class SqliteConnection implements DatabaseConnection {
  readonly #database: Sqlite.Database
  readonly #statements = new Map<string, Sqlite.Statement>()

  constructor(database: Sqlite.Database) {
    this.#database = database
  }

  async executeQuery<R>({ sql, parameters }: CompiledQuery): Promise<QueryResult<R>> {
    const end = performance.now() + BUSY_MS
    for (;;) {
      try {
        return this.#run<R>(sql, parameters)
      } catch (error) {
        if (!isBusy(error) || performance.now() > end) throw sqliteError(error, this.#database.name)
        await sleep(BUSY_STEP_MS)
      }
    }
  }

  /** Rows are read in pages: an open iterator would keep everybody else from writing. */
  streamQuery(): AsyncIterableIterator<never> {
    throw new Error('streams of rows are not used')
  }

  forget(): void {
    this.#statements.clear()
  }

  #run<R>(sql: string, parameters: readonly unknown[]): QueryResult<R> {
    const statement = this.#prepare(sql)
    // What a row looks like is Kysely's knowledge, from the tables' types and the query.
    if (statement.reader) return { rows: statement.all(parameters) as R[] }
    const { changes } = statement.run(parameters)
    return { numAffectedRows: BigInt(changes), rows: [] }
  }

  #prepare(sql: string): Sqlite.Statement {
    const known = this.#statements.get(sql)
    if (known !== undefined) {
      this.#statements.delete(sql)
      this.#statements.set(sql, known)
      return known
    }
    const statement = this.#database.prepare(sql)
    this.#statements.set(sql, statement)
    for (const oldest of this.#statements.keys()) {
      if (this.#statements.size <= MAX_STATEMENTS) break
      this.#statements.delete(oldest)
    }
    return statement
  }
}
