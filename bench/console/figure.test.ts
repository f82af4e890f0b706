import assert from 'node:assert/strict'
import { test } from 'node:test'
import { quantile, renderFigures } from './figure.ts'

const cases: readonly (readonly [readonly number[], number, number])[] = [
  [[7], 0.5, 7],
  [[3, 1, 2], 0.5, 2],
  [[4, 1, 3, 2], 0.5, 2],
  [Array.from({ length: 100 }, (_, index) => index + 1), 0.95, 95],
  [[1, 9], 1, 9],
  [[1, 9], 0, 1],
]
for (const [values, part, expected] of cases) {
  test(`the quantile ${part} of ${values.length} values is ${expected}`, () => {
    assert.equal(quantile(values, part), expected)
  })
}

test('nothing has no quantile', () => {
  assert.throws(() => quantile([], 0.5), RangeError)
})

test('a figure at its target has reached it, above it has missed, and without one says nothing', () => {
  const [, , reached, missed, silent] = renderFigures([
    { part: 'lists', on: 'sqlite', name: 'a', unit: 'ms', value: 150, target: 150, more: { median: 3.25 } },
    { part: 'lists', name: 'b', unit: 'ms', value: 150.1, target: 150 },
    { part: 'page', name: 'c', unit: 'number', value: 5 },
  ]).split('\n')
  assert.match(reached ?? '', /lists \| sqlite .*median 3\.\d .*150 .*≤ 150 +\| reached/)
  assert.match(missed ?? '', /150\.1 .*missed/)
  assert.doesNotMatch(silent ?? '', /reached|missed|≤/)
})
