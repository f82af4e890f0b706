import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { SettingsView } from '@portolan/console/contract'
import fc from 'fast-check'
import {
  changesOf,
  draftValue,
  emptyDraft,
  flagOf,
  layOver,
  originOf,
  sameValue,
  withEmpty,
  withoutChange,
  withReset,
  withValue,
} from './draft.ts'

const view: SettingsView = {
  version: 3,
  effective: {
    passive: { basePort: 61_000, numberOfPorts: 100, addressRules: [{ address: 'local' }] },
    limits: { sessions: 10 },
    messages: { replies: { 'file.denied': 'no' } },
  },
  origins: { 'passive.basePort': 'store', limits: 'file', 'passive.addressRules': 'flag' },
  flags: { 'passive.addressRules': '--address' },
  warnings: [],
}

test('what is typed is shown, and what is not comes from the settings in force', () => {
  const draft = withValue(emptyDraft, view, 'passive.basePort', 50_000)
  assert.equal(draftValue(draft, view, 'passive.basePort'), 50_000)
  assert.equal(draftValue(draft, view, 'passive.numberOfPorts'), 100)
  assert.deepEqual(changesOf(draft), [{ path: 'passive.basePort', value: 50_000 }])
})

test('typing what is in force already takes the change away', () => {
  const changed = withValue(emptyDraft, view, 'passive.basePort', 50_000)
  assert.equal(withValue(changed, view, 'passive.basePort', 61_000).size, 0)
})

test('a field that is emptied is reset when the store has set what may be absent, and else has an empty value', () => {
  const held: SettingsView = {
    ...view,
    effective: { active: { basePort: 10_000 }, tls: { ciphers: 'HIGH' }, server: { name: 'Harbour' } },
    origins: { active: 'store', tls: 'file', server: 'store' },
    flags: {},
  }
  const emptied = (path: string, given: unknown) => {
    const field = {
      kind: 'text',
      path,
      name: '',
      label: '',
      description: '',
      required: false,
      default: given,
    } as const
    return changesOf(withEmpty(emptyDraft, held, field))
  }
  assert.deepEqual(emptied('active.basePort', undefined), [{ path: 'active.basePort', reset: true }])
  assert.deepEqual(emptied('active.other', undefined), [])
  assert.deepEqual(emptied('tls.ciphers', undefined), [{ path: 'tls.ciphers', value: '' }])
  assert.deepEqual(emptied('server.name', 'Portolan'), [{ path: 'server.name', value: '' }])
})

test('what is typed in a section that is new as a whole is a part of it', () => {
  const on = withValue(emptyDraft, view, 'metrics', { host: '127.0.0.1', port: 9121 })
  const typed = withValue(on, view, 'metrics.port', 9122)
  assert.deepEqual(changesOf(typed), [{ path: 'metrics', value: { host: '127.0.0.1', port: 9122 } }])
  assert.equal(draftValue(typed, view, 'metrics.port'), 9122)
  assert.equal(draftValue(withReset(emptyDraft, 'passive'), view, 'passive.basePort'), undefined)
})

test('a change of a whole takes the place of changes below it', () => {
  const below = withValue(emptyDraft, view, 'messages.replies["file.denied"]', 'denied')
  assert.deepEqual(changesOf(withReset(below, 'messages.replies')), [
    { path: 'messages.replies', reset: true },
  ])
  assert.deepEqual(changesOf(withValue(below, view, 'messages', { greeting: 'hi' })), [
    { path: 'messages', value: { greeting: 'hi' } },
  ])
})

test('origin and flag of a setting are told by the nearest path above', () => {
  assert.equal(originOf(view, 'limits.sessions'), 'file')
  assert.equal(originOf(view, 'passive.numberOfPorts'), 'default')
  assert.equal(flagOf(view, 'passive.addressRules[0]'), '--address')
  assert.equal(flagOf(view, 'passive.basePort'), undefined)
})

test('a list comes from where its parts come from', () => {
  const told: SettingsView = {
    ...view,
    origins: { 'listeners[0].host': 'file', 'listeners[0].port': 'store', listenersOfMine: 'flag' },
    flags: { 'listeners[0].port': '--port' },
  }
  assert.equal(originOf(told, 'listeners'), 'store')
  assert.equal(flagOf(told, 'listeners'), '--port')
  assert.equal(originOf(told, 'passive'), 'default')
})

test('a draft laid over newer settings keeps what is still a change and tells where both have changed', () => {
  const drafted = [
    ['passive.basePort', 50_000],
    ['passive.numberOfPorts', 200],
    ['limits.sessions', 20],
  ] as const
  const draft = drafted.reduce((all, [path, value]) => withValue(all, view, path, value), emptyDraft)
  const after: SettingsView = {
    ...view,
    version: 4,
    effective: { ...view.effective, passive: { basePort: 40_000, numberOfPorts: 200 } },
  }
  const laid = layOver(draft, view, after)
  assert.deepEqual(changesOf(laid.draft), [
    { path: 'passive.basePort', value: 50_000 },
    { path: 'limits.sessions', value: 20 },
  ])
  assert.deepEqual(laid.both, ['passive.basePort'])
})

test('a reset is dropped when somebody has done it already', () => {
  const draft = withReset(emptyDraft, 'passive.basePort')
  assert.equal(layOver(draft, view, { ...view, origins: {} }).draft.size, 0)
})

test('values are the same whatever the order of their keys, and typing back and forth leaves no change', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.jsonValue(), (tree, other) => {
      const turned = Object.fromEntries(Object.entries(tree).reverse())
      assert.equal(sameValue(tree, turned), true)
      const held: SettingsView = { ...view, effective: { messages: tree } }
      const typed = withValue(emptyDraft, held, 'messages', other)
      assert.equal(withValue(typed, held, 'messages', turned).size, 0)
      assert.equal(withoutChange(typed, 'messages').size, 0)
    }),
  )
})

test('a list is no object with the same keys', () => {
  assert.equal(sameValue(['a'], { 0: 'a' }), false)
  assert.equal(sameValue([], {}), false)
})
