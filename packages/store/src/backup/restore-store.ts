import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { StoreError } from '../errors.ts'
import { freeName, makeFolder, syncFolder } from '../folder.ts'
import { keyFileOf, type StorePlace } from '../place.ts'
import type { Migrations } from '../schema/migration.ts'
import { MIGRATIONS } from '../schema/migrations.ts'
import { keyOfCheck } from '../secrets/check.ts'
import { KEY_FILE, parseKeyFile, readKeyFile } from '../secrets/key-file.ts'
import { type Examined, examine } from './inspect-backup.ts'
import { restoreSqlite } from './restore-sqlite.ts'

/** Where a backup is restored to. */
export interface RestoreOptions extends StorePlace {
  /** Takes the place of what is there, after that was put aside. */
  readonly force?: boolean
}

/** What a restore did. */
export interface Restored {
  readonly rows: number
  /** Files that were written, with their paths. */
  readonly files: readonly string[]
  /** Whether the key file opens the secrets of the backup. If not, the start will ask for the right one. */
  readonly keyFits: boolean
  /** Where that is now which was there before. */
  readonly putAside: readonly string[]
}

/**
 * Restores a backup into an empty folder or database. The file is checked completely first; nothing is changed unless
 * everything of it can be.
 * @throws {StoreError} `STORE_EXISTS` when something is there and `force` was not said; `STORE_LOCKED` when a node runs;
 *   `STORE_MISSING`, `STORE_CORRUPT`, `STORE_NEWER` about the backup
 */
export function restoreStore(file: string, options: RestoreOptions): Promise<Restored> {
  return restoreStoreAt(file, options, MIGRATIONS)
}

/** The same with other steps of the schema, for tests of releases to come. */
export async function restoreStoreAt(
  file: string,
  options: RestoreOptions,
  migrations: Migrations,
): Promise<Restored> {
  const examined = await examine(file, migrations)
  const folder = resolve(options.folder)
  const keyFile = keyFileOf(options)
  const pathOf = (name: string) => (name === KEY_FILE ? keyFile : join(folder, name))
  const force = options.force === true
  refuseOverwriting(examined, pathOf, force)
  makeFolder(folder)
  const restore = { file, folder, force, migrations, header: examined.header }
  const { rows, putAside } =
    options.database === undefined
      ? await restoreSqlite(restore)
      : await (await import('./restore-postgres.ts')).restorePostgres(options.database, restore)
  const aside = [...putAside]
  const files: string[] = []
  for (const [name, content] of examined.files) {
    const path = pathOf(name)
    if (!differs(path, content)) continue
    if (existsSync(path)) {
      const moved = freeName(`${path}.before-restore`)
      renameSync(path, moved)
      aside.push(moved)
    }
    writeBeside(path, content)
    files.push(path)
  }
  const { check } = examined
  const keyFits = check === undefined || keyOfCheck(check, readKeyFile(keyFile) ?? []) !== undefined
  return { rows, files, keyFits, putAside: aside }
}

/** Files that are there and say something else need `force`; a key file in the backup has to be one. */
function refuseOverwriting({ files }: Examined, pathOf: (name: string) => string, force: boolean): void {
  for (const [name, content] of files) {
    const path = pathOf(name)
    if (name === KEY_FILE) parseKeyFile(content.toString(), `the key file in the backup`)
    if (force || !existsSync(path) || !differs(path, content)) continue
    throw new StoreError(
      'STORE_EXISTS',
      `${path} is there already, and is not the one of the backup; restore into an empty folder, or say --force to put it aside`,
    )
  }
}

function differs(path: string, content: Buffer): boolean {
  return !existsSync(path) || !readFileSync(path).equals(content)
}

function writeBeside(path: string, content: Buffer): void {
  const beside = join(dirname(path), `.restored.${process.pid}.part`)
  rmSync(beside, { force: true })
  writeFileSync(beside, content, { mode: 0o600, flag: 'wx', flush: true })
  renameSync(beside, path)
  syncFolder(dirname(path))
}
