import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { addSet, type Bits, firstOf, ruleSet, setBit, wordsFor } from './rule-set.ts'

const MOST = 200

const some = fc.uniqueArray(fc.nat(MOST - 1), { maxLength: MOST }).map(list => list.sort((a, b) => a - b))

function bitsOf(list: readonly number[]): Bits {
  const bits = new Uint32Array(wordsFor(MOST))
  for (const index of list) setBit(bits, index)
  return bits
}

test('a few rules are kept as a list, many as bits', () => {
  assert.ok(Array.isArray(ruleSet([1, 2, 3], MOST)))
  assert.ok(ruleSet([1, 2, 3, 4, 5, 6, 7, 8], MOST) instanceof Uint32Array)
})

test('the first rule of three sets is the lowest that is in all of them', () => {
  fc.assert(
    fc.property(some, some, some, fc.nat(MOST), (set, a, b, before) => {
      const expected = set.find(index => index < before && a.includes(index) && b.includes(index)) ?? before
      for (const kind of [set, bitsOf(set)])
        assert.equal(firstOf(kind, bitsOf(a), bitsOf(b), before), expected)
      assert.equal(firstOf(undefined, bitsOf(a), bitsOf(b), before), before)
    }),
  )
})

test('a set is added to what is there', () => {
  fc.assert(
    fc.property(some, some, (set, there) => {
      for (const kind of [set, bitsOf(set)]) {
        const bits = bitsOf(there)
        addSet(bits, kind)
        assert.deepEqual(bits, bitsOf([...set, ...there]))
      }
    }),
  )
})
