import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { sql } from 'kysely'
import { openStore, openStoreAt } from '../open.ts'
import { MIGRATIONS } from '../schema/migrations.ts'
import { rotateKey } from '../secrets/rotate.ts'
import type { MemberRow } from '../store-access.ts'
import { BY, type Place } from './place.ts'
import { openRaw } from './secrets.ts'

const DOCUMENTS = [
  'segments',
  'segmentGroups',
  'serverGroups',
  'connectorGroups',
  'publications',
  'policies',
] as const

type NewMember = Omit<MemberRow, 'createdAt' | 'lastSeenAt' | 'revokedAt'>

/** A connector that is valid until 1,000. */
export function newMember(change: Partial<NewMember> = {}): NewMember {
  return {
    id: 'm1',
    kind: 'connector',
    name: 'Berlin',
    user: '',
    serial: '01',
    expiresAt: 1_000,
    enabled: true,
    document: { version: '1' },
    ...change,
  }
}

/** What the documents, keys, people and members of the access path promise. */
export function accessContract(place: Place): void {
  describe('documents of the access path', () => {
    it('are kept apart, and told of under one topic', async t => {
      const store = await place.open(t)
      const changes: unknown[] = []
      store.changes.subscribe(change => changes.push(change))
      for (const table of DOCUMENTS) await store.access[table].create('x', { table }, BY)
      for (const table of DOCUMENTS) {
        assert.deepEqual(
          (await store.access[table].all()).map(({ document }) => document),
          [{ table }],
        )
        await store.access[table].replace('x', {}, { ...BY, base: 1 })
        await store.access[table].remove('x')
      }
      assert.deepEqual(changes, Array(3 * DOCUMENTS.length).fill({ topic: 'access', key: 'x' }))
    })

    it('are called by their names in messages', async t => {
      const { access } = await place.open(t)
      for (const [table, what] of [
        ['segments', 'application segment'],
        ['segmentGroups', 'segment group'],
        ['serverGroups', 'server group'],
        ['connectorGroups', 'connector group'],
        ['publications', 'publication'],
        ['policies', 'policy'],
        ['keys', 'provisioning key'],
        ['authority', 'authority'],
      ] as const) {
        await assert.rejects(access[table].replace('x', {}, BY), {
          code: 'STORE_MISSING',
          message: `there is no ${what} "x"`,
        })
      }
    })

    it('come into a database of the release before', async () => {
      const options = await place.fresh()
      const old = await openStoreAt(options, MIGRATIONS.slice(0, 2))
      await old.initiated.zones.create('z', {}, BY)
      await old.initiated.zones.setSecrets('z', { password: 'p' }, BY)
      await old[Symbol.asyncDispose]()
      assert.deepEqual(await rotateKey(options), { secrets: 1 })
      await using store = await openStore(options)
      assert.deepEqual(await store.initiated.zones.secrets('z'), { password: 'p' })
      assert.deepEqual(await store.access.segments.all(), [])
      assert.deepEqual((await store.access.streams.list({ limit: 5 })).items, [])
    })
  })

  for (const table of ['people', 'authority'] as const) {
    it(`${table} keep their secrets sealed, and apart from the document`, async () => {
      const options = await place.fresh()
      await using store = await openStore(options)
      const changes: unknown[] = []
      store.changes.subscribe(change => changes.push(change))
      await store.access[table].create('x', { certificate: 'PEM' }, BY)
      await store.access[table].setSecrets('x', { key: 'SECRET' }, BY)
      assert.deepEqual(await store.access[table].secrets('x'), { key: 'SECRET' })
      assert.deepEqual((await store.access[table].get('x'))?.document, { certificate: 'PEM' })
      assert.deepEqual(changes, Array(2).fill({ topic: 'members', key: 'x' }))
      await using raw = openRaw(options)
      const { rows } = await sql<{
        secrets: string
      }>`select secrets from ${sql.table(`access_${table}`)}`.execute(raw.queries)
      assert.match(rows[0]?.secrets ?? '', /^v1\./)
    })
  }

  it('a time step of a person is taken once, by one of those who ask at once, and never an older one', async () => {
    const options = await place.fresh()
    await using one = await openStore(options)
    await using other = await place.beside(options)
    assert.equal(await one.access.people.takeTotpStep('alice', 7), false, 'there is no such person')
    await one.access.people.create('alice', {}, BY)
    const stores = [one, other, one, other]
    const taken = await Promise.all(stores.map(store => store.access.people.takeTotpStep('alice', 7)))
    assert.equal(taken.filter(Boolean).length, 1)
    assert.equal(await other.access.people.takeTotpStep('alice', 6), false)
    assert.equal(await other.access.people.takeTotpStep('alice', 8), true)
    await one.access.people.replace('alice', { tokens: [] }, BY)
    assert.equal(
      await one.access.people.takeTotpStep('alice', 8),
      false,
      'a changed document forgets nothing',
    )
  })

  describe('provisioning keys', () => {
    it('are made, read, changed without losing their uses, and removed', async t => {
      const { access, changes } = await place.open(t)
      const heard: unknown[] = []
      changes.subscribe(change => heard.push(change))
      const made = await access.keys.create('edges', { document: { kind: 'edge' }, hash: 'h' }, BY)
      assert.deepEqual([made.hash, made.uses, made.revision], ['h', 0, 1])
      await assert.rejects(access.keys.create('edges', { document: {}, hash: 'i' }, BY), {
        code: 'STORE_EXISTS',
        message: /provisioning key "edges"/,
      })
      assert.equal(await access.keys.use('edges', 5), true)
      await access.keys.replace('edges', { kind: 'connector' }, { ...BY, base: 1 })
      const got = await access.keys.get('edges')
      assert.deepEqual(
        [got?.hash, got?.uses, got?.revision, got?.document],
        ['h', 1, 2, { kind: 'connector' }],
      )
      await access.keys.create('A', { document: {}, hash: 'j' }, BY)
      assert.deepEqual(
        (await access.keys.all()).map(({ name, uses }) => [name, uses]),
        [
          ['A', 0],
          ['edges', 1],
        ],
      )
      const page = await access.keys.list({ offset: 0, limit: 1, descending: true })
      assert.deepEqual([page.total, page.items], [2, [got]])
      assert.equal(await access.keys.remove('A'), true)
      assert.equal(await access.keys.get('A'), undefined)
      assert.deepEqual(
        new Set(heard.map(change => JSON.stringify(change))),
        new Set(['{"topic":"members","key":"edges"}', '{"topic":"members","key":"A"}']),
      )
    })

    it('are used as often as they may be, whoever asks at once', async () => {
      const options = await place.fresh()
      await using one = await openStore(options)
      await using other = await place.beside(options)
      await one.access.keys.create('k', { document: {}, hash: 'h' }, BY)
      const stores = [one, other, one, other, one, other, one, other]
      const used = await Promise.all(stores.map(store => store.access.keys.use('k', 3)))
      assert.equal(used.filter(Boolean).length, 3)
      assert.equal((await other.access.keys.get('k'))?.uses, 3)
      assert.equal(await one.access.keys.use('nothing', 3), false)
    })
  })

  describe('members', () => {
    it('are made, found, changed and told of', async t => {
      const { access, changes } = await place.open(t)
      const heard: unknown[] = []
      changes.subscribe(change => heard.push(change))
      const made = await access.members.create(newMember())
      assert.deepEqual(made, { ...newMember(), createdAt: made.createdAt })
      assert.deepEqual(await access.members.get('m1'), made)
      const changed = await access.members.change('m1', {
        name: 'Hamburg',
        serial: '02',
        expiresAt: 2_000,
        enabled: false,
        document: { version: '2' },
        ifSerial: '01',
      })
      assert.deepEqual(changed, {
        ...made,
        name: 'Hamburg',
        serial: '02',
        expiresAt: 2_000,
        enabled: false,
        document: { version: '2' },
      })
      assert.deepEqual(await access.members.change('m1', {}), changed)
      await access.members.seen('m1', 100_000)
      await access.members.seen('m1', 150_000)
      assert.deepEqual(await access.members.get('m1'), { ...changed, lastSeenAt: 100_000 })
      await access.members.seen('m1', 160_000)
      assert.equal((await access.members.get('m1'))?.lastSeenAt, 160_000)
      assert.deepEqual(heard, Array(3).fill({ topic: 'members', key: 'm1' }))
      await assert.rejects(access.members.change('m2', {}), { code: 'STORE_MISSING', message: /member "m2"/ })
    })

    it('of two renewals at once one wins', async () => {
      const options = await place.fresh()
      await using one = await openStore(options)
      await using other = await place.beside(options)
      await one.access.members.create(newMember())
      const renew = (store: typeof one, serial: string) =>
        store.access.members.change('m1', { serial, ifSerial: '01' })
      const ends = await Promise.allSettled([renew(one, '02'), renew(other, '03')])
      const lost = ends.find(end => end.status === 'rejected')
      assert.equal(ends.filter(end => end.status === 'fulfilled').length, 1)
      assert.equal(lost?.reason.code, 'STORE_CONFLICT')
      assert.match(lost?.reason.message, /connector "Berlin" was renewed/)
    })

    it('have names of their own: each kind, and each user, until one is revoked', async t => {
      const { members } = (await place.open(t)).access
      await members.create(newMember())
      await assert.rejects(members.create(newMember()), { code: 'STORE_EXISTS' })
      await assert.rejects(members.create(newMember({ id: 'm2' })), {
        code: 'STORE_EXISTS',
        message: /a connector "Berlin" already; choose another name, or revoke/,
      })
      await members.create(newMember({ id: 'm3', kind: 'edge' }))
      for (const user of ['alice', 'bob']) {
        await members.create(newMember({ id: user, kind: 'agent', user }))
        await assert.rejects(members.create(newMember({ id: `${user}2`, kind: 'agent', user })), {
          code: 'STORE_EXISTS',
          message: new RegExp(`an agent "Berlin" of ${user} already`),
        })
      }
      await members.create(newMember({ id: 'm4', name: 'Bonn' }))
      await assert.rejects(members.change('m4', { name: 'Berlin' }), { code: 'STORE_EXISTS' })
      await members.change('m1', { revokedAt: 5 })
      assert.equal((await members.change('m4', { name: 'Berlin' })).name, 'Berlin')
      assert.equal((await members.change('m1', { document: {} })).revokedAt, 5)
      assert.equal((await members.change('m1', { revokedAt: 9 })).revokedAt, 5, 'the first time counts')
    })

    it('count when they are enabled, not revoked and not expired', async t => {
      const { members } = (await place.open(t)).access
      for (const [id, change, later] of [
        ['good', {}, {}],
        ['disabled', { enabled: false }, {}],
        ['revoked', {}, { revokedAt: 1 }],
        ['expired', { expiresAt: 500 }, {}],
      ] as const) {
        await members.create(newMember({ id, name: id, ...change }))
        await members.change(id, later)
      }
      const valid = async (now: number) => (await members.valid(now)).map(({ id }) => id)
      assert.deepEqual(await valid(500), ['good'])
      assert.deepEqual(await valid(499), ['expired', 'good'])
      assert.deepEqual(await valid(1_000), [])
    })

    it('are paged, sorted, filtered and searched by name and user', async t => {
      const { members } = (await place.open(t)).access
      for (const [id, kind, name, user, expiresAt] of [
        ['1', 'edge', 'b', '', 4],
        ['2', 'connector', 'A', '', 3],
        ['3', 'agent', 'laptop', 'Alice', 2],
        ['4', 'agent', 'c', 'bob', 1],
      ] as const) {
        await members.create(newMember({ id, kind, name, user, expiresAt }))
      }
      await members.seen('2', 9e5)
      await members.seen('1', 8e5)
      const ids = async (ask: Partial<Parameters<typeof members.list>[0]>) =>
        (await members.list({ offset: 0, limit: 10, ...ask })).items.map(({ id }) => id).join('')
      for (const [ask, found] of [
        [{}, '2143'],
        [{ descending: true }, '3412'],
        [{ sort: 'expiresAt' }, '4321'],
        [{ sort: 'lastSeenAt', descending: true }, '2134'],
        [{ kind: 'agent' }, '43'],
        [{ kind: 'edge' }, '1'],
        [{ user: 'bob' }, '4'],
        [{ search: 'ALI' }, '3'],
        [{ search: 'a' }, '23'],
        [{ offset: 1, limit: 2 }, '14'],
      ] as const) {
        assert.equal(await ids(ask), found, JSON.stringify(ask))
      }
      assert.equal((await members.list({ offset: 0, limit: 1, kind: 'agent' })).total, 2)
    })

    it('are removed when they were revoked, one by one or when they are old', async t => {
      const { access, changes } = await place.open(t)
      const { members } = access
      const heard: unknown[] = []
      await members.create(newMember({ id: 'valid' }))
      for (const [id, change, revokedAt] of [
        ['revoked', {}, 100],
        ['revoked later', {}, 900],
        ['expired agent', { kind: 'agent', expiresAt: 100 }, undefined],
        ['agent', { kind: 'agent', expiresAt: 900 }, undefined],
        ['expired edge', { kind: 'edge', expiresAt: 100 }, undefined],
      ] as const) {
        await members.create(newMember({ id, name: id, ...change }))
        if (revokedAt !== undefined) await members.change(id, { revokedAt })
      }
      changes.subscribe(change => heard.push(change))
      assert.equal(await members.remove('valid'), false)
      assert.equal(await members.remove('nobody'), false)
      assert.equal(await members.prune(500), 2)
      assert.equal(await members.prune(500), 0)
      assert.equal(await members.remove('revoked later'), true)
      const { items } = await members.list({ offset: 0, limit: 10 })
      assert.deepEqual(items.map(({ id }) => id).sort(), ['agent', 'expired edge', 'valid'])
      assert.equal(heard.length, 3)
    })
  })
}
