import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import Sqlite from 'better-sqlite3'
import { Listeners } from '../changes/feed.ts'
import { Writer } from '../changes/writer.ts'
import { documents } from '../collections/documents.ts'
import { transfer } from '../contract/rows.ts'
import { openLog } from '../logs/log.ts'
import { transfers } from '../logs/transfers.ts'
import { openStore } from '../open.ts'
import { MIGRATIONS } from '../schema/migrations.ts'
import type { Documents, TransferLog } from '../store.ts'
import { prepareSqlite } from './prepare.ts'

const base = mkdtempSync(join(tmpdir(), 'portolan-full-'))
const BY = { by: 'alice' }

/** Writes until the disk is full; answers how much was acknowledged. */
async function fillUp(store: {
  groups: Documents
  transfers: TransferLog
}): Promise<{ groups: number; rows: number }> {
  for (let count = 0; count < 5_000; count++) {
    try {
      await store.groups.create(`g${count}`, { text: 'x'.repeat(2_000) }, BY)
    } catch (error) {
      assert.ok(error instanceof Error && 'code' in error)
      assert.equal(error.code, 'STORE_FULL')
      assert.match(error.message, /is full; nothing was written\. Make room/)
      return { groups: count, rows: count * 10 }
    }
    try {
      await store.transfers.append(Array.from({ length: 10 }, (_, bytes) => transfer({ at: count, bytes })))
    } catch (error) {
      assert.ok(error instanceof Error && 'code' in error)
      assert.equal(error.code, 'STORE_FULL')
      return { groups: count + 1, rows: count * 10 }
    }
  }
  throw new Error('the disk is not full')
}

/** Whether all of it, and no more than it, is there in a sound database. */
async function demandWhole(folder: string, written: { groups: number; rows: number }): Promise<void> {
  const raw = new Sqlite(join(folder, 'portolan.db'))
  assert.deepEqual(raw.pragma('integrity_check'), [{ integrity_check: 'ok' }])
  assert.deepEqual(raw.prepare('select count(*) as n from groups').get(), { n: written.groups })
  assert.deepEqual(raw.prepare('select count(*) as n from transfers').get(), { n: written.rows })
  raw.close()
}

test('a database that may not grow tells that the disk is full, keeps what it has, and goes on when there is room', async () => {
  const folder = join(base, 'pages')
  mkdirSync(folder)
  const { database, lock } = await prepareSqlite(folder, 'node', MIGRATIONS)
  using _lock = lock
  await using open = database
  const writer = new Writer(open, 'test', new Listeners())
  const store = { groups: documents(writer, 'groups', 'group'), transfers: openLog(open, transfers) }
  open.connection.pragma('max_page_count = 400')
  const written = await fillUp(store)
  assert.ok(written.groups > 10)
  await assert.rejects(store.groups.create('another', { text: 'x'.repeat(9_000) }, BY), {
    code: 'STORE_FULL',
  })
  assert.equal((await store.groups.all()).length, written.groups, 'reading goes on')
  open.connection.pragma('max_page_count = 100000')
  await store.groups.create('later', {}, BY)
  await demandWhole(folder, { ...written, groups: written.groups + 1 })
})

const small = join(base, 'small')
mkdirSync(small)
const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=4m,mode=700', 'tmpfs', small], {
  encoding: 'utf8',
})
const skip =
  mounted.status === 0
    ? false
    : `no small disk can be mounted here: ${mounted.stderr || mounted.error?.message}`
after(() => {
  if (skip === false) spawnSync('umount', [small])
  rmSync(base, { recursive: true })
})

test('a disk that is really full corrupts nothing, and the store goes on when there is room', {
  skip,
}, async () => {
  // Room for what is moved from the write-ahead log to the database later.
  const ballast = join(small, 'ballast')
  writeFileSync(ballast, Buffer.alloc(1_500_000))
  const folder = join(small, 'data')
  const store = await openStore({ folder })
  const written = await fillUp(store)
  assert.ok(written.groups > 10)
  assert.equal((await store.groups.all()).length, written.groups, 'reading goes on')
  rmSync(ballast)
  await store.groups.create('later', {}, BY)
  await store[Symbol.asyncDispose]()
  await demandWhole(folder, { ...written, groups: written.groups + 1 })
  await using again = await openStore({ folder })
  assert.equal((await again.groups.all()).length, written.groups + 1)
})
