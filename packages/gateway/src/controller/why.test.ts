import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { SETTINGS, startTestController, type TestController } from './testing-controller.ts'
import { explain } from './why.ts'

const BY = { by: 'test' }
const SEGMENT = {
  name: 'ftp',
  applications: ['ftp.test'],
  ports: [{ from: 21, to: 21 }],
  inspection: 'ftp',
  segmentGroup: 'all',
  serverGroup: 'all',
}

let test: TestController
before(async () => {
  test = await startTestController()
  const { access } = test.store
  await access.segmentGroups.create('all', { name: 'all' }, BY)
  await access.segments.create('ftp', SEGMENT, BY)
  const rules = [{ name: 'staff', action: 'allow', when: { groups: ['staff'] } }]
  await access.policies.create('access', { rules }, BY)
})
after(() => test[Symbol.asyncDispose]())

const who = (user: string) => ({ user, clientAddress: '192.0.2.1', deviceLabels: [] })
const people = { identify: async (user: string) => (user === 'alice' ? { groups: ['staff'] } : undefined) }

describe('why', () => {
  const asks: readonly [what: string, user: string, host: string, action: string, code?: string][] = [
    ['a user whom a rule allows', 'alice', 'ftp.test', 'allow'],
    ['a user whom nobody knows', 'mallory', 'ftp.test', 'deny', 'POL_USER_UNKNOWN'],
    ['what no segment has', 'alice', 'elsewhere.test', 'deny', 'POL_NO_SEGMENT'],
  ]
  for (const [what, user, host, action, code] of asks)
    it(`says the same with a controller and without: ${what}`, async () => {
      const target = { host, port: 21 }
      const decision = await test.controller.why(who(user), target, 5)
      assert.deepEqual([decision.action, decision.status?.code], [action, code])
      assert.ok(decision.because.length > 0)
      assert.deepEqual(await explain(test.store, SETTINGS, people, who(user), target, 5), decision)
    })

  it('goes by the groups that are given, and by those of the people otherwise', async () => {
    const target = { host: 'ftp.test', port: 21 }
    assert.equal(
      (await test.controller.why({ ...who('alice'), groups: [] }, target)).status?.code,
      'POL_NO_RULE',
    )
    assert.equal((await test.controller.why({ ...who('nobody'), groups: ['staff'] }, target)).action, 'allow')
  })

  it('knows at once what was changed', async () => {
    const target = { host: 'new.test', port: 21 }
    await test.store.access.segments.create(
      'new',
      { ...SEGMENT, name: 'new', applications: ['new.test'] },
      BY,
    )
    assert.equal((await test.controller.why(who('alice'), target)).action, 'allow')
    await test.store.access.segments.remove('new')
    assert.equal((await test.controller.why(who('alice'), target)).status?.code, 'POL_NO_SEGMENT')
  })

  it('decides by nothing when the store has what cannot be read: it could be what denies', async () => {
    await using other = await startTestController()
    await other.store.access.segments.create('bad', { applications: 7 }, BY)
    const target = { host: 'ftp.test', port: 21 }
    const wrong = {
      code: 'GATEWAY_INVALID',
      message: /segment bad of the store cannot be used: applications/,
    }
    await assert.rejects(explain(other.store, SETTINGS, people, who('alice'), target, 5), wrong)
  })
})
