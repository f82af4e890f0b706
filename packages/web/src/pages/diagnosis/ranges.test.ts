import assert from 'node:assert/strict'
import { test } from 'node:test'
import { hoursOf, RANGES, rangeText } from './ranges.ts'

test('an address asks for a range that there is, or gets a day', () => {
  for (const { hours } of RANGES) assert.equal(hoursOf(String(hours)), hours)
  for (const text of [undefined, '', '5', '-1', 'NaN', '1e3', '24 '])
    assert.equal(hoursOf(text), 24, String(text))
})

test('a range is told in words, also one that cannot be chosen', () => {
  assert.equal(rangeText(168), 'the last 7 days')
  assert.equal(rangeText(2), 'the last 2 hours')
})
