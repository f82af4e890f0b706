import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Role } from '../store.ts'
import type { Place } from './place.ts'

const person = (name: string, role: Role = 'administrator') => ({ name, role, password: `hash of ${name}` })

/** What those who sign in to the console are promised. */
export function administratorsContract(place: Place): void {
  describe('administrators', () => {
    it('are made, changed field by field, and listed by name', async t => {
      const { administrators } = await place.open(t)
      const made = await administrators.create(person('root'))
      assert.deepEqual(made, {
        name: 'root',
        role: 'administrator',
        enabled: true,
        password: 'hash of root',
        recoveryCodes: [],
        createdAt: made.createdAt,
      })
      const change = {
        password: 'new',
        totpSecret: 'JBSWY3DPEHPK3PXP',
        totpStep: 7,
        recoveryCodes: ['a', 'b'],
        lastLoginAt: 9,
      }
      const changed = await administrators.change('root', change)
      assert.deepEqual(changed, { ...made, ...change })
      assert.deepEqual(await administrators.get('root'), changed)
      const cleared = await administrators.change('root', {
        totpSecret: null,
        totpStep: null,
        recoveryCodes: null,
        lastLoginAt: null,
      })
      assert.deepEqual(cleared, { ...made, password: 'new' })
      await administrators.create(person('ann', 'read-only'))
      assert.deepEqual(
        (await administrators.list()).map(({ name, role }) => [name, role]),
        [
          ['ann', 'read-only'],
          ['root', 'administrator'],
        ],
      )
      await assert.rejects(administrators.create(person('ann')), { code: 'STORE_EXISTS' })
      await assert.rejects(administrators.change('bob', {}), { code: 'STORE_MISSING' })
      assert.equal(await administrators.remove('bob'), false)
    })

    const lastOnes: readonly [
      string,
      (of: Awaited<ReturnType<Place['open']>>['administrators']) => Promise<unknown>,
    ][] = [
      ['removed', of => of.remove('root')],
      ['disabled', of => of.change('root', { enabled: false })],
      ['made an operator', of => of.change('root', { role: 'operator' })],
    ]
    for (const [what, change] of lastOnes) {
      it(`the last one is not ${what}`, async t => {
        const { administrators } = await place.open(t)
        await administrators.create(person('root'))
        await administrators.create(person('ops', 'operator'))
        const before = await administrators.get('root')
        await assert.rejects(change(administrators), { code: 'STORE_LAST_ADMINISTRATOR' })
        assert.deepEqual(await administrators.get('root'), before)
        await administrators.create(person('second'))
        await change(administrators)
      })
    }

    it('of two who remove each other at once, one stays', async t => {
      const { administrators } = await place.open(t)
      await administrators.create(person('a'))
      await administrators.create(person('b'))
      const done = await Promise.allSettled([administrators.remove('a'), administrators.remove('b')])
      assert.deepEqual(done.map(({ status }) => status).sort(), ['fulfilled', 'rejected'])
      assert.equal((await administrators.list()).length, 1)
    })

    it('a step of TOTP is taken once, and none before it afterwards', async t => {
      const { administrators } = await place.open(t)
      await administrators.create(person('root'))
      const taken = await Promise.all(
        Array.from({ length: 5 }, () => administrators.takeTotpStep('root', 100)),
      )
      assert.equal(taken.filter(Boolean).length, 1)
      assert.equal(await administrators.takeTotpStep('root', 99), false)
      assert.equal(await administrators.takeTotpStep('root', 101), true)
      assert.equal(await administrators.takeTotpStep('nobody', 101), false)
      assert.equal((await administrators.get('root'))?.totpStep, 101)
    })

    it('a recovery code is taken once', async t => {
      const { administrators } = await place.open(t)
      await administrators.create(person('root'))
      await administrators.change('root', { recoveryCodes: ['one', 'two'] })
      const taken = await Promise.all(
        Array.from({ length: 5 }, () => administrators.takeRecoveryCode('root', 'one')),
      )
      assert.equal(taken.filter(Boolean).length, 1)
      assert.equal(await administrators.takeRecoveryCode('root', 'three'), false)
      assert.equal(await administrators.takeRecoveryCode('nobody', 'two'), false)
      assert.deepEqual((await administrators.get('root'))?.recoveryCodes, ['two'])
    })
  })
}
