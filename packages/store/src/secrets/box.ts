import type { Queries } from '../database.ts'
import { StoreError } from '../errors.ts'
import { firstCheck, keyOfCheck, readCheck } from './check.ts'
import { readKeyFile, writeKeyFile } from './key-file.ts'
import { type Key, keyIdOf, newKey, type Place, seal, unseal } from './seal.ts'

/** Seals and opens secrets with the keys of a key file. */
export class Box {
  readonly #file: string
  #keys: readonly Key[]

  constructor(file: string, keys: readonly Key[]) {
    this.#file = file
    this.#keys = keys
  }

  /** @throws {StoreError} `STORE_KEY` when the key is not in the file or the secret was moved or changed */
  open(sealed: string, place: Place): string {
    const key = this.#find(({ id }) => id === keyIdOf(sealed))
    const plain = key && unseal(key, sealed, place)
    if (plain !== undefined) return plain
    throw new StoreError(
      'STORE_KEY',
      key === undefined
        ? `the secret of ${place.table} ${JSON.stringify(place.row)} was encrypted with a key that is not in ${this.#file}; put back the key file that belongs to this database`
        : `the secret of ${place.table} ${JSON.stringify(place.row)} was changed by somebody else than portolan; set it anew`,
    )
  }

  /**
   * Seals with the key that the database uses at the moment: another node may have changed it.
   * @param transaction - the one in which the result is written
   */
  async seal(transaction: Queries, plain: string, place: Place): Promise<string> {
    const check = await readCheck(transaction)
    const key = check && this.#find(candidate => keyOfCheck(check, [candidate]) !== undefined)
    if (!key) throw wrongKey(this.#file)
    return seal(key, plain, place)
  }

  /** A key that is not known yet may have come into the file since it was read. */
  #find(wanted: (key: Key) => boolean): Key | undefined {
    const known = this.#keys.find(wanted)
    if (known !== undefined) return known
    this.#keys = readKeyFile(this.#file) ?? this.#keys
    return this.#keys.find(wanted)
  }
}

/**
 * Reads the key file of a database, or makes it at the first start.
 * @throws {StoreError} `STORE_KEY` when it is missing, damaged, or not the one that the database's secrets are sealed with
 */
export async function openBox(queries: Queries, file: string): Promise<Box> {
  let keys = readKeyFile(file)
  let check = await readCheck(queries)
  if (keys === undefined && check !== undefined) throw missingKey(file)
  keys ??= makeKeyFile(file)
  check ??= await firstCheck(queries, keys[0] ?? newKey())
  if (keyOfCheck(check, keys) === undefined) throw wrongKey(file)
  return new Box(file, keys)
}

/** Of two that start at once, both use the file of the first. */
function makeKeyFile(file: string): readonly Key[] {
  const keys = [newKey()]
  try {
    writeKeyFile(file, keys, 'new')
    return keys
  } catch (error) {
    if (error instanceof StoreError) throw error
    return readKeyFile(file) ?? keys
  }
}

const missingKey = (file: string) =>
  new StoreError(
    'STORE_KEY',
    `the key file ${file} is missing, but the database has secrets that were encrypted with it. ` +
      'Put it back from your backup or from another node, or say where it is with --key-file',
  )

const wrongKey = (file: string) =>
  new StoreError(
    'STORE_KEY',
    `the key file ${file} is not the one that the secrets of this database were encrypted with. ` +
      'Put back the right one from your backup or from another node, or say where it is with --key-file',
  )
