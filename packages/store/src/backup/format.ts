import { StoreError } from '../errors.ts'
import type { Column, Value } from '../rows.ts'

/*
 * A backup file:
 *
 *   16 bytes   "portolan backup\n"
 *   ...        zstd of lines of JSON: the header, rows and files, the end
 *   32 bytes   SHA-256 of everything before
 */

export const MAGIC = Buffer.from('portolan backup\n')

export const DIGEST_BYTES = 32

/** The format that this release writes; older ones are read. */
const FORMAT = 1

/** Characters of one line at most: some hundred rows, or a file. */
export const MAX_LINE = 64 * 1024 * 1024

/** Bytes of a file that may go into a backup: a settings file, a key file. */
export const MAX_FILE_BYTES = 16 * 1024 * 1024

export interface TableHeader {
  readonly name: string
  readonly columns: readonly Column[]
  readonly rows: number
}

export interface Header {
  /** Version of the schema that the rows have. */
  readonly schema: number
  /** When it was made, in milliseconds since 1970. */
  readonly at: number
  readonly from: 'sqlite' | 'postgres'
  readonly tables: readonly TableHeader[]
  /** Names of the files that are in it. */
  readonly files: readonly string[]
}

export type Line =
  | { readonly table: string; readonly rows: readonly (readonly Value[])[] }
  | { readonly file: string; readonly data: string }
  | { readonly end: true }

export const formatHeader = (header: Header): string =>
  `${JSON.stringify({ portolan: 'backup', format: FORMAT, ...header })}\n`

export const formatLine = (line: Line): string => `${JSON.stringify(line)}\n`

/** @throws {StoreError} `STORE_CORRUPT`; `STORE_NEWER` for a format that this release does not know */
export function parseHeader(text: string, file: string): Header {
  const value = parse(text, file)
  if (value.portolan !== 'backup' || typeof value.format !== 'number') throw damaged(file, 'it has no header')
  if (value.format > FORMAT) throw newerBackup(file)
  const { schema, at, from, tables, files } = value
  if (
    typeof schema !== 'number' ||
    typeof at !== 'number' ||
    (from !== 'sqlite' && from !== 'postgres') ||
    !Array.isArray(tables) ||
    !Array.isArray(files) ||
    !files.every(isFileName)
  ) {
    throw damaged(file, 'its header is not complete')
  }
  return { schema, at, from, files, tables: tables.map((table: unknown) => parseTable(table, file)) }
}

/** @throws {StoreError} `STORE_CORRUPT` */
export function parseLine(text: string, file: string): Line {
  const value = parse(text, file)
  if (value.end === true) return { end: true }
  if (typeof value.table === 'string' && Array.isArray(value.rows) && value.rows.every(isRow)) {
    return { table: value.table, rows: value.rows }
  }
  if (isFileName(value.file) && typeof value.data === 'string') return { file: value.file, data: value.data }
  throw damaged(file, 'it has a line that says nothing')
}

export const damaged = (file: string, why: string, cause?: unknown): StoreError =>
  new StoreError('STORE_CORRUPT', `${file} is damaged: ${why}. Use another backup`, { cause })

export const newerBackup = (file: string): StoreError =>
  new StoreError(
    'STORE_NEWER',
    `${file} was made by a newer release of portolan; restore it with that release`,
  )

function parse(text: string, file: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text)
    if (isRecord(value)) return value
  } catch (error) {
    throw damaged(file, 'it has a line that is no JSON', error)
  }
  throw damaged(file, 'it has a line that is no object')
}

function parseTable(value: unknown, file: string): TableHeader {
  if (
    !isRecord(value) ||
    typeof value.name !== 'string' ||
    typeof value.rows !== 'number' ||
    !Array.isArray(value.columns) ||
    !value.columns.every(isColumn)
  ) {
    throw damaged(file, 'its header is not complete')
  }
  return { name: value.name, rows: value.rows, columns: value.columns }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const isColumn = (value: unknown): value is Column =>
  isRecord(value) && typeof value.name === 'string' && typeof value.integer === 'boolean'

const isRow = (value: unknown): value is readonly Value[] =>
  Array.isArray(value) &&
  value.every(cell => cell === null || typeof cell === 'string' || typeof cell === 'number')

/** Files go into the data folder, and nowhere else. */
const isFileName = (value: unknown): value is string =>
  typeof value === 'string' && /^[\w][\w.-]{0,127}$/.test(value)
