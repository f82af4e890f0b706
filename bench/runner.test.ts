import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { turned } from './runner.ts'

test('a turned list begins at another place and goes round', () => {
  assert.deepEqual(turned(['a', 'b', 'c'], 0), ['a', 'b', 'c'])
  assert.deepEqual(turned(['a', 'b', 'c'], 1), ['b', 'c', 'a'])
  assert.deepEqual(turned(['a', 'b', 'c'], 5), ['c', 'a', 'b'])
  assert.deepEqual(turned([], 3), [])
})

test('over as many rounds as there are servers each of them comes first once', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.string(), { minLength: 1, maxLength: 9 }), fc.nat(50), (list, from) => {
      const first = list.map((_, i) => turned(list, from + i)[0])
      assert.deepEqual(first.toSorted(), list.toSorted())
    }),
  )
})
