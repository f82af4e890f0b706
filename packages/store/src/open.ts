import { randomBytes } from 'node:crypto'
import { join, resolve } from 'node:path'
import { sql } from 'kysely'
import { accessTables } from './access/access-tables.ts'
import { writeBackup } from './backup/write-backup.ts'
import { Listeners } from './changes/feed.ts'
import { ChangeWatcher } from './changes/watcher.ts'
import { Writer } from './changes/writer.ts'
import { administrators } from './collections/administrators.ts'
import { bans } from './collections/bans.ts'
import { certificates } from './collections/certificates.ts'
import { documents } from './collections/documents.ts'
import { settingsVersions } from './collections/settings-versions.ts'
import { tokens } from './collections/tokens.ts'
import { users } from './collections/users.ts'
import { webSessions } from './collections/web-sessions.ts'
import type { Database } from './database.ts'
import { freeName, makeFolder } from './folder.ts'
import { audit } from './logs/audit.ts'
import { incidents } from './logs/incidents.ts'
import { openLog } from './logs/log.ts'
import { transfers } from './logs/transfers.ts'
import { keyFileOf, type StorePlace } from './place.ts'
import { transferTables } from './runs/transfer-tables.ts'
import type { Migrations } from './schema/migration.ts'
import { MIGRATIONS } from './schema/migrations.ts'
import { type Box, openBox } from './secrets/box.ts'
import { pollSqlite } from './sqlite/poll.ts'
import { prepareSqlite } from './sqlite/prepare.ts'
import type { Store } from './store.ts'

/** How a store is opened. */
export interface StoreOptions extends StorePlace {
  /** `node`: the one node of this folder (SQLite); a second is refused. `tool`: a command beside it. Default `node`. */
  readonly as?: 'node' | 'tool'
}

/**
 * Opens the store: takes the lock, reads or makes the key file, backs up and migrates the database.
 * @throws {StoreError} with what stands in the way and what to do
 */
export function openStore(options: StoreOptions): Promise<Store> {
  return openStoreAt(options, MIGRATIONS)
}

/** The same with other steps of the schema, for tests of releases to come. */
export async function openStoreAt(options: StoreOptions, migrations: Migrations): Promise<Store> {
  const folder = resolve(options.folder)
  makeFolder(folder)
  const closing = new AsyncDisposableStack()
  try {
    const listeners = new Listeners()
    const origin = randomBytes(9).toString('base64url')
    const { database, watch } = await openDatabase(options, folder, migrations, closing)
    const box = await openBox(database.queries, keyFileOf(options))
    const watcher = new ChangeWatcher(database, origin, listeners)
    await watcher.begin()
    closing.use(await watch(watcher))
    return assemble(new Writer(database, origin, listeners), listeners, box, closing)
  } catch (error) {
    await closing.disposeAsync()
    throw error
  }
}

interface OpenDatabase {
  readonly database: Database
  /** Begins to look for changes of others. */
  watch(watcher: ChangeWatcher): Disposable | Promise<AsyncDisposable>
}

async function openDatabase(
  { database: url, as = 'node' }: StoreOptions,
  folder: string,
  migrations: Migrations,
  closing: AsyncDisposableStack,
): Promise<OpenDatabase> {
  if (url !== undefined) {
    // The client of PostgreSQL takes memory that a node on SQLite spares.
    const { preparePostgres } = await import('./postgres/prepare.ts')
    const { listenPostgres } = await import('./postgres/listen.ts')
    const database = closing.use(
      await preparePostgres(url, migrations, async (before, to) => {
        await writeBackup(before, freeName(join(folder, `portolan-postgres.before-${to}`)))
      }),
    )
    return { database, watch: watcher => listenPostgres(url, watcher, as) }
  }
  const { database, lock } = await prepareSqlite(folder, as, migrations)
  if (lock !== undefined) closing.use(lock)
  closing.use(database)
  return { database, watch: watcher => pollSqlite(database, watcher) }
}

function assemble(writer: Writer, changes: Listeners, box: Box, closing: AsyncDisposableStack): Store {
  const { database } = writer
  return {
    kind: database.dialect.kind,
    settings: settingsVersions(writer),
    users: users(writer),
    groups: documents(writer, 'groups', 'group'),
    administrators: administrators(writer, box),
    tokens: tokens(writer),
    webSessions: webSessions(database),
    bans: bans(writer),
    certificates: certificates(writer, box),
    transfers: openLog(database, transfers),
    incidents: openLog(database, incidents),
    audit: openLog(database, audit),
    initiated: transferTables(writer, box),
    access: accessTables(writer, box),
    changes,
    async ping() {
      await sql`select 1`.execute(database.queries)
    },
    [Symbol.asyncDispose]: () => closing.disposeAsync(),
  }
}
