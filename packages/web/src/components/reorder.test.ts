import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { move } from './reorder.ts'

test('an item stands where it was moved to, and the others keep their order', () => {
  const cases: readonly (readonly [number, number, string])[] = [
    [0, 2, 'bcad'],
    [2, 0, 'cabd'],
    [1, 2, 'acbd'],
    [3, 3, 'abcd'],
    [0, 4, 'abcd'],
    [0, -1, 'abcd'],
    [9, 0, 'abcd'],
  ]
  for (const [from, to, result] of cases) assert.equal(move([...'abcd'], from, to).join(''), result)
})

test('moving loses and invents nothing, and moving back undoes it', () => {
  const lists = fc.array(fc.integer(), { minLength: 1, maxLength: 20 })
  fc.assert(
    fc.property(lists, fc.nat(19), fc.nat(19), (list, from, to) => {
      const moved = move(list, from, to)
      assert.deepEqual([...moved].sort(), [...list].sort())
      if (from < list.length && to < list.length) assert.deepEqual(move(moved, to, from), list)
    }),
  )
})
