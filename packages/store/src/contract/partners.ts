import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { sql } from 'kysely'
import { openStore, openStoreAt } from '../open.ts'
import { MIGRATIONS } from '../schema/migrations.ts'
import { rotateKey } from '../secrets/rotate.ts'
import { BY, type Place } from './place.ts'
import { openRaw } from './secrets.ts'

/** What zones, sites, definitions and what is remembered of transfers promise. */
export function partnersContract(place: Place): void {
  for (const table of ['zones', 'sites'] as const) {
    describe(table, () => {
      it('keep their secrets apart from the document, through every change of it', async t => {
        const store = await place.open(t)
        const documents = store.initiated[table]
        const changes: unknown[] = []
        store.changes.subscribe(change => changes.push(change))
        const made = await documents.create('Partner', { host: 'ftp.example' }, BY)
        assert.equal(await documents.secrets('Partner'), undefined)
        await documents.setSecrets('Partner', { password: 'ä\0', key: 'PEM' }, { by: 'bob' })
        const got = await documents.get('Partner')
        assert.deepEqual(got, { ...made, changedAt: got?.changedAt, changedBy: 'bob' })
        await documents.replace('Partner', { host: 'other.example' }, { ...BY, base: 1 })
        assert.deepEqual(await documents.secrets('Partner'), { password: 'ä\0', key: 'PEM' })
        await documents.setSecrets('Partner', { password: 'new' }, BY)
        assert.deepEqual(await documents.secrets('Partner'), { password: 'new' })
        await documents.setSecrets('Partner', {}, BY)
        assert.equal(await documents.secrets('Partner'), undefined)
        assert.equal(await documents.remove('Partner'), true)
        assert.deepEqual(changes, Array(6).fill({ topic: table, key: 'Partner' }))
      })

      it('refuse secrets of what is not there, and lose them with it', async t => {
        const documents = (await place.open(t)).initiated[table]
        await assert.rejects(documents.setSecrets('x', { a: 'b' }, BY), {
          code: 'STORE_MISSING',
          message: /"x"/,
        })
        await documents.create('x', {}, BY)
        await documents.setSecrets('x', { a: 'b' }, BY)
        await documents.remove('x')
        await documents.create('x', {}, BY)
        assert.equal(await documents.secrets('x'), undefined)
        await assert.rejects(documents.create('x', {}, BY), { code: 'STORE_EXISTS' })
      })

      it('do not open a secret that was moved to another row', async () => {
        const options = await place.fresh()
        await using store = await openStore(options)
        const documents = store.initiated[table]
        for (const name of ['x', 'y']) {
          await documents.create(name, {}, BY)
          await documents.setSecrets(name, { password: name }, BY)
        }
        const raw = openRaw(options)
        await sql`update ${sql.table(table)} set secrets =
          (select other.secrets from ${sql.table(table)} as other where other.name = 'y') where name = 'x'`.execute(
          raw.queries,
        )
        await raw[Symbol.asyncDispose]()
        await assert.rejects(documents.secrets('x'), { code: 'STORE_KEY', message: /"x" was changed/ })
      })
    })
  }

  it('a key is rotated, too, in a database of the first release, which has no sites', async () => {
    const options = await place.fresh()
    const old = await openStoreAt(options, MIGRATIONS.slice(0, 1))
    await old.certificates.put({ name: 'c', chain: '', key: 'KEY', by: 'root' })
    await old[Symbol.asyncDispose]()
    assert.deepEqual(await rotateKey(options), { secrets: 1 })
  })

  it('definitions are documents that tell of their changes', async t => {
    const store = await place.open(t)
    const changes: unknown[] = []
    store.changes.subscribe(change => changes.push(change))
    await store.initiated.definitions.create('d', { steps: [] }, BY)
    await assert.rejects(store.initiated.definitions.replace('d', 1, { ...BY, base: 7 }), {
      code: 'STORE_CONFLICT',
      message: /transfer "d"/,
    })
    assert.deepEqual(changes, [{ topic: 'definitions', key: 'd' }])
    assert.deepEqual(await store.groups.all(), [], 'tables are kept apart')
  })

  describe('what was fetched', () => {
    it('is known for its transfer alone, until that is forgotten', async t => {
      const { fetched } = (await place.open(t)).initiated
      const long = 'a'.repeat(4_096)
      await fetched.add('t', ['a', 'b', 'a', long, `${long}1`, 'nul\0'], 5)
      await fetched.add('t', ['b'], 6)
      await fetched.add('u', ['c'], 6)
      assert.deepEqual(
        [...(await fetched.known('t', ['nul\0', 'c', long, 'A', 'a', `${long}2`]))].sort(),
        ['a', long, 'nul\0'].sort(),
      )
      assert.deepEqual(await fetched.known('t', []), new Set())
      assert.equal(await fetched.forget('t'), 5)
      assert.deepEqual(await fetched.known('t', ['a']), new Set())
      assert.deepEqual(await fetched.known('u', ['c']), new Set(['c']))
      assert.equal(await fetched.forget('nothing'), 0)
    })

    it('may be many files at once', async t => {
      const { fetched } = (await place.open(t)).initiated
      const keys = Array.from({ length: 12_000 }, (_, index) => `/out/${index} 5 1700000000`)
      await fetched.add('t', keys, 5)
      assert.equal((await fetched.known('t', [...keys, 'other'])).size, keys.length)
      assert.equal(await fetched.forget('t'), keys.length)
    })
  })

  it('marks of schedules are one for each transfer, and the last one counts', async t => {
    const { schedules } = (await place.open(t)).initiated
    await schedules.set('t', 7)
    await schedules.set('u', 5)
    await schedules.set('t', 6)
    assert.deepEqual(
      new Map([...(await schedules.all())].sort()),
      new Map([
        ['t', 6],
        ['u', 5],
      ]),
    )
    await schedules.remove('t')
    await schedules.remove('t')
    assert.deepEqual(await schedules.all(), new Map([['u', 5]]))
  })
}
