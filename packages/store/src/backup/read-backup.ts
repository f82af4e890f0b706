import { createHash } from 'node:crypto'
import { type FileHandle, open } from 'node:fs/promises'
import { pipeline } from 'node:stream'
import { StringDecoder } from 'node:string_decoder'
import { createZstdDecompress } from 'node:zlib'
import { StoreError } from '../errors.ts'
import {
  DIGEST_BYTES,
  damaged,
  type Header,
  type Line,
  MAGIC,
  MAX_LINE,
  newerBackup,
  parseHeader,
  parseLine,
} from './format.ts'

/** What a backup consists of, as it is read. */
export interface BackupReader {
  readonly header: Header
  /** What follows, without the end; fails where the file is not what its header says. */
  readonly lines: AsyncGenerator<Exclude<Line, { end: true }>>
}

/**
 * Checks the whole file by its digest.
 * @throws {StoreError} `STORE_CORRUPT`; `STORE_MISSING` when there is none
 */
export async function checkDigest(file: string): Promise<void> {
  await using handle = await openBackup(file)
  const { size } = await handle.stat()
  const start = Buffer.alloc(MAGIC.length)
  await handle.read(start, 0, start.length, 0)
  if (!start.equals(MAGIC)) {
    throw new StoreError(
      'STORE_CORRUPT',
      `${file} is no backup of portolan; name one that portolan backup made`,
    )
  }
  const end = size - DIGEST_BYTES
  if (end < MAGIC.length) throw damaged(file, 'it is cut off')
  const hash = createHash('sha256')
  const body = handle.createReadStream({ start: 0, end: end - 1, autoClose: false, highWaterMark: 1 << 20 })
  for await (const chunk of body) hash.update(chunk)
  const digest = Buffer.alloc(DIGEST_BYTES)
  await handle.read(digest, 0, DIGEST_BYTES, end)
  if (!digest.equals(hash.digest())) throw damaged(file, 'it is cut off, or was changed')
}

/**
 * Reads a backup whose digest was checked.
 * @param known - the newest schema that this release knows
 * @throws {StoreError} `STORE_CORRUPT`, `STORE_NEWER`
 */
export async function readBackup(file: string, known: number): Promise<BackupReader> {
  const texts = linesOf(file)
  const first = await texts.next()
  if (first.done === true) throw damaged(file, 'it is empty')
  const header = parseHeader(first.value, file)
  if (header.schema > known) {
    await texts.return(undefined)
    throw newerBackup(file)
  }
  return { header, lines: checkedLines(texts, header, file) }
}

async function* checkedLines(
  texts: AsyncGenerator<string>,
  header: Header,
  file: string,
): AsyncGenerator<Exclude<Line, { end: true }>> {
  const left = new Map(header.tables.map(({ name, rows }) => [name, rows]))
  const widths = new Map(header.tables.map(({ name, columns }) => [name, columns.length]))
  const files = new Set(header.files)
  for await (const text of texts) {
    const line = parseLine(text, file)
    if ('end' in line) {
      const whole = files.size === 0 && left.values().every(rows => rows === 0)
      if (!whole) throw damaged(file, 'it has less than its header says')
      return
    }
    if ('file' in line) {
      if (!files.delete(line.file)) throw damaged(file, `its header does not name the file ${line.file}`)
    } else {
      const width = widths.get(line.table)
      if (width === undefined || line.rows.some(row => row.length !== width)) {
        throw damaged(file, `rows of ${line.table} are not as its header says`)
      }
      left.set(line.table, (left.get(line.table) ?? 0) - line.rows.length)
    }
    yield line
  }
  throw damaged(file, 'it ends too early')
}

async function* linesOf(file: string): AsyncGenerator<string> {
  await using handle = await openBackup(file)
  const { size } = await handle.stat()
  const end = Math.max(MAGIC.length, size - DIGEST_BYTES - 1)
  const body = handle.createReadStream({ start: MAGIC.length, end, autoClose: false })
  const plain = createZstdDecompress()
  // Errors come out of the loop below, which also ends the reading when it is left early.
  pipeline(body, plain, () => {})
  const decoder = new StringDecoder('utf8')
  let rest = ''
  try {
    for await (const chunk of plain) {
      const text = decoder.write(chunk)
      if (text.includes('\n')) {
        const lines = (rest + text).split('\n')
        rest = lines.pop() ?? ''
        yield* lines
      } else rest += text
      if (rest.length > MAX_LINE) throw damaged(file, 'it has a line without an end')
    }
  } catch (error) {
    if (error instanceof StoreError) throw error
    throw damaged(file, 'it cannot be unpacked', error)
  }
  if (rest !== '') throw damaged(file, 'it ends in the middle of a line')
}

async function openBackup(file: string): Promise<FileHandle> {
  try {
    return await open(file, 'r')
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new StoreError('STORE_MISSING', `the backup ${file} cannot be read: ${reason}`, { cause: error })
  }
}
