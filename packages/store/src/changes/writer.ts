import type { Transaction } from 'kysely'
import type { Database } from '../database.ts'
import type { Tables } from '../schema/tables.ts'
import type { ChangeTopic } from '../store-changes.ts'
import type { Listeners } from './feed.ts'
import { LOCKS } from './locks.ts'

/** A transaction that writes: its result, and what others are to be told of. */
export interface Written<T> {
  readonly result: T
  /** Keys that changed; none: nothing did. `undefined` is told without a key: several did. */
  readonly changed: readonly (string | undefined)[]
}

/** Makes transactions that leave word of what they changed. */
export class Writer {
  readonly database: Database
  /** Marks the rows of `changes` that are this store's own. */
  readonly origin: string
  readonly #listeners: Listeners

  constructor(database: Database, origin: string, listeners: Listeners) {
    this.database = database
    this.origin = origin
    this.#listeners = listeners
  }

  /** Runs a transaction alone among those of its topic; tells this store's listeners when it is committed. */
  write<T>(
    topic: keyof typeof LOCKS,
    work: (transaction: Transaction<Tables>) => Promise<Written<T>>,
  ): Promise<T> {
    return this.writeBeside(topic, async transaction => {
      await this.database.dialect.serialise(transaction, LOCKS[topic])
      return work(transaction)
    })
  }

  /** The same, beside others of its topic. */
  async writeBeside<T>(
    topic: keyof typeof LOCKS,
    work: (transaction: Transaction<Tables>) => Promise<Written<T>>,
  ): Promise<T> {
    const { queries } = this.database
    const { result, changed } = await queries.transaction().execute(async transaction => {
      const written = await work(transaction)
      await leaveWord(this, transaction, topic, written.changed)
      return written
    })
    for (const key of changed) this.#listeners.tell({ topic, ...(key !== undefined && { key }) })
    return result
  }
}

/** More changes than this at once are told as one that has no key. */
const MAX_KEYS = 100

async function leaveWord(
  { database: { dialect }, origin }: Writer,
  transaction: Transaction<Tables>,
  topic: ChangeTopic,
  keys: readonly (string | undefined)[],
): Promise<void> {
  if (keys.length === 0) return
  const at = Date.now()
  const told = keys.length > MAX_KEYS ? [undefined] : keys
  await transaction
    .insertInto('changes')
    .values(told.map(key => ({ at, origin, topic, key: key ?? null })))
    .execute()
  await dialect.announce(transaction)
}
