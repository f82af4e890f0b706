import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { EnrolReply, EnrolRequest } from '../control/messages.ts'
import { createRelays } from './relays.ts'
import { testChannel } from './testing-record.ts'

const REQUEST: EnrolRequest = {
  type: 'sign-in',
  user: 'anna',
  password: 'x',
  csr: 'csr',
  device: 'laptop',
  labels: [],
  version: '1',
}
const REFUSED: EnrolReply = { type: 'refused', code: 'GATEWAY_SIGN_IN_REFUSED', text: 'No.' }
const codeOf = (reply: EnrolReply) => (reply.type === 'refused' ? reply.code : reply.type)

test('the controller is asked with the real address, and its answer is passed on', async () => {
  const channel = testChannel()
  const relays = createRelays(channel)
  const answer = relays.enrol(REQUEST, '192.0.2.7')
  assert.deepEqual(channel.said, [{ type: 'relay', id: 1, from: '192.0.2.7', request: REQUEST }])
  relays.answered(1, REFUSED)
  assert.equal(await answer, REFUSED)
  assert.equal(relays.waiting, 0)
})

test('each answer goes to whom it is for, and answers to nobody go nowhere', async () => {
  const relays = createRelays(testChannel())
  const [first, second] = [relays.enrol(REQUEST, 'a'), relays.renew({ id: 'con-1', serial: 'ff' }, 'csr')]
  const other: EnrolReply = { ...REFUSED, text: 'Other.' }
  relays.answered(99, other)
  relays.answered(2, other)
  relays.answered(1, REFUSED)
  relays.answered(1, other)
  assert.deepEqual([await first, await second], [REFUSED, other])
})

test('without a controller, after too long, and when the controller goes, the answer is that it is out of reach', async () => {
  const channel = testChannel()
  const late = createRelays(channel, { waiting: 64, perAddress: 8, ms: 5 })
  assert.equal(codeOf(await late.enrol(REQUEST, 'a')), 'GATEWAY_UNREACHABLE')
  const relays = createRelays(channel)
  const waiting = relays.enrol(REQUEST, 'a')
  relays.lost()
  assert.equal(codeOf(await waiting), 'GATEWAY_UNREACHABLE')
  channel.isThere = false
  assert.equal(codeOf(await relays.enrol(REQUEST, 'a')), 'GATEWAY_UNREACHABLE')
})

test('one address does not take the places of others, and all places together are bounded', async () => {
  const channel = testChannel()
  const relays = createRelays(channel)
  for (let index = 0; index < 20; index++) void relays.enrol(REQUEST, 'greedy')
  assert.equal(relays.waiting, 8)
  for (let index = 0; index < 100; index++) void relays.enrol(REQUEST, `address ${index}`)
  assert.equal(relays.waiting, 64)
  assert.equal(channel.said.length, 64)
  assert.equal(codeOf(await relays.enrol(REQUEST, 'new')), 'GATEWAY_UNREACHABLE')
  relays.lost()
})
