import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Trigger } from '../model/index.ts'
import { requestedProperties } from './requested-file.ts'

const OF_ALICE: Trigger = {
  on: 'arrival',
  place: { user: 'alice', path: '/outbox' },
  pattern: '*',
  subfolders: false,
}
const OF_MACHINE: Trigger = { ...OF_ALICE, place: { folder: '/srv/out' } }
const ON_REQUEST: Trigger = { on: 'request' }

test('a file of the folder where the transfer begins can be asked for, and is whose the folder is', () => {
  const cases: [Trigger, Record<string, string>, Record<string, string>][] = [
    [OF_ALICE, { 'file.path': '/outbox/a.csv' }, { 'file.user': 'alice', 'file.name': 'a.csv' }],
    [OF_ALICE, { 'file.path': '/outbox/a', 'file.user': 'alice' }, { 'file.user': 'alice' }],
    [OF_MACHINE, { 'file.path': '/srv/out/b/a' }, { 'file.name': 'a' }],
    [ON_REQUEST, { 'file.path': '/x', 'file.user': 'bob' }, { 'file.user': 'bob' }],
    [ON_REQUEST, { note: 'monthly' }, { note: 'monthly' }],
    [{ ...OF_ALICE, place: { user: 'alice', path: '/' } }, { 'file.path': '/a' }, { 'file.user': 'alice' }],
  ]
  for (const [trigger, given, expected] of cases) {
    const made = requestedProperties({ trigger }, given)
    for (const [key, value] of Object.entries(expected))
      assert.equal(made[key], value, `${key} of ${JSON.stringify(given)}`)
  }
})

test('no other file of the machine, and of no other user, can be named by who may ask for runs', () => {
  const refused: [Trigger, Record<string, string>][] = [
    [ON_REQUEST, { 'file.path': '/etc/shadow' }],
    [ON_REQUEST, { 'file.user': 'bob' }],
    [OF_MACHINE, { 'file.path': '/etc/shadow' }],
    [OF_MACHINE, { 'file.path': '/srv/out/../../etc/shadow' }],
    [OF_MACHINE, { 'file.path': '/srv/output/a' }],
    [OF_MACHINE, { 'file.path': '/srv/out/a', 'file.user': 'bob' }],
    [OF_ALICE, { 'file.path': '/private/a' }],
    [OF_ALICE, { 'file.path': '/outbox/a', 'file.user': 'bob' }],
    [OF_ALICE, { 'file.path': 'outbox/a' }],
  ]
  for (const [trigger, given] of refused)
    assert.throws(
      () => requestedProperties({ trigger }, given),
      { code: 'TRANSFER_INVALID' },
      JSON.stringify(given),
    )
})

test('what else is said of a file is not believed', () => {
  const made = requestedProperties(
    { trigger: OF_ALICE },
    { 'file.path': '/outbox/a', 'file.uploader': 'root', 'file.size': 0 },
  )
  assert.deepEqual(Object.keys(made).sort(), ['file.name', 'file.path', 'file.user'])
})
