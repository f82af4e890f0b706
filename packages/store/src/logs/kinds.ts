import type { Queries } from '../database.ts'

/** Three texts of a log row of which there are few combinations. */
export type Kind = readonly [first: string, second: string, third: string]

/** The combinations of one log, and their numbers. */
export class Kinds {
  readonly #log: string
  readonly #numbers = new Map<string, number>()

  constructor(log: string) {
    this.#log = log
  }

  /** All of them, by number. */
  async all(queries: Queries): Promise<ReadonlyMap<number, Kind>> {
    const rows = await queries
      .selectFrom('log_kinds')
      .select(['id', 'first', 'second', 'third'])
      .where('log', '=', this.#log)
      .execute()
    return new Map(rows.map(row => [row.id, [row.first, row.second, row.third]]))
  }

  /** The numbers of some combinations, in their order; those that are new are written. */
  async numbers(queries: Queries, kinds: readonly Kind[]): Promise<readonly number[]> {
    const unknown = new Map(
      kinds.filter(kind => !this.#numbers.has(keyOf(kind))).map(kind => [keyOf(kind), kind]),
    )
    // In one order everywhere: two nodes that write the same new ones do not wait for each other in a circle.
    for (const [key, [first, second, third]] of [...unknown].sort(([a], [b]) => (a < b ? -1 : 1))) {
      const row = await queries
        .insertInto('log_kinds')
        .values({ log: this.#log, first, second, third })
        // Answers the number of the one that is there.
        .onConflict(clash => clash.columns(['log', 'first', 'second', 'third']).doUpdateSet({ third }))
        .returning('id')
        .executeTakeFirstOrThrow()
      this.#numbers.set(key, row.id)
    }
    return kinds.map(kind => this.#numbers.get(keyOf(kind)) ?? 0)
  }

  /** To be called when the database may be another one, or a transaction with new numbers came to nothing. */
  forget(): void {
    this.#numbers.clear()
  }
}

const keyOf = (kind: Kind) => JSON.stringify(kind)
