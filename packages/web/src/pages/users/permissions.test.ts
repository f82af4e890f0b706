import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { allowed, kindOf, PERMISSIONS, shortest } from './permissions.ts'

const names = PERMISSIONS.map(([name]) => name)

test('a set of permissions is written in its short form where there is one', () => {
  assert.equal(shortest(names), 'all')
  assert.equal(shortest([]), 'none')
  assert.equal(shortest(['list', 'read']), 'readOnly')
  assert.deepEqual(shortest(['write', 'read']), ['read', 'write'])
})

test('whatever is ticked is what the rule gives', () => {
  fc.assert(
    fc.property(fc.subarray(names), ticked => {
      assert.deepEqual([...allowed(shortest(ticked))].sort(), [...ticked].sort())
    }),
  )
})

test('a rule is shown by its short form or as a selection', () => {
  assert.equal(kindOf('none'), 'none')
  assert.equal(kindOf(['read']), 'some')
})
