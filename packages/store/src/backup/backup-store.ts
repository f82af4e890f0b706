import { resolve } from 'node:path'
import { StoreError } from '../errors.ts'
import { keyFileOf, openExisting, type StorePlace } from '../place.ts'
import { keyOfCheck, readCheck } from '../secrets/check.ts'
import { KEY_FILE, readKeyFile } from '../secrets/key-file.ts'
import { type ExtraFile, writeBackup } from './write-backup.ts'

/** What goes into a backup beside the database. */
export interface BackupOptions {
  /** Whether the key of the secrets goes with it: then the file alone opens them, for whoever has it. */
  readonly withKey: boolean
  /** Other files, such as the settings file. */
  readonly extra?: readonly ExtraFile[]
}

/**
 * Writes one file with everything of a store at one moment, also beside a running node. It can be restored to SQLite and
 * to PostgreSQL.
 * @param file - the backup; it must not be there
 * @throws {StoreError} `STORE_EXISTS`, `STORE_MISSING` without a database, `STORE_KEY` when the key file is not the right one
 */
export async function backupStore(
  place: StorePlace,
  file: string,
  options: BackupOptions,
): Promise<{ readonly rows: number }> {
  await using database = await openExisting(place)
  const extra = [...(options.extra ?? [])]
  if (options.withKey) {
    const keyFile = keyFileOf(place)
    const check = await readCheck(database.queries)
    if (check !== undefined && keyOfCheck(check, readKeyFile(keyFile) ?? []) === undefined) {
      throw new StoreError(
        'STORE_KEY',
        `${keyFile} is not the key file of this database, or is missing; say where it is with --key-file, or back up without it`,
      )
    }
    if (check !== undefined) extra.push({ name: KEY_FILE, path: keyFile })
  }
  return { rows: await writeBackup(database, resolve(file), extra) }
}
