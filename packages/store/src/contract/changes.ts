import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { openStore } from '../open.ts'
import type { Store } from '../store.ts'
import { BY, type Place } from './place.ts'

type Change = Parameters<Parameters<Store['changes']['subscribe']>[0]>[0]

/** How long a change may take to the other store, in milliseconds. */
const SOON_MS = 2_000

/** Waits for the changes that a store is told of. */
function listen(store: Store): { heard: Change[]; until(count: number): Promise<void> } & Disposable {
  const heard: Change[] = []
  let wake = () => {}
  const subscription = store.changes.subscribe(change => {
    heard.push(change)
    wake()
  })
  return {
    heard,
    until(count) {
      const { promise, resolve, reject } = Promise.withResolvers<void>()
      const late = setTimeout(
        () => reject(new Error(`${heard.length} of ${count} changes: ${JSON.stringify(heard)}`)),
        SOON_MS,
      )
      wake = () => {
        if (heard.length < count) return
        clearTimeout(late)
        resolve()
      }
      wake()
      return promise
    },
    [Symbol.dispose]: () => subscription[Symbol.dispose](),
  }
}

/** What the change feed promises. */
export function changesContract(place: Place): void {
  describe('changes', () => {
    it('are told to those of the same store before the call ends, once', async t => {
      const store = await place.open(t)
      using ear = listen(store)
      await store.users.create('alice', { document: {}, enabled: true, groups: [] }, BY)
      assert.deepEqual(ear.heard, [{ topic: 'users', key: 'alice' }])
      await store.settings.save({ base: 0, document: {}, ...BY })
      await store.groups.create('g', {}, BY)
      const { id } = await store.bans.put({ kind: 'user', value: 'x', reason: '', by: 'a', at: 1 })
      await store.administrators.create({ name: 'root', role: 'administrator', password: 'p' })
      await store.certificates.put({ name: 'c', chain: '', key: '', by: 'a' })
      assert.deepEqual(ear.heard.slice(1), [
        { topic: 'settings', key: '1' },
        { topic: 'groups', key: 'g' },
        { topic: 'bans', key: id },
        { topic: 'administrators', key: 'root' },
        { topic: 'certificates', key: 'c' },
      ])
    })

    it('that came to nothing, and what happens at every login, are not told', async t => {
      const store = await place.open(t)
      await store.users.create('alice', { document: {}, enabled: true, groups: [] }, BY)
      await store.administrators.create({ name: 'root', role: 'administrator', password: 'p' })
      using ear = listen(store)
      await store.users.loggedIn('alice', { at: 1, from: '::1' })
      await store.users.remove('nobody')
      await store.administrators.change('root', { lastLoginAt: 5 })
      await store.administrators.takeTotpStep('root', 5)
      await assert.rejects(store.users.create('alice', { document: {}, enabled: true, groups: [] }, BY))
      assert.deepEqual(ear.heard, [])
    })

    it('reach another store on the database within two seconds, each once and in order', async () => {
      const options = await place.fresh()
      await using one = await openStore(options)
      await one.groups.create('before', {}, BY)
      await using other = await place.beside(options)
      using ear = listen(other)
      using own = listen(one)
      for (let index = 0; index < 20; index++) await one.groups.create(`g${index}`, {}, BY)
      await ear.until(20)
      assert.deepEqual(
        ear.heard,
        Array.from({ length: 20 }, (_, index) => ({ topic: 'groups', key: `g${index}` })),
      )
      await other.users.create('from the other', { document: {}, enabled: true, groups: [] }, BY)
      await own.until(21)
      assert.deepEqual(own.heard.at(-1), { topic: 'users', key: 'from the other' })
      assert.equal(own.heard.length, 21)
    })

    it('are not told to who has stopped listening', async t => {
      const store = await place.open(t)
      const ear = listen(store)
      ear[Symbol.dispose]()
      await store.groups.create('g', {}, BY)
      assert.deepEqual(ear.heard, [])
    })
  })
}
