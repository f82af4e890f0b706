import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Caller, TestApp } from '../../http/testing-app.ts'
import { makeGroups, REPORTS, startAccessApp } from './testing-access.ts'

describe('policies', () => {
  let app: TestApp
  let admin: Caller
  before(async () => {
    app = await startAccessApp()
    admin = await app.as('administrator')
    await makeGroups(admin)
    await admin.post('/access/segments', REPORTS)
  })
  after(() => app[Symbol.asyncDispose]())

  const allow = { name: 'finance', action: 'allow', when: { groups: ['finance'], segments: ['Reports'] } }

  for (const [path, rule, action] of [
    ['access-policy', allow, 'access.access-policy.change'],
    ['forwarding-policy', { name: 'all', action: 'forward' }, 'access.forwarding-policy.change'],
  ] as const) {
    test(`the ${path} is empty at first, and saved as a whole by whoever looked at it last`, async () => {
      const first = await admin.get(`/access/${path}`)
      assert.deepEqual(first.body, { rules: [], revision: 0, changedAt: 0, changedBy: '', warnings: [] })
      const early = await admin.put(`/access/${path}`, { rules: [rule], revision: 7 })
      assert.deepEqual([early.status, early.code], [409, 'POLICY_STALE'])
      const saved = await admin.put(`/access/${path}`, { rules: [rule], revision: 0 })
      assert.equal(saved.status, 200, saved.text)
      assert.match(saved.text, /"revision":1/)
      assert.deepEqual((await admin.get(`/access/${path}`)).body, saved.body)
      const late = await admin.put(`/access/${path}`, { rules: [], revision: 0 })
      assert.deepEqual([late.status, late.code], [409, 'POLICY_STALE'])
      const [entry] = (await app.services.store.audit.list({ limit: 1, action })).items
      assert.deepEqual(entry?.before, { rules: [] })
      assert.match(JSON.stringify(entry?.after), new RegExp(rule.name))
      assert.equal((await admin.put(`/access/${path}`, { rules: [rule] })).status, 200, 'without a revision')
    })
  }

  test('rules that cannot work are refused with the rule and its field', async () => {
    const wrong = { ...allow, when: { segments: ['nothing'], clientNetworks: ['10.0.0.0/99'] } }
    const answer = await admin.put('/access/access-policy', { rules: [allow, wrong] })
    assert.deepEqual([answer.status, answer.code], [422, 'POLICY_INVALID'])
    for (const path of ['rules[1].name', 'rules[1].when.segments[0]', 'rules[1].when.clientNetworks[0]']) {
      assert.ok(answer.text.includes(JSON.stringify(path)), `${path} in ${answer.text}`)
    }
  })

  const tries: readonly (readonly [what: string, ask: object, said: RegExp])[] = [
    [
      'somebody of the group',
      { user: 'alice', host: '10.0.0.9', port: 21 },
      /"action":"allow".*"rule":{"policy":"access","name":"finance","place":1}.*"groups":\["finance"\]/,
    ],
    [
      'somebody else',
      { user: 'bob', host: '10.0.0.9', port: 21 },
      /"action":"deny".*"POL_NO_RULE".*"groups":\[\]/,
    ],
    ['nobody', { user: 'nobody', host: '10.0.0.9', port: 21 }, /"POL_USER_UNKNOWN"/],
    ['another port', { user: 'alice', host: '10.0.0.9', port: 22 }, /"POL_WRONG_PORT"/],
    ['another address', { user: 'alice', host: '10.0.0.10', port: 21 }, /"POL_NO_SEGMENT"/],
  ]
  for (const [what, ask, said] of tries) {
    test(`try it, for ${what}, tells what an edge would do and why, and notes nothing`, async () => {
      const reader = await app.as('read-only')
      const answer = await reader.post('/access/why', ask)
      assert.equal(answer.status, 200, answer.text)
      assert.match(answer.text, said)
      assert.match(answer.text, /"because":\["/)
      assert.deepEqual((await app.services.store.audit.list({ limit: 5, actor: 'read-only' })).items, [])
    })
  }

  test('try it goes by the address, the labels and the time that are said', async () => {
    const night = {
      name: 'nights',
      action: 'deny',
      message: 'Come back at eight.',
      when: {
        deviceLabels: ['private'],
        clientNetworks: ['198.51.100.0/24'],
        times: [{ days: ['mon'], from: '20:00', to: '24:00' }],
      },
    }
    await admin.put('/access/access-policy', { rules: [night, allow] })
    const ask = {
      user: 'alice',
      host: '10.0.0.9',
      port: 21,
      clientAddress: '198.51.100.7',
      deviceLabels: ['private'],
      at: Date.parse('2027-01-04T22:30:00Z'),
    }
    assert.match((await admin.post('/access/why', ask)).text, /"deny".*"message":"Come back at eight\."/)
    for (const change of [
      { clientAddress: '203.0.113.1' },
      { deviceLabels: [] },
      { at: ask.at + 86_400_000 },
    ]) {
      assert.match((await admin.post('/access/why', { ...ask, ...change })).text, /"action":"allow"/)
    }
  })
})
