import { access } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { backupStore, inspectBackup, restoreStore, rotateKey } from '@portolan/store'
import { SETTINGS_FILE } from './first-start.ts'
import type { Io } from './io.ts'
import type { BackupFlags, RestoreFlags, StoreFlags } from './store-commands.ts'
import { placeOf } from './store-commands-place.ts'
import { EXIT } from './user-error.ts'

/** `portolan backup FILE`: one file with everything of a node but the files of its users. */
export async function backup(file: string, flags: BackupFlags, io: Io): Promise<number> {
  const path = resolve(io.cwd, file)
  if (flags.check === true) return describe(path, file, io)
  const place = placeOf(flags, io.cwd)
  const settings = join(place.folder, SETTINGS_FILE)
  const hasSettings = await access(settings).then(
    () => true,
    () => false,
  )
  await backupStore(place, path, {
    withKey: flags.withoutKey !== true,
    ...(hasSettings && { extra: [{ name: SETTINGS_FILE, path: settings }] }),
  })
  await describe(path, file, io)
  io.err('The files of the users are not in it.')
  return EXIT.ok
}

/** Checks a backup and says what is in it. */
async function describe(path: string, name: string, io: Io): Promise<number> {
  const { at, from, tables, files, hasKey } = await inspectBackup(path)
  const database = from === 'sqlite' ? 'SQLite' : 'PostgreSQL'
  io.out(`${name}: whole, made ${new Date(at).toISOString()} from ${database}`)
  const width = Math.max(...tables.map(table => table.name.length))
  for (const table of tables) io.out(`  ${table.name.padEnd(width)}  ${table.rows}`)
  for (const one of files) io.out(`  ${one}`)
  io.err(
    hasKey
      ? 'It holds the key of its secrets: keep it as you would keep them.'
      : 'It does not hold the key of its secrets: keep the key file of today as well, elsewhere.',
  )
  return EXIT.ok
}

/** `portolan restore FILE`. */
export async function restore(file: string, flags: RestoreFlags, io: Io): Promise<number> {
  const place = placeOf(flags, io.cwd)
  const restored = await restoreStore(resolve(io.cwd, file), {
    ...place,
    ...(flags.force !== undefined && { force: flags.force }),
  })
  for (const path of restored.putAside) io.out(`what was there is now ${path}`)
  for (const path of restored.files) io.out(`wrote ${path}`)
  io.out(`restored ${restored.rows} rows`)
  if (!restored.keyFits) {
    io.err(
      'The key file does not fit: put the one of that time into its place before the start, or name it with --key-file.',
    )
  }
  return EXIT.ok
}

/** `portolan secrets rotate`. */
export async function rotateSecrets(flags: StoreFlags, io: Io): Promise<number> {
  const { secrets } = await rotateKey(placeOf(flags, io.cwd))
  io.out(secrets === 1 ? 'encrypted 1 secret anew' : `encrypted ${secrets} secrets anew`)
  io.err('Backups made without the key need the old one: make a new backup.')
  if (flags.database !== undefined) io.err('Copy the key file to the other nodes of this database.')
  return EXIT.ok
}
