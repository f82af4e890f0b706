import { existsSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { StoreError } from '../errors.ts'
import { freeName, syncFolder } from '../folder.ts'
import { lockFolder } from '../sqlite/lock.ts'
import { openSqlite, SQLITE_FILE } from '../sqlite/open.ts'
import { type Filled, fill, type Restore } from './fill.ts'

/** The files of a database of SQLite. */
const PARTS = ['', '-wal', '-shm', '-journal']

/** Builds the database beside its name; only when it is whole it takes its place. */
export async function restoreSqlite(restore: Restore): Promise<Filled> {
  using _lock = lockFolder(restore.folder)
  const file = join(restore.folder, SQLITE_FILE)
  if (existsSync(file) && !restore.force) {
    throw new StoreError(
      'STORE_EXISTS',
      `${file} is there already; restore into an empty folder, or say --force to put it aside`,
    )
  }
  const beside = `${file}.restoring`
  const clear = () => {
    for (const part of PARTS) rmSync(beside + part, { force: true })
  }
  clear()
  try {
    const database = openSqlite(beside)
    let rows: number
    try {
      // One transaction, synced once at its end.
      rows = await database.queries
        .transaction()
        .execute(transaction => fill(transaction, database.dialect, restore))
    } finally {
      await database[Symbol.asyncDispose]()
    }
    const putAside = moveAside(file)
    renameSync(beside, file)
    syncFolder(restore.folder)
    return { rows, putAside }
  } catch (error) {
    clear()
    throw error
  }
}

/** With what has not been checkpointed yet; SQLite finds it by the name. */
function moveAside(file: string): readonly string[] {
  if (!existsSync(file)) return []
  const aside = freeName(`${file}.before-restore`)
  for (const part of ['-wal', '-journal', ''])
    if (existsSync(file + part)) renameSync(file + part, aside + part)
  // Made anew from the others.
  rmSync(`${file}-shm`, { force: true })
  return [aside]
}
