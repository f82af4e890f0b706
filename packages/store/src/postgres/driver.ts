import {
  CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryResult,
  type TransactionSettings,
} from 'kysely'
import type pg from 'pg'
import { StoreError } from '../errors.ts'
import { isConnectionError, postgresError } from './errors.ts'

/** Calls that may wait for a connection; more are refused at once. */
const MAX_WAITING = 500

/** Kysely's way to PostgreSQL: bounded waits, errors of the store, and no connection used again that was lost. */
export function postgresDialect(pool: pg.Pool, where: string): Dialect {
  return {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new PostgresDriver(pool, where),
    createIntrospector: db => new PostgresIntrospector(db),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  }
}

class PostgresDriver implements Driver {
  readonly #pool: pg.Pool
  readonly #where: string

  constructor(pool: pg.Pool, where: string) {
    this.#pool = pool
    this.#where = where
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<PostgresConnection> {
    if (this.#pool.waitingCount >= MAX_WAITING) {
      throw new StoreError(
        'STORE_UNAVAILABLE',
        `${MAX_WAITING} calls wait for ${this.#where} already; try again later`,
      )
    }
    try {
      return new PostgresConnection(await this.#pool.connect(), this.#where)
    } catch (error) {
      throw postgresError(error, this.#where)
    }
  }

  async beginTransaction(
    connection: DatabaseConnection,
    { isolationLevel, accessMode }: TransactionSettings,
  ): Promise<void> {
    const words = ['begin', isolationLevel && `isolation level ${isolationLevel}`, accessMode]
    await connection.executeQuery(CompiledQuery.raw(words.filter(Boolean).join(' ')))
  }

  /** COMMIT of a transaction that has failed is answered with ROLLBACK, without an error. */
  async commitTransaction(connection: PostgresConnection): Promise<void> {
    if ((await connection.command('commit')) === 'COMMIT') return
    throw new StoreError('STORE_UNAVAILABLE', `${this.#where} took the change back; try again`)
  }

  async rollbackTransaction(connection: PostgresConnection): Promise<void> {
    if (!connection.broken) await connection.command('rollback')
  }

  async releaseConnection(connection: PostgresConnection): Promise<void> {
    connection.release()
  }

  async destroy(): Promise<void> {
    await this.#pool.end()
  }
}

class PostgresConnection implements DatabaseConnection {
  /** Nothing that is sent on it can be trusted to be answered. */
  broken = false
  readonly #client: pg.PoolClient
  readonly #where: string

  constructor(client: pg.PoolClient, where: string) {
    this.#client = client
    this.#where = where
    client.on('error', this.#lost)
  }

  async executeQuery<R>({ sql, parameters }: CompiledQuery): Promise<QueryResult<R>> {
    const { rows, rowCount } = await this.#query(sql, parameters)
    // What a row looks like is Kysely's knowledge, from the tables' types and the query.
    return { rows: rows as R[], numAffectedRows: BigInt(rowCount ?? 0) }
  }

  /** Runs a statement and answers what PostgreSQL says that it did. */
  async command(text: string): Promise<string> {
    return (await this.#query(text, [])).command
  }

  streamQuery(): AsyncIterableIterator<never> {
    throw new Error('streams of rows are not used')
  }

  release(): void {
    this.#client.off('error', this.#lost)
    this.#client.release(this.broken)
  }

  readonly #lost = () => {
    this.broken = true
  }

  async #query(text: string, values: readonly unknown[]): Promise<pg.QueryResult<Record<string, unknown>>> {
    try {
      return await this.#client.query(text, [...values])
    } catch (error) {
      if (isConnectionError(error)) this.broken = true
      throw postgresError(error, this.#where)
    }
  }
}
