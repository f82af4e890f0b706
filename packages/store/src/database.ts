import type { Expression, Kysely, RawBuilder, Transaction } from 'kysely'
import type { Column } from './rows.ts'
import type { Tables } from './schema/tables.ts'

/** Queries, inside or outside a transaction. */
export type Queries = Kysely<Tables>

/** The words of SQL in which SQLite and PostgreSQL differ. */
export interface Dialect {
  readonly kind: 'sqlite' | 'postgres'
  /** A column type for integers of up to 63 bits. */
  readonly integer: string
  /** A column type for text that sorts by code points and compares by bytes. */
  readonly text: string
  /** A primary key that the database counts up. */
  readonly serial: string
  hasTable(queries: Queries, name: string): Promise<boolean>
  /** The columns of a table, in their order. */
  columnsOf(queries: Queries, table: string): Promise<readonly Column[]>
  /** The condition that a text holds another one, to the letter. */
  contains(text: Expression<unknown>, part: string): RawBuilder<boolean>
  /** Lets one transaction at a time pass that asks with this number, until it ends. */
  serialise(transaction: Transaction<Tables>, lock: number): Promise<void>
  /** Takes numbers that no other log row of the same millisecond has. */
  takeNumbers(transaction: Transaction<Tables>, count: number): Promise<readonly bigint[]>
  /** Wakes the other nodes that listen; they are told when the transaction commits. */
  announce(transaction: Transaction<Tables>): Promise<void>
  /** Makes what only this database has and the tables need. */
  createOwn(queries: Queries): Promise<void>
  /** Lets what the database counts go on after numbers that were written explicitly. */
  catchUp(queries: Queries): Promise<void>
  /** Makes the index for the search in a log. */
  createSearch(queries: Queries, table: string): Promise<void>
  /** Does a little of what frees the room of pruned rows in that index; answers whether there is more to do. */
  tidySearch(queries: Queries, table: string): Promise<boolean>
  /** Whether {@link createSearch} has made an index that knows this text; without it a search reads rows, a bounded number at a time. */
  canSearch(queries: Queries, text: string): Promise<boolean>
}

/** An open database. */
export interface Database extends AsyncDisposable {
  readonly queries: Queries
  readonly dialect: Dialect
}
