import assert from 'node:assert/strict'
import { test } from 'node:test'
import { transfer } from '@portolan/transfers/model'
import { type NewTransfer, newTransferFields, writeOfNew } from './new-transfer.ts'

const typed: NewTransfer = {
  name: ' orders ',
  direction: 'push',
  site: 'acme',
  user: 'alice',
  path: '/outbox',
  pattern: '*.csv',
  remote: 'in',
  when: 'arrival',
  cron: '0 6 * * *',
}
const place = { user: 'alice', path: '/outbox' }

const CASES: readonly (readonly [change: Partial<NewTransfer>, expected: object])[] = [
  [
    {},
    {
      trigger: { on: 'arrival', place, pattern: '*.csv' },
      steps: [{ do: 'push', site: 'acme', to: 'in' }],
    },
  ],
  [
    { when: 'schedule' },
    {
      schedule: { cron: '0 6 * * *', timeZone: 'Europe/Berlin' },
      steps: [{ do: 'push', site: 'acme', to: 'in', from: place, pattern: '*.csv' }],
    },
  ],
  [
    { direction: 'pull', when: 'request' },
    { steps: [{ do: 'pull', site: 'acme', from: 'in', pattern: '*.csv', to: place }] },
  ],
]
for (const [change, expected] of CASES) {
  test(`a new transfer with ${JSON.stringify(change)} is one that the model takes`, () => {
    const { revision: _none, ...written } = writeOfNew({ ...typed, ...change }, 'Europe/Berlin')
    assert.deepEqual(transfer.parse(written), transfer.parse({ name: 'orders', ...expected }))
  })
}

test('mistakes stand at the field that was typed, by the direction', () => {
  const errors = { name: 'a', 'steps.0.from': 'b', 'steps.0.to': 'c', 'trigger.place.user': 'd' }
  assert.deepEqual(newTransferFields(errors, { direction: 'push' }), {
    name: 'a',
    path: 'b',
    remote: 'c',
    user: 'd',
  })
  assert.deepEqual(newTransferFields(errors, { direction: 'pull' }), {
    name: 'a',
    remote: 'b',
    path: 'c',
    user: 'd',
  })
})
