import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { differences } from './difference.ts'

test('only what changed is told, by its field', () => {
  assert.deepEqual(
    differences(
      {
        name: 'a',
        enabled: true,
        groups: ['x'],
        quota: { bytes: '1GiB' },
        folders: [{ path: '/a', folder: '/b' }],
      },
      {
        name: 'a',
        enabled: false,
        groups: ['x', 'y'],
        quota: {},
        folders: [{ path: '/a', folder: '/c' }],
        home: '',
      },
    ),
    [
      { path: 'enabled', before: 'true', after: 'false' },
      { path: 'groups', before: 'x', after: 'x, y' },
      { path: 'quota.bytes', before: '1GiB' },
      { path: 'folders[0].folder', before: '/b', after: '/c' },
      { path: 'home', after: '(empty)' },
    ],
  )
})

test('what was made has no before, and what was removed has no after', () => {
  assert.deepEqual(differences(null, { role: 'operator' }), [{ path: 'role', after: 'operator' }])
  assert.deepEqual(differences({ role: 'operator' }, null), [{ path: 'role', before: 'operator' }])
  assert.deepEqual(differences(null, undefined), [])
})

test('a plain value has one difference', () => {
  assert.deepEqual(differences(1, 'two'), [{ path: '', before: '1', after: 'two' }])
})

test('no value differs from itself', () => {
  fc.assert(
    fc.property(fc.jsonValue(), value => {
      assert.deepEqual(differences(value, structuredClone(value)), [])
    }),
  )
})

test('a value with very many fields does not make very many rows', () => {
  const many = Object.fromEntries(Array.from({ length: 5000 }, (_, at) => [`f${at}`, at]))
  assert.equal(differences(null, many).length, 200)
})
