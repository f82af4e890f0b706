import assert from 'node:assert/strict'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import Sqlite from 'better-sqlite3'
import { openStore } from './open.ts'

const base = mkdtempSync(join(tmpdir(), 'portolan-open-'))
after(() => rmSync(base, { recursive: true }))

test('a first start makes the folder and its files for their owner alone', async () => {
  const folder = join(base, 'new', 'data')
  await using store = await openStore({ folder })
  await store.groups.create('g', {}, { by: 'a' })
  assert.equal(statSync(folder).mode & 0o777, 0o700)
  const files = readdirSync(folder)
  for (const name of ['portolan.db', 'portolan.db-wal', 'portolan.db-shm', 'secret.key', 'node.lock']) {
    assert.ok(files.includes(name), name)
  }
  for (const name of files) assert.equal(statSync(join(folder, name)).mode & 0o777, 0o600, name)
})

test('a folder that was there keeps its mode', async () => {
  const folder = join(base, 'there')
  mkdirSync(folder)
  chmodSync(folder, 0o750)
  await using store = await openStore({ folder })
  await store.ping()
  assert.equal(statSync(folder).mode & 0o777, 0o750)
})

test('what was written is durable: write-ahead log, every commit synced, foreign keys on', async () => {
  const folder = join(base, 'pragmas')
  await using store = await openStore({ folder })
  await store.ping()
  const raw = new Sqlite(join(folder, 'portolan.db'))
  assert.equal(raw.pragma('journal_mode', { simple: true }), 'wal')
  assert.equal(raw.pragma('integrity_check', { simple: true }), 'ok')
  raw.close()
})

test('a key file elsewhere is used, and none is made in the folder', async () => {
  const folder = join(base, 'elsewhere')
  const keyFile = join(base, 'my.key')
  await using store = await openStore({ folder, keyFile })
  await store.ping()
  assert.ok(existsSync(keyFile))
  assert.ok(!existsSync(join(folder, 'secret.key')))
})

test('a file in the place of the folder, and a database that is none, are told with what to do', async () => {
  const file = join(base, 'file')
  writeFileSync(file, '')
  await assert.rejects(openStore({ folder: file }), { code: 'STORE_FOLDER' })
  await assert.rejects(openStore({ folder: join(file, 'below') }), { code: 'STORE_FOLDER' })
  const folder = join(base, 'no-database')
  mkdirSync(folder)
  writeFileSync(join(folder, 'portolan.db'), 'no database '.repeat(1_000))
  await assert.rejects(openStore({ folder }), { code: 'STORE_CORRUPT', message: /restore a backup/ })
  assert.equal(statSync(join(folder, 'portolan.db')).size, 12_000)
})

for (const [database, message] of [
  ['mysql://localhost/x', /is none of PostgreSQL; write postgres:/],
  ['not a url', /is none of PostgreSQL/],
] as const) {
  test(`a URL of something else is refused: ${database}`, async () => {
    await assert.rejects(openStore({ folder: join(base, 'urls'), database }), {
      code: 'STORE_UNAVAILABLE',
      message,
    })
  })
}

test('a PostgreSQL that does not answer is told without the password', async () => {
  const database = 'postgres://portolan:hunter2@127.0.0.1:1/state'
  await assert.rejects(openStore({ folder: join(base, 'urls'), database }), (error: Error) => {
    assert.match(error.message, /the database state at 127\.0\.0\.1:1 .*ECONNREFUSED.*is it running/)
    assert.doesNotMatch(error.message, /hunter2/)
    return true
  })
})

test('a store that could not be opened leaves no lock behind', async () => {
  const folder = join(base, 'retry')
  mkdirSync(folder)
  writeFileSync(join(folder, 'secret.key'), 'damaged')
  await assert.rejects(openStore({ folder }), { code: 'STORE_KEY' })
  rmSync(join(folder, 'secret.key'))
  await using store = await openStore({ folder })
  await store.ping()
})
