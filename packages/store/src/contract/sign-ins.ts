import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Place } from './place.ts'

const token = (name: string, expiresAt?: number) => ({
  hash: `hash of ${name}`,
  name,
  scopes: ['users:read', 'logs:read'],
  createdBy: 'alice',
  ...(expiresAt !== undefined && { expiresAt }),
})

const session = (hash: string, name = 'alice', kind: 'administrator' | 'user' = 'administrator') => ({
  hash,
  kind,
  name,
  createdAt: 1_000,
  expiresAt: 5_000,
  lastSeenAt: 1_000,
  address: '192.0.2.1',
  userAgent: 'Mozilla/5.0',
})

/** What tokens and signed-in browsers are promised. */
export function signInsContract(place: Place): void {
  describe('tokens', () => {
    it('are found by their hash, noted when used once a minute, and removed', async t => {
      const { tokens } = await place.open(t)
      const made = await tokens.create(token('ci', 9_000))
      assert.deepEqual(made, {
        id: made.id,
        name: 'ci',
        scopes: ['users:read', 'logs:read'],
        createdBy: 'alice',
        createdAt: made.createdAt,
        expiresAt: 9_000,
      })
      assert.deepEqual(await tokens.find('hash of ci'), made)
      assert.equal(await tokens.find('another'), undefined)
      for (const [at, noted] of [
        [100_000, 100_000],
        [159_999, 100_000],
        [160_000, 160_000],
        [120_000, 160_000],
      ] as const) {
        await tokens.used(made.id, at)
        assert.equal((await tokens.find('hash of ci'))?.lastUsedAt, noted)
      }
      await assert.rejects(tokens.create(token('ci')), { code: 'STORE_EXISTS' })
      assert.equal(await tokens.remove(made.id), true)
      assert.equal(await tokens.remove(made.id), false)
      assert.equal(await tokens.find('hash of ci'), undefined)
    })

    it('are paged, sorted and searched by name', async t => {
      const { tokens } = await place.open(t)
      for (const [index, name] of ['Deploy', 'backup', 'ci'].entries()) {
        await tokens.create(token(name, index === 0 ? undefined : 1_000 - index))
      }
      const names = async (ask: Partial<Parameters<typeof tokens.list>[0]>) =>
        (await tokens.list({ offset: 0, limit: 10, ...ask })).items.map(({ name }) => name)
      assert.deepEqual(await names({}), ['backup', 'ci', 'Deploy'])
      assert.deepEqual(await names({ sort: 'expiresAt', descending: true }), ['backup', 'ci', 'Deploy'])
      assert.deepEqual(await names({ offset: 2 }), ['Deploy'])
      assert.deepEqual(await names({ search: 'DEP' }), ['Deploy'])
    })
  })

  describe('web sessions', () => {
    it('are found until they expire, and live on when they are seen', async t => {
      const { webSessions } = await place.open(t)
      const { hash, ...rest } = session('h')
      const made = await webSessions.create({ hash, ...rest })
      assert.deepEqual(made, { id: made.id, ...rest })
      assert.deepEqual(await webSessions.find('h', 4_999), made)
      assert.equal(await webSessions.find('h', 5_000), undefined)
      await webSessions.seen(made.id, { lastSeenAt: 2_000, expiresAt: 6_000 })
      assert.deepEqual(await webSessions.find('h', 5_000), { ...made, lastSeenAt: 2_000, expiresAt: 6_000 })
      assert.equal(await webSessions.prune(5_999), 0)
      assert.equal(await webSessions.prune(6_000), 1)
      assert.equal(await webSessions.remove(made.id), false)
    })

    it('of one person end together, except the one that asks; a user of the same name is another person', async t => {
      const { webSessions } = await place.open(t)
      const own = await webSessions.create(session('1'))
      await webSessions.create(session('2'))
      await webSessions.create(session('3', 'alice', 'user'))
      await webSessions.create(session('4', 'bob'))
      assert.equal((await webSessions.of('administrator', 'alice')).length, 2)
      assert.equal(await webSessions.removeAll('administrator', 'alice', own.id), 1)
      assert.deepEqual(await webSessions.of('administrator', 'alice'), [own])
      assert.equal(await webSessions.removeAll('administrator', 'alice'), 1)
      assert.equal((await webSessions.of('user', 'alice')).length, 1)
      assert.equal((await webSessions.of('administrator', 'bob')).length, 1)
    })
  })
}
