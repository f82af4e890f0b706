import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { UserWrite } from '../store.ts'
import { BY, type Place } from './place.ts'

const USER: UserWrite = { document: { home: '/h' }, enabled: true, groups: [] }

/** What users promise beyond what documents do. */
export function usersContract(place: Place): void {
  describe('users', () => {
    it('are made, read, replaced and removed', async t => {
      const { users } = await place.open(t)
      const made = await users.create('alice', { ...USER, groups: ['g'], password: '$argon2id$1' }, BY)
      assert.deepEqual(made, {
        name: 'alice',
        document: { home: '/h' },
        createdAt: made.createdAt,
        changedAt: made.createdAt,
        changedBy: 'alice',
        revision: 1,
        enabled: true,
        groups: ['g'],
        password: '$argon2id$1',
      })
      assert.deepEqual(await users.get('alice'), made)
      const next = await users.replace(
        'alice',
        { document: 1, enabled: false, groups: [] },
        { by: 'bob', base: 1 },
      )
      assert.deepEqual(
        [next.document, next.enabled, next.groups, next.password, next.changedBy, next.revision],
        [1, false, [], '$argon2id$1', 'bob', 2],
      )
      assert.deepEqual(await users.get('alice'), next)
      assert.equal(await users.remove('alice'), true)
      assert.equal(await users.remove('alice'), false)
    })

    it('keep, change and lose their password as said', async t => {
      const { users } = await place.open(t)
      await users.create('u', USER, BY)
      assert.equal((await users.get('u'))?.password, undefined)
      for (const [password, after] of [
        ['one', 'one'],
        [undefined, 'one'],
        ['two', 'two'],
        [null, undefined],
      ] as const) {
        const row = await users.replace('u', { ...USER, ...(password !== undefined && { password }) }, BY)
        assert.equal(row.password, after)
        assert.equal((await users.get('u'))?.password, after)
      }
    })

    it('refuse a name that is taken, a change of what is not there, and of what was changed meanwhile', async t => {
      const { users } = await place.open(t)
      await users.create('a', USER, BY)
      await assert.rejects(users.create('a', USER, BY), { code: 'STORE_EXISTS', message: /user "a"/ })
      await assert.rejects(users.replace('b', USER, BY), { code: 'STORE_MISSING' })
      await assert.rejects(users.replace('a', USER, { ...BY, base: 7 }), { code: 'STORE_CONFLICT' })
    })

    it('note a login without a new revision, and never an older one', async t => {
      const { users } = await place.open(t)
      await users.create('a', USER, BY)
      await users.loggedIn('a', { at: 2_000, from: '192.0.2.1' })
      await users.loggedIn('a', { at: 1_000, from: '192.0.2.9' })
      await users.loggedIn('nobody', { at: 1_000, from: '192.0.2.9' })
      const row = await users.get('a')
      assert.deepEqual([row?.lastLoginAt, row?.lastLoginFrom, row?.revision], [2_000, '192.0.2.1', 1])
      const changed = await users.replace('a', USER, { ...BY, base: 1 })
      assert.equal(changed.lastLoginAt, 2_000)
    })

    it('are listed by group, by being enabled, by search, and in any order', async t => {
      const { users } = await place.open(t)
      await users.create('ann', { ...USER, groups: ['staff', 'a"b'] }, BY)
      await users.create('Bob', { ...USER, enabled: false, groups: ['Staff'] }, BY)
      await users.create('cob', { ...USER, groups: ['staff'] }, BY)
      await users.loggedIn('cob', { at: 5, from: '::1' })
      const names = async (ask: Partial<Parameters<typeof users.list>[0]>) => {
        const { items, total } = await users.list({ offset: 0, limit: 10, ...ask })
        assert.equal(total, items.length)
        return items.map(({ name }) => name)
      }
      assert.deepEqual(await names({}), ['ann', 'Bob', 'cob'])
      assert.deepEqual(await names({ group: 'staff' }), ['ann', 'cob'])
      assert.deepEqual(await names({ group: 'a"b' }), ['ann'])
      assert.deepEqual(await names({ group: 'staf' }), [])
      assert.deepEqual(await names({ enabled: false }), ['Bob'])
      assert.deepEqual(await names({ search: 'OB' }), ['Bob', 'cob'])
      assert.deepEqual(await names({ search: 'ob', enabled: true, group: 'staff' }), ['cob'])
      assert.deepEqual(await names({ sort: 'lastLoginAt' }), ['ann', 'Bob', 'cob'].sort())
      assert.deepEqual((await names({ sort: 'lastLoginAt', descending: true }))[0], 'cob')
      assert.deepEqual(
        (await users.list({ offset: 1, limit: 1, sort: 'name', descending: true })).items.map(
          ({ name }) => name,
        ),
        ['Bob'],
      )
    })

    it('of ten who make the same one at once, one succeeds', async t => {
      const { users } = await place.open(t)
      const made = await Promise.allSettled(Array.from({ length: 10 }, () => users.create('x', USER, BY)))
      assert.equal(made.filter(({ status }) => status === 'fulfilled').length, 1)
    })
  })
}
