import type { Dialect, Queries } from '../database.ts'

/** One step of the schema. Runs in a transaction with all the others that are due. */
export interface Migration {
  /** What it is for, in a few words. */
  readonly name: string
  up(queries: Queries, dialect: Dialect): Promise<void>
}

/** Every step from nothing to what a release uses, in order. Their number is the version of the schema. */
export type Migrations = readonly Migration[]
