import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { BY, type Place } from './place.ts'

/** What groups promise, as named documents. */
export function documentsContract(place: Place): void {
  describe('groups', () => {
    it('are made, read, replaced and removed', async t => {
      const { groups } = await place.open(t)
      const made = await groups.create('Partners', { home: '/p' }, BY)
      assert.deepEqual(made, {
        name: 'Partners',
        document: { home: '/p' },
        createdAt: made.createdAt,
        changedAt: made.createdAt,
        changedBy: 'alice',
        revision: 1,
      })
      assert.deepEqual(await groups.get('Partners'), made)
      assert.equal(await groups.get('partners'), undefined, 'names are told apart by case')
      const next = await groups.replace('Partners', { home: '/q' }, { by: 'bob', base: 1 })
      assert.deepEqual(next, {
        ...made,
        document: { home: '/q' },
        changedAt: next.changedAt,
        changedBy: 'bob',
        revision: 2,
      })
      assert.deepEqual(await groups.all(), [next])
      assert.equal(await groups.remove('Partners'), true)
      assert.equal(await groups.remove('Partners'), false)
      assert.equal(await groups.get('Partners'), undefined)
    })

    it('refuse a name that is taken, a change of what is not there, and of what was changed meanwhile', async t => {
      const { groups } = await place.open(t)
      await groups.create('a', 1, BY)
      await assert.rejects(groups.create('a', 2, BY), { code: 'STORE_EXISTS', message: /group "a"/ })
      await assert.rejects(groups.replace('b', 2, BY), { code: 'STORE_MISSING', message: /group "b"/ })
      await groups.replace('a', 2, { by: 'bob', base: 1 })
      await assert.rejects(groups.replace('a', 3, { ...BY, base: 1 }), {
        code: 'STORE_CONFLICT',
        message: /changed by bob/,
      })
      assert.equal((await groups.get('a'))?.document, 2)
    })

    it('are paged, sorted without regard to case, and searched by a part of the name', async t => {
      const { groups } = await place.open(t)
      for (const name of ['b', 'A', 'ä', 'C%', 'c_', "o'hara"]) await groups.create(name, {}, BY)
      const names = async (ask: Parameters<typeof groups.list>[0]) =>
        (await groups.list(ask)).items.map(({ name }) => name)
      assert.deepEqual(await names({ offset: 0, limit: 10 }), ['A', 'b', 'C%', 'c_', "o'hara", 'ä'])
      assert.deepEqual(await names({ offset: 1, limit: 2 }), ['b', 'C%'])
      assert.deepEqual(await names({ offset: 0, limit: 2, descending: true }), ['ä', "o'hara"])
      for (const [search, found] of [
        ['c', ['C%', 'c_']],
        ['%', ['C%']],
        ['_', ['c_']],
        ["'", ["o'hara"]],
        ['Ä', ['ä']],
        ['', ['A', 'b', 'C%', 'c_', "o'hara", 'ä']],
        ['zz', []],
      ] as const) {
        assert.deepEqual(await names({ offset: 0, limit: 10, search }), found, search)
      }
      assert.equal((await groups.list({ offset: 0, limit: 1, search: 'c' })).total, 2)
      assert.deepEqual(await groups.list({ offset: 50, limit: 1 }), { items: [], total: 6 })
    })
  })
}
