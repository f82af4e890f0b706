import { setImmediate as turn } from 'node:timers/promises'
import { sql } from 'kysely'
import type { Database } from '../database.ts'
import type { ChangeTopic } from '../store-changes.ts'
import type { Change, Listeners } from './feed.ts'

/** More changes than this at once are told as `all`. */
const MAX_ROWS = 1_000

/**
 * On PostgreSQL a transaction that took its number early may commit late: so many numbers back are looked at again.
 */
const OVERLAP = 1_000

/** How long changes are kept for those who are slow, in milliseconds. */
const KEPT_MS = 3_600_000

/** Who has not been able to look for as long as this may have missed some, in milliseconds. */
const LATE_MS = KEPT_MS / 2

/** How often old changes are removed, in milliseconds. */
const PRUNE_MS = 600_000

const TOPICS: ReadonlySet<string> = new Set<ChangeTopic>([
  'settings',
  'users',
  'groups',
  'administrators',
  'tokens',
  'bans',
  'certificates',
  'zones',
  'sites',
  'definitions',
  'runs',
  'access',
  'members',
])

/** Reads the changes of others from the database and tells them. Somebody else says when it is time to look. */
export class ChangeWatcher {
  readonly #database: Database
  readonly #origin: string
  readonly #listeners: Listeners
  /** The numbers that were read, down to the overlap. */
  #seen = new Set<number>()
  #highest = 0
  #lookedAt = Date.now()
  #prunedAt = Date.now()
  #looking: Promise<void> | undefined
  #again = false

  /** @param origin - marks the rows of this store, which it has told already */
  constructor(database: Database, origin: string, listeners: Listeners) {
    this.#database = database
    this.#origin = origin
    this.#listeners = listeners
  }

  /** Begins now: what was before is not told. */
  async begin(): Promise<void> {
    for (const { id } of await this.#read(0)) this.#remember(id)
  }

  /** Tells what has changed since the last look. Rejects when the database does not answer. */
  look(): Promise<void> {
    if (this.#looking !== undefined) {
      this.#again = true
      return this.#looking
    }
    this.#looking = this.#look().finally(() => {
      this.#looking = undefined
    })
    return this.#looking
  }

  /** Tells that everything may have changed. */
  tellAll(): void {
    this.#listeners.tell({ topic: 'all' })
  }

  async #look(): Promise<void> {
    do {
      this.#again = false
      const rows = await this.#read(this.#highest - OVERLAP)
      const late = Date.now() - this.#lookedAt > LATE_MS
      this.#lookedAt = Date.now()
      const news = rows.filter(({ id }) => !this.#seen.has(id))
      for (const { id } of news) this.#remember(id)
      this.#forget()
      if (late || news.length >= MAX_ROWS) this.tellAll()
      else for (const row of news) if (row.origin !== this.#origin) this.#listeners.tell(changeOf(row))
    } while (this.#again)
    await this.#prune()
  }

  /** The newest ones above a number. */
  #read(above: number) {
    return this.#database.queries
      .selectFrom('changes')
      .select(['id', 'origin', 'topic', 'key'])
      .where('id', '>', above)
      .orderBy('id', 'desc')
      .limit(MAX_ROWS + OVERLAP)
      .execute()
      .then(rows => rows.reverse())
  }

  #remember(id: number): void {
    this.#seen.add(id)
    this.#highest = Math.max(this.#highest, id)
  }

  #forget(): void {
    if (this.#seen.size < OVERLAP * 2) return
    this.#seen = new Set([...this.#seen].filter(id => id > this.#highest - OVERLAP))
  }

  async #prune(): Promise<void> {
    const now = Date.now()
    if (now - this.#prunedAt < PRUNE_MS) return
    this.#prunedAt = now
    for (let gone = BigInt(MAX_ROWS); gone === BigInt(MAX_ROWS); await turn()) {
      const { numAffectedRows = 0n } = await sql`delete from changes where id in (
        select id from changes where at < ${now - KEPT_MS} order by id limit ${MAX_ROWS})`.execute(
        this.#database.queries,
      )
      gone = numAffectedRows
    }
  }
}

function changeOf({ topic, key }: { topic: string; key: string | null }): Change {
  if (!isTopic(topic)) return { topic: 'all' }
  return { topic, ...(key !== null && { key }) }
}

const isTopic = (text: string): text is ChangeTopic => TOPICS.has(text)
