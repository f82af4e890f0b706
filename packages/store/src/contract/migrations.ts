import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { describe, it } from 'node:test'
import { sql } from 'kysely'
import { openStore, openStoreAt } from '../open.ts'
import type { Migrations } from '../schema/migration.ts'
import { MIGRATIONS } from '../schema/migrations.ts'
import { BY, type Place } from './place.ts'
import { newRun, transfer } from './rows.ts'
import { openRaw } from './secrets.ts'

/** The schema of a release to come. */
const NEXT: Migrations = [
  ...MIGRATIONS,
  {
    name: 'a colour for groups',
    async up(queries, dialect) {
      await sql`alter table groups add column colour ${sql.raw(dialect.text)} not null default 'blue'`.execute(
        queries,
      )
    },
  },
]

const FAILING: Migrations = [
  ...NEXT,
  {
    name: 'one that fails',
    async up(queries) {
      await sql`alter table groups add column taste text`.execute(queries)
      throw new Error('half way')
    },
  },
]

/** What is promised when a release finds the database of another one. */
export function migrationsContract(place: Place): void {
  describe('the schema', () => {
    const backups = (folder: string) => readdirSync(folder).filter(name => name.includes('before'))

    it('of an older release is brought up to date after a backup, and what was there is still there', async () => {
      const options = await place.fresh()
      const old = await openStore(options)
      const group = await old.groups.create('g', { a: 1 }, BY)
      await old[Symbol.asyncDispose]()
      assert.deepEqual(backups(options.folder), [])
      await using store = await openStoreAt(options, NEXT)
      assert.deepEqual(await store.groups.get('g'), group)
      await using raw = openRaw(options)
      assert.deepEqual((await sql`select colour from groups`.execute(raw.queries)).rows, [{ colour: 'blue' }])
      assert.equal(backups(options.folder).length, 1)
      assert.match(backups(options.folder)[0] ?? '', new RegExp(`\\.before-${NEXT.length}$`))
    })

    it('of the first release is brought up to date, and has an empty queue', async () => {
      const options = await place.fresh()
      const old = await openStoreAt(options, MIGRATIONS.slice(0, 1))
      const group = await old.groups.create('g', { a: 1 }, BY)
      await old.transfers.append([transfer()])
      await old[Symbol.asyncDispose]()
      await using store = await openStore(options)
      assert.deepEqual(await store.groups.get('g'), group)
      assert.equal((await store.transfers.list({ limit: 5 })).items.length, 1)
      const { runs, sites } = store.initiated
      assert.equal(await runs.nextDue(), undefined)
      assert.equal((await runs.enqueue([newRun()], 1)).length, 1)
      await sites.create('a', {}, BY)
      assert.equal(backups(options.folder).length, 1)
    })

    it('of a newer release is refused with what to do, and not touched', async () => {
      const options = await place.fresh()
      const newer = await openStoreAt(options, NEXT)
      await newer.groups.create('g', {}, BY)
      await newer[Symbol.asyncDispose]()
      for (const as of ['node', 'tool'] as const) {
        await assert.rejects(openStore({ ...options, as }), {
          code: 'STORE_NEWER',
          message: new RegExp(
            `made by a newer release.*schema ${NEXT.length}, this one knows ${MIGRATIONS.length}.*Start that release, or restore`,
          ),
        })
      }
      await using raw = openRaw(options)
      const { rows } = await sql<{
        version: number
      }>`select version from schema_versions order by version`.execute(raw.queries)
      assert.deepEqual(
        rows.map(({ version }) => version),
        NEXT.map((_, index) => index + 1),
      )
      assert.deepEqual(backups(options.folder), [])
    })

    it('is changed wholly or not at all', async () => {
      const options = await place.fresh()
      const old = await openStore(options)
      await old.groups.create('g', {}, BY)
      await old[Symbol.asyncDispose]()
      await assert.rejects(openStoreAt(options, FAILING), /half way/)
      await assert.rejects(openStoreAt(options, FAILING), /half way/)
      assert.equal(new Set(backups(options.folder)).size, 2, 'the backup of the first try stays')
      const again = await openStore(options)
      assert.equal((await again.groups.all()).length, 1)
      await again[Symbol.asyncDispose]()
    })

    it('is made once by nodes that start at once', async () => {
      const options = await place.fresh()
      if (options.database === undefined) return
      const stores = await Promise.all(Array.from({ length: 3 }, () => openStore(options)))
      await stores[0]?.groups.create('g', {}, BY)
      for (const store of stores) assert.equal((await store.groups.all()).length, 1)
      for (const store of stores) await store[Symbol.asyncDispose]()
    })
  })
}
