import { sql } from 'kysely'
import { LOCKS } from '../changes/locks.ts'
import type { Database } from '../database.ts'
import { StoreError } from '../errors.ts'
import { keyFileOf, openExisting, type StorePlace } from '../place.ts'
import { keyOfCheck, readCheck, replaceCheck } from './check.ts'
import { readKeyFile, writeKeyFile } from './key-file.ts'
import { type Key, keyIdOf, newKey, seal, unseal } from './seal.ts'

/** Every column that is sealed, the column that names its row, and the topic of those who write it. */
const SEALED = [
  { table: 'administrators', column: 'totp_secret', name: 'name', topic: 'administrators' },
  { table: 'certificates', column: 'key', name: 'name', topic: 'certificates' },
  { table: 'zones', column: 'secrets', name: 'name', topic: 'zones' },
  { table: 'sites', column: 'secrets', name: 'name', topic: 'sites' },
  { table: 'access_people', column: 'secrets', name: 'name', topic: 'members' },
  { table: 'access_authority', column: 'secrets', name: 'name', topic: 'members' },
] as const

/** Where a rotation has got to. */
export type RotationStep = 'new key in the file' | 'secrets sealed anew' | 'old key out of the file'

/**
 * Replaces the key that secrets are sealed with. At any moment the key file holds the key that the database needs, so
 * that it can be interrupted anywhere, and begun again.
 * @param after - called when a step is done
 * @returns how many secrets there were
 */
export async function rotate(
  database: Database,
  file: string,
  after: (step: RotationStep) => void = () => {},
): Promise<number> {
  const { queries, dialect } = database
  const check = await readCheck(queries)
  const keys = readKeyFile(file) ?? []
  if (check === undefined || keyOfCheck(check, keys) === undefined) throw notTheKey(file)
  const next = newKey()
  writeKeyFile(file, [...keys, next], 'replace')
  after('new key in the file')
  const count = await queries.transaction().execute(async transaction => {
    // Who seals at this moment is waited for, and sees the new key afterwards.
    for (const { topic } of SEALED) await dialect.serialise(transaction, LOCKS[topic])
    let sealed = 0
    for (const { table, column, name } of SEALED) {
      // A database of an older release, that no node of this one has opened yet.
      if (!(await dialect.hasTable(transaction, table))) continue
      const { rows } = await sql<{ row: string; secret: string }>`
        select ${sql.ref(name)} as ${sql.ref('row')}, ${sql.ref(column)} as secret from ${sql.table(table)}
        where ${sql.ref(column)} is not null`.execute(transaction)
      for (const { row, secret } of rows) {
        const place = { table, column, row }
        const plain = openWith(keys, secret, place)
        await sql`update ${sql.table(table)} set ${sql.ref(column)} = ${seal(next, plain, place)}
          where ${sql.ref(name)} = ${row}`.execute(transaction)
        sealed++
      }
    }
    await replaceCheck(transaction, next)
    return sealed
  })
  after('secrets sealed anew')
  writeKeyFile(file, [next], 'replace')
  after('old key out of the file')
  return count
}

function openWith(keys: readonly Key[], secret: string, place: Parameters<typeof unseal>[2]): string {
  const key = keys.find(({ id }) => id === keyIdOf(secret))
  const plain = key && unseal(key, secret, place)
  if (plain !== undefined) return plain
  throw new StoreError(
    'STORE_KEY',
    `the secret of ${place.table} ${JSON.stringify(place.row)} does not open with the keys that are there; ` +
      'set it anew or remove it, then rotate again. Nothing was changed',
  )
}

const notTheKey = (file: string) =>
  new StoreError(
    'STORE_KEY',
    `${file} is not the key file of this database, or is missing; say where it is with --key-file`,
  )

/**
 * Replaces the key that the secrets of a store are sealed with, also beside a running node. It can be interrupted at any
 * time and begun again. Backups from before need the old key.
 * @returns how many secrets there were
 * @throws {StoreError} `STORE_KEY` when the key file is not the database's
 */
export async function rotateKey(place: StorePlace): Promise<{ readonly secrets: number }> {
  await using database = await openExisting(place)
  return { secrets: await rotate(database, keyFileOf(place)) }
}
