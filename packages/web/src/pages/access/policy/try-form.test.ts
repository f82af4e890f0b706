import assert from 'node:assert/strict'
import { test } from 'node:test'
import { whyBody } from '@portolan/console/contract'
import { bodyOfTry, decidedAt, USUAL_TRY } from './try-form.ts'

test('who is tried with what is sent as the API takes it', () => {
  const form = { ...USUAL_TRY, user: ' alice ', host: ' 10.0.0.9 ' }
  assert.deepEqual(bodyOfTry(form), { user: 'alice', host: '10.0.0.9', port: 21 })
  const whole = {
    ...form,
    port: '990',
    clientAddress: '192.0.2.1',
    deviceLabels: ['a'],
    at: '2026-11-25T14:00',
  }
  assert.deepEqual(whyBody.parse(bodyOfTry(whole)), {
    user: 'alice',
    host: '10.0.0.9',
    port: 990,
    clientAddress: '192.0.2.1',
    deviceLabels: ['a'],
    at: new Date(2026, 10, 25, 14).getTime(),
  })
})

test('the rule that decided is pointed at in its own policy alone', () => {
  const rule = { policy: 'access' as const, name: 'x', place: 3 }
  assert.equal(decidedAt({ rule }, 'access'), 2)
  assert.equal(decidedAt({ rule }, 'forwarding'), undefined)
  assert.equal(decidedAt({ status: { code: 'POL_NO_RULE', text: '' } }, 'access'), 'last')
  assert.equal(decidedAt({ status: { code: 'POL_NO_RULE', text: '' } }, 'forwarding'), undefined)
  assert.equal(decidedAt({ rule: { policy: 'segment', name: 'x' } }, 'access'), undefined)
  assert.equal(decidedAt(undefined, 'access'), undefined)
})
