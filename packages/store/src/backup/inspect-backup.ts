import type { Migrations } from '../schema/migration.ts'
import { MIGRATIONS } from '../schema/migrations.ts'
import { CHECK } from '../secrets/check.ts'
import { KEY_FILE } from '../secrets/key-file.ts'
import type { Header, Line } from './format.ts'
import { checkDigest, readBackup } from './read-backup.ts'

/** What is in a backup. */
export interface BackupContents {
  /** When it was made, in milliseconds since 1970. */
  readonly at: number
  readonly from: 'sqlite' | 'postgres'
  /** Rows of each table. */
  readonly tables: readonly { readonly name: string; readonly rows: number }[]
  /** Names of the files in it. */
  readonly files: readonly string[]
  /** Whether it holds the key of its secrets. Without it they open with the key file of then alone. */
  readonly hasKey: boolean
}

/**
 * Checks every byte of a backup and says what is in it.
 * @throws {StoreError} `STORE_MISSING`, `STORE_CORRUPT`, `STORE_NEWER`
 */
export async function inspectBackup(file: string): Promise<BackupContents> {
  const { header } = await examine(file, MIGRATIONS)
  return {
    at: header.at,
    from: header.from,
    tables: header.tables.map(({ name, rows }) => ({ name, rows })),
    files: header.files,
    hasKey: header.files.includes(KEY_FILE),
  }
}

/** What a restore has to know before it begins. */
export interface Examined {
  readonly header: Header
  readonly files: ReadonlyMap<string, Buffer>
  /** What only the right key opens; undefined for a database that was never started. */
  readonly check: string | undefined
}

/** Reads a backup to its end. */
export async function examine(file: string, migrations: Migrations): Promise<Examined> {
  await checkDigest(file)
  const { header, lines } = await readBackup(file, migrations.length)
  const files = new Map<string, Buffer>()
  let check: string | undefined
  for await (const line of lines) {
    if ('file' in line) files.set(line.file, Buffer.from(line.data, 'base64'))
    else check ??= checkIn(line)
  }
  return { header, files, check }
}

function checkIn({ table, rows }: Extract<Line, { table: string }>): string | undefined {
  if (table !== 'meta') return undefined
  const value = rows.find(([name]) => name === CHECK)?.[1]
  return typeof value === 'string' ? value : undefined
}
