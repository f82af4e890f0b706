import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { openStore } from '../open.ts'
import type { Store } from '../store.ts'
import { skipPostgres, startPostgres, type TestPostgres } from '../testing/index.ts'

const BY = { by: 'alice' }

/** Bound of every call, in milliseconds, with some room for a slow machine. */
const BOUND_MS = 9_000

/** Longest time until a store works again, in milliseconds. */
const RECOVERY_MS = 20_000

describe('a PostgreSQL that is lost', { skip: skipPostgres() }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'portolan-lost-'))
  let postgres: TestPostgres
  before(async () => {
    postgres = await startPostgres({ durable: true })
  })
  after(async () => {
    await postgres.stop()
    rmSync(folder, { recursive: true })
  })

  const open = async () => {
    const store = await openStore({
      folder,
      database: await postgres.createDatabase(),
      keyFile: join(folder, 'key'),
    })
    await store.groups.create('g', {}, BY)
    return store
  }

  /** Calls of several kinds at once, each of which has to be refused in time. */
  async function demandRefusals(store: Store): Promise<void> {
    const calls = [
      store.ping(),
      store.groups.all(),
      store.groups.create('h', {}, BY),
      store.transfers.list({ limit: 5 }),
      ...Array.from({ length: 30 }, () => store.users.get('u')),
    ]
    const late = sleep(BOUND_MS, undefined, { ref: false }).then(() => Promise.reject(new Error('late')))
    const ends = await Promise.allSettled(calls.map(call => Promise.race<unknown>([call, late])))
    for (const end of ends) {
      assert.ok(end.status === 'rejected')
      assert.equal(end.reason.code, 'STORE_UNAVAILABLE', String(end.reason))
      assert.match(end.reason.message, /the database test_\d+ at 127\.0\.0\.1:\d+/)
    }
  }

  async function demandRecovery(store: Store): Promise<void> {
    const end = performance.now() + RECOVERY_MS
    for (;;) {
      try {
        await store.groups.replace('g', {}, BY)
        break
      } catch (error) {
        if (performance.now() > end) throw error
        await sleep(50)
      }
    }
    assert.equal((await store.groups.get('g'))?.name, 'g')
  }

  it('by standing still: every call is refused in time, and the next ones work when it goes on', async () => {
    await using store = await open()
    postgres.pause()
    try {
      await demandRefusals(store)
    } finally {
      postgres.resume()
    }
    await demandRecovery(store)
  })

  it('by kill -9: every call is refused, and the next ones work when it is back; then everything may have changed', async () => {
    await using store = await open()
    const topics: string[] = []
    const { promise: all, resolve } = Promise.withResolvers<void>()
    using _ear = store.changes.subscribe(({ topic }) => {
      topics.push(topic)
      if (topic === 'all') resolve()
    })
    await postgres.kill()
    await demandRefusals(store)
    await postgres.start()
    await demandRecovery(store)
    await all
    assert.ok(topics.includes('all'))
  })

  it('by the end of all its connections: the next calls work, and changes are heard again', async () => {
    await using store = await open()
    const { promise: all, resolve } = Promise.withResolvers<void>()
    const heard = Promise.withResolvers<string | undefined>()
    using _ear = store.changes.subscribe(({ topic, key }) => {
      if (topic === 'all') resolve()
      if (topic === 'users') heard.resolve(key)
    })
    const ended = await postgres.query(`select pg_terminate_backend(pid) as done from pg_stat_activity
      where application_name = 'portolan' and pid <> pg_backend_pid()`)
    assert.ok(ended.length >= 2, 'the one that listens and one of the pool')
    await demandRecovery(store)
    await all
    const other = await openStore({
      folder,
      keyFile: join(folder, 'key'),
      database: await lastDatabase(),
    })
    await other.users.create('alice', { document: {}, enabled: true, groups: [] }, BY)
    assert.equal(await heard.promise, 'alice')
    await other[Symbol.asyncDispose]()
  })

  async function lastDatabase(): Promise<string> {
    const rows = await postgres.query(
      `select datname from pg_database where datname like 'test_%' order by oid desc limit 1`,
    )
    return new URL(`/${String(rows[0]?.datname)}`, postgres.url).href
  }

  it('at the start: tells so in time, without the password', async () => {
    await postgres.kill()
    const url = new URL(postgres.url)
    url.password = 'hunter2'
    await assert.rejects(openStore({ folder, database: url.href }), (error: Error) => {
      assert.match(error.message, /ECONNREFUSED.*is it running/)
      assert.doesNotMatch(error.message, /hunter2/)
      return true
    })
    await postgres.start()
  })
})
