import { randomBytes } from 'node:crypto'
import { join, resolve } from 'node:path'
import { sql } from 'kysely'
import { Listeners } from './changes/feed.ts'
import { Writer } from './changes/writer.ts'
import { administrators } from './collections/administrators.ts'
import { bans } from './collections/bans.ts'
import { certificates } from './collections/certificates.ts'
import { groups } from './collections/groups.ts'
import { settingsVersions } from './collections/settings-versions.ts'
import { tokens } from './collections/tokens.ts'
import { users } from './collections/users.ts'
import { webSessions } from './collections/web-sessions.ts'
import type { Database } from './database.ts'
import { makeFolder } from './folder.ts'
import { audit } from './logs/audit.ts'
import { incidents } from './logs/incidents.ts'
import { openLog } from './logs/log.ts'
import { transfers } from './logs/transfers.ts'
import { migrate } from './schema/migrate.ts'
import { type Box, openBox } from './secrets/box.ts'
import { KEY_FILE } from './secrets/key-file.ts'
import { openSqlite, SQLITE_FILE, writeAhead } from './sqlite/open.ts'
import type { Store } from './store.ts'

/** Where state is kept. */
export interface StoreOptions {
  /** Folder for the database of SQLite, the key file and backups before migrations; made owner-only when it is not there. */
  readonly folder: string
  /** `postgres://user:password@host:port/database`. Absent: SQLite in `folder`. */
  readonly database?: string
  /** The key file. Default: `secret.key` in `folder`. Every node of one database needs the same. */
  readonly keyFile?: string
  /** `node`: the one node of this folder (SQLite); a second is refused. `tool`: a command beside it. Default `node`. */
  readonly as?: 'node' | 'tool'
}

/**
 * Opens the store: takes the lock, reads or makes the key file, backs up and migrates the database.
 * @throws {StoreError} with what stands in the way and what to do
 */
export async function openStore(options: StoreOptions): Promise<Store> {
  const folder = resolve(options.folder)
  makeFolder(folder)
  const database = openSqlite(join(folder, SQLITE_FILE))
  try {
    writeAhead(database)
    await migrate(database.queries, database.dialect)
    const box = await openBox(database.queries, options.keyFile ?? join(folder, KEY_FILE))
    return assemble(database, box)
  } catch (error) {
    await database[Symbol.asyncDispose]()
    throw error
  }
}

function assemble(database: Database, box: Box): Store {
  const listeners = new Listeners()
  const writer = new Writer(database, randomBytes(9).toString('base64url'), listeners)
  return {
    kind: database.dialect.kind,
    settings: settingsVersions(writer),
    users: users(writer),
    groups: groups(writer),
    administrators: administrators(writer, box),
    tokens: tokens(writer),
    webSessions: webSessions(database),
    bans: bans(writer),
    certificates: certificates(writer, box),
    transfers: openLog(database, transfers),
    incidents: openLog(database, incidents),
    audit: openLog(database, audit),
    changes: listeners,
    async ping() {
      await sql`select 1`.execute(database.queries)
    },
    async [Symbol.asyncDispose]() {
      await database[Symbol.asyncDispose]()
    },
  }
}
