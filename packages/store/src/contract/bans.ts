import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { BanRow } from '../store.ts'
import type { Place } from './place.ts'

const ban = (value: string, until?: number, kind: BanRow['kind'] = 'address') => ({
  kind,
  value,
  reason: `because of ${value}`,
  by: 'alice',
  at: 1_000,
  ...(until !== undefined && { until }),
})

/** What bans and certificates promise. */
export function bansContract(place: Place): void {
  describe('bans', () => {
    it('are in force until they end or are lifted', async t => {
      const { bans } = await place.open(t)
      const forever = await bans.put(ban('192.0.2.0/24'))
      const short = await bans.put(ban('198.51.100.1', 5_000))
      assert.deepEqual(forever, { id: forever.id, ...ban('192.0.2.0/24') })
      const values = async (now: number) => (await bans.active(now)).map(({ value }) => value).sort()
      assert.deepEqual(await values(4_999), ['192.0.2.0/24', '198.51.100.1'])
      assert.deepEqual(await values(5_000), ['192.0.2.0/24'])
      assert.deepEqual(await bans.remove(forever.id), forever)
      assert.equal(await bans.remove(forever.id), undefined)
      assert.equal(await bans.prune(4_999), 0)
      assert.equal(await bans.prune(5_000), 1)
      assert.equal(await bans.remove(short.id), undefined)
    })

    it('a later one takes the place of the one of the same kind and value', async t => {
      const { bans } = await place.open(t)
      const first = await bans.put(ban('x', 5_000, 'user'))
      const second = await bans.put({ ...ban('x', undefined, 'user'), reason: 'again' })
      await bans.put(ban('x', 5_000, 'address'))
      assert.equal(second.id, first.id)
      assert.deepEqual((await bans.list({ offset: 0, limit: 9, now: 2, kind: 'user' })).items, [second])
    })

    it('are paged, filtered, sorted and searched, those in force alone', async t => {
      const { bans } = await place.open(t)
      await bans.put(ban('192.0.2.1', 9_000))
      await bans.put({ ...ban('192.0.2.2'), at: 500 })
      await bans.put(ban('Mallory', 8_000, 'user'))
      await bans.put(ban('gone', 2_000, 'user'))
      const values = async (ask: Partial<Parameters<typeof bans.list>[0]>) =>
        (await bans.list({ offset: 0, limit: 10, now: 3_000, ...ask })).items.map(({ value }) => value)
      assert.deepEqual(await values({ sort: 'value' }), ['192.0.2.1', '192.0.2.2', 'Mallory'])
      assert.deepEqual(await values({ sort: 'until' }), ['Mallory', '192.0.2.1', '192.0.2.2'])
      assert.deepEqual((await values({ sort: 'at' }))[0], '192.0.2.2')
      assert.deepEqual(await values({ kind: 'user' }), ['Mallory'])
      assert.deepEqual(await values({ search: 'OF MALL' }), ['Mallory'])
      assert.equal((await bans.list({ offset: 2, limit: 1, now: 3_000 })).total, 3)
    })
  })

  describe('certificates', () => {
    it('are kept with their key, which no list shows', async t => {
      const { certificates } = await place.open(t)
      await certificates.put({ name: 'b', chain: 'chain', key: 'key', by: 'alice' })
      await certificates.put({ name: 'a', chain: 'chain', key: 'key of a', by: 'alice' })
      await certificates.put({ name: 'b', chain: 'chain 2', key: 'key 2', by: 'bob' })
      const b = await certificates.get('b')
      assert.deepEqual(b, { name: 'b', chain: 'chain 2', key: 'key 2', by: 'bob', at: b?.at })
      const list = await certificates.list()
      assert.deepEqual(
        list.map(row => [row.name, 'key' in row]),
        [
          ['a', false],
          ['b', false],
        ],
      )
      assert.equal(await certificates.get('c'), undefined)
      assert.equal(await certificates.remove('b'), true)
      assert.equal(await certificates.remove('b'), false)
    })
  })
}
