import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before } from 'node:test'
import { openStore, type StoreOptions } from '../open.ts'
import type { Store } from '../store.ts'
import { startPostgres, type TestPostgres } from '../testing/index.ts'

/** A kind of database that the contract is tested on. */
export interface Place {
  /** Options of a database that nobody has used. */
  fresh(): Promise<StoreOptions>
  /** Opens a store on a database that nobody has used; closes it after the test. */
  open(test: { after(work: () => Promise<void>): void }): Promise<Store>
  /** Opens another store on the database of these options, beside the node's. */
  beside(options: StoreOptions): Promise<Store>
  /** The PostgreSQL, where it is one. */
  postgres(): TestPostgres | undefined
}

/** Makes a place within a `describe`: what it needs is started before its tests, and removed after them. */
export function makePlace(kind: 'SQLite' | 'PostgreSQL'): Place {
  const folder = mkdtempSync(join(tmpdir(), 'portolan-store-'))
  let postgres: TestPostgres | undefined
  let databases = 0
  if (kind === 'PostgreSQL') {
    before(async () => {
      postgres = await startPostgres()
    })
  }
  after(async () => {
    await postgres?.stop()
    rmSync(folder, { recursive: true, force: true })
  })
  const fresh = async (): Promise<StoreOptions> => {
    databases++
    return {
      folder: join(folder, String(databases)),
      ...(postgres && { database: await postgres.createDatabase() }),
    }
  }
  return {
    fresh,
    async open(test) {
      const store = await openStore(await fresh())
      test.after(async () => store[Symbol.asyncDispose]())
      return store
    },
    beside: options => openStore({ ...options, as: options.database === undefined ? 'tool' : 'node' }),
    postgres: () => postgres,
  }
}

/** Somebody who changes something. */
export const BY = { by: 'alice' } as const
