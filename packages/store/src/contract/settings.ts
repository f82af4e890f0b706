import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { BY, type Place } from './place.ts'

/** What the versions of the settings promise. */
export function settingsContract(place: Place): void {
  describe('settings', () => {
    it('have no version before the first', async t => {
      const { settings } = await place.open(t)
      assert.equal(await settings.current(), undefined)
      assert.equal(await settings.get(1), undefined)
      assert.deepEqual(await settings.list({ limit: 10 }), [])
    })

    it('are versions that are kept, newest first, with who, when and why', async t => {
      const { settings } = await place.open(t)
      const before = Date.now()
      const first = await settings.save({ base: 0, document: { limits: { sessions: 5 } }, ...BY })
      const second = await settings.save({
        base: 1,
        document: { a: [1, null, 'ä\0'] },
        comment: 'why',
        by: 'bob',
      })
      assert.ok(first.at >= before && first.at <= Date.now())
      assert.deepEqual(first, {
        version: 1,
        document: { limits: { sessions: 5 } },
        at: first.at,
        by: 'alice',
      })
      assert.deepEqual(second, {
        version: 2,
        document: { a: [1, null, 'ä\0'] },
        at: second.at,
        by: 'bob',
        comment: 'why',
      })
      assert.deepEqual(await settings.current(), second)
      assert.deepEqual(await settings.get(1), first)
      assert.deepEqual(await settings.list({ limit: 1 }), [second])
      assert.deepEqual(await settings.list({ limit: 5, before: 2 }), [first])
    })

    it('are not saved over a version that was not looked at', async t => {
      const { settings } = await place.open(t)
      await settings.save({ base: 0, document: 1, ...BY })
      await assert.rejects(settings.save({ base: 0, document: 2, ...BY }), {
        code: 'STORE_CONFLICT',
        message: /at version 1 by alice, not at 0/,
      })
      assert.deepEqual((await settings.list({ limit: 5 })).length, 1)
    })

    it('of ten who save at once over the same version, one succeeds', async t => {
      const { settings } = await place.open(t)
      const saves = await Promise.allSettled(
        Array.from({ length: 10 }, (_, index) => settings.save({ base: 0, document: index, ...BY })),
      )
      assert.equal(saves.filter(({ status }) => status === 'fulfilled').length, 1)
      assert.equal((await settings.current())?.version, 1)
    })
  })
}
