import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { StoreError } from '../errors.ts'
import { syncFolder } from '../folder.ts'
import type { Key } from './seal.ts'

/** The key file of a data folder. */
export const KEY_FILE = 'secret.key'

const FORMAT = 'portolan-keys'

/**
 * Reads a key file; undefined when there is none.
 * @throws {StoreError} `STORE_KEY` when it is not one or cannot be read
 */
export function readKeyFile(file: string): readonly Key[] | undefined {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    const reason = error instanceof Error ? error.message : String(error)
    throw new StoreError('STORE_KEY', `the key file ${file} cannot be read: ${reason}`, { cause: error })
  }
  return parseKeyFile(text, file)
}

/** @throws {StoreError} `STORE_KEY` */
export function parseKeyFile(text: string, file: string): readonly Key[] {
  const damaged = (cause?: unknown) =>
    new StoreError(
      'STORE_KEY',
      `${file} is no key file of portolan, or is damaged; put back the one from your backup`,
      { cause },
    )
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw damaged(error)
  }
  if (!isRecord(value) || value.format !== FORMAT || !Array.isArray(value.keys)) throw damaged()
  const keys = value.keys.map((entry: unknown): Key => {
    if (!isRecord(entry) || typeof entry.id !== 'string' || typeof entry.key !== 'string') throw damaged()
    const bytes = Buffer.from(entry.key, 'base64')
    if (bytes.length !== 32 || !/^[0-9a-f]+$/.test(entry.id)) throw damaged()
    return { id: entry.id, bytes }
  })
  if (keys.length === 0) throw damaged()
  return keys
}

/** The text of a key file. */
function formatKeyFile(keys: readonly Key[]): string {
  const content = {
    format: FORMAT,
    note: 'Without this file the secrets in the database are lost. Keep a copy apart from the database.',
    keys: keys.map(({ id, bytes }) => ({ id, key: bytes.toString('base64') })),
  }
  return `${JSON.stringify(content, null, 2)}\n`
}

/**
 * Writes a key file so that there is the old one or the new one at any time, and the new one for good when this returns.
 * @param how - `new`: fails with EEXIST when there is one already
 */
export function writeKeyFile(file: string, keys: readonly Key[], how: 'new' | 'replace'): void {
  try {
    if (how === 'new') return writeDurably(file, formatKeyFile(keys))
    const beside = join(dirname(file), `.${basename(file)}.${process.pid}.new`)
    rmSync(beside, { force: true })
    writeDurably(beside, formatKeyFile(keys))
    renameSync(beside, file)
    syncFolder(dirname(file))
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') throw error
    const reason = error instanceof Error ? error.message : String(error)
    throw new StoreError('STORE_FOLDER', `the key file ${file} cannot be written: ${reason}`, {
      cause: error,
    })
  }
}

function writeDurably(file: string, text: string): void {
  const descriptor = openSync(file, 'wx', 0o600)
  try {
    writeSync(descriptor, text)
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
  syncFolder(dirname(file))
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null
