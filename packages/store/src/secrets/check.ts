import type { Queries } from '../database.ts'
import { type Key, type Place, seal, unseal } from './seal.ts'

/** The row of `meta` that only the right key opens. It says which key secrets are sealed with. */
export const CHECK = 'secret-check'

const PLACE: Place = { table: 'meta', column: 'value', row: CHECK }

/** The check value of a database; undefined before the first start. */
export async function readCheck(queries: Queries): Promise<string | undefined> {
  const row = await queries.selectFrom('meta').select('value').where('name', '=', CHECK).executeTakeFirst()
  return row?.value
}

/** Writes the first check value, unless another node was faster; answers the one that stands. */
export async function firstCheck(queries: Queries, key: Key): Promise<string> {
  const value = seal(key, 'portolan', PLACE)
  await queries
    .insertInto('meta')
    .values({ name: CHECK, value })
    .onConflict(clash => clash.doNothing())
    .execute()
  return (await readCheck(queries)) ?? value
}

/** Replaces the check value by one of another key. */
export async function replaceCheck(queries: Queries, key: Key): Promise<void> {
  await queries
    .updateTable('meta')
    .set({ value: seal(key, 'portolan', PLACE) })
    .where('name', '=', CHECK)
    .execute()
}

/** The key among these that a check value was made with; undefined when none opens it. */
export function keyOfCheck(check: string, keys: readonly Key[]): Key | undefined {
  return keys.find(key => unseal(key, check, PLACE) === 'portolan')
}
