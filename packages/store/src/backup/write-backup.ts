import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { type FileHandle, link, open, readFile, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { pipeline, Readable } from 'node:stream'
import { createZstdCompress } from 'node:zlib'
import type { Database } from '../database.ts'
import { StoreError } from '../errors.ts'
import { syncFolder } from '../folder.ts'
import { formatHeader, formatLine, MAGIC, MAX_FILE_BYTES } from './format.ts'
import { readSnapshot, type Snapshot } from './snapshot.ts'

/** A file that goes into a backup. */
export interface ExtraFile {
  /** What it is called in the backup: letters, digits, dots and hyphens. */
  readonly name: string
  readonly path: string
}

/**
 * Writes a backup: beside its name first, and under its name when it is whole and on the disk. Never over a file.
 * @returns rows written
 * @throws {StoreError} `STORE_EXISTS`, `STORE_FOLDER`, `STORE_FULL`
 */
export async function writeBackup(
  database: Database,
  file: string,
  extra: readonly ExtraFile[] = [],
): Promise<number> {
  if (existsSync(file)) throw taken(file)
  const beside = join(dirname(file), `.${basename(file)}.${process.pid}.part`)
  try {
    await rm(beside, { force: true })
    const files = await Promise.all(extra.map(readExtra))
    const rows = await readSnapshot(database, async snapshot => {
      await using handle = await open(beside, 'wx', 0o600)
      await writeFile(handle, linesOf(snapshot, database.dialect.kind, files))
      await handle.sync()
      return snapshot.tables.reduce((sum, table) => sum + table.rows, 0)
    })
    // Unlike a rename, a link never takes the place of a file that came meanwhile.
    await link(beside, file)
    syncFolder(dirname(file))
    return rows
  } catch (error) {
    throw backupError(error, file)
  } finally {
    await rm(beside, { force: true })
  }
}

async function writeFile(handle: FileHandle, lines: AsyncIterable<string>): Promise<void> {
  const hash = createHash('sha256').update(MAGIC)
  await handle.writeFile(MAGIC)
  const compressed = createZstdCompress()
  // Errors come out of the loop below, which also ends the reading when it is left early.
  pipeline(Readable.from(lines, { objectMode: false }), compressed, () => {})
  for await (const chunk of compressed) {
    hash.update(chunk)
    await handle.writeFile(chunk)
  }
  await handle.writeFile(hash.digest())
}

async function* linesOf(
  snapshot: Snapshot,
  from: 'sqlite' | 'postgres',
  files: readonly { readonly name: string; readonly data: string }[],
): AsyncGenerator<string> {
  const { schema, tables } = snapshot
  yield formatHeader({ schema, at: Date.now(), from, tables, files: files.map(({ name }) => name) })
  for (const { name, data } of files) yield formatLine({ file: name, data })
  for (const table of tables) {
    for await (const rows of snapshot.rows(table)) yield formatLine({ table: table.name, rows })
  }
  yield formatLine({ end: true })
}

async function readExtra({ name, path }: ExtraFile): Promise<{ name: string; data: string }> {
  const { size } = await stat(path)
  if (size > MAX_FILE_BYTES) {
    throw new StoreError('STORE_FOLDER', `${path} is too large for a backup; keep it elsewhere`)
  }
  return { name, data: (await readFile(path)).toString('base64') }
}

const taken = (file: string) =>
  new StoreError('STORE_EXISTS', `${file} is there already; backups are not overwritten, choose another name`)

function backupError(error: unknown, file: string): unknown {
  if (!(error instanceof Error) || !('code' in error)) return error
  if (error.code === 'EEXIST') return taken(file)
  if (error.code === 'ENOSPC') {
    return new StoreError('STORE_FULL', `there is no room for the backup ${file}; write it elsewhere`, {
      cause: error,
    })
  }
  if (error instanceof StoreError || !('syscall' in error)) return error
  return new StoreError('STORE_FOLDER', `the backup ${file} cannot be written: ${error.message}`, {
    cause: error,
  })
}
