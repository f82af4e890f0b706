import assert from 'node:assert/strict'
import { test } from 'node:test'
import { secondsText, waitsText } from './retry-waits.ts'

const usual = { attempts: 5, first: 30, factor: 2, ceiling: 3600 }
const WAITS: readonly (readonly [change: object, text: string | undefined])[] = [
  [{}, 'Tried again after 30 s, 1 min, 2 min and 4 min; then it has failed.'],
  [{ attempts: 1 }, 'It is tried once, and not again.'],
  [{ attempts: 2 }, 'Tried again after 30 s; then it has failed.'],
  [{ attempts: 3, factor: 1 }, 'Tried again after 30 s and 30 s; then it has failed.'],
  [{ attempts: 4, ceiling: 50 }, 'Tried again after 30 s, 50 s and 50 s; then it has failed.'],
  [
    { attempts: 100 },
    'Tried again after 30 s, 1 min, 2 min, 4 min, 8 min, 16 min and 93 more; then it has failed.',
  ],
  [{ attempts: '3', first: '5' }, 'Tried again after 5 s and 10 s; then it has failed.'],
  [{ first: '' }, undefined],
  [{ attempts: 0 }, undefined],
  [{ attempts: 2.5 }, undefined],
  [{ factor: 'x' }, undefined],
]
for (const [change, text] of WAITS) {
  test(`retries with ${JSON.stringify(change)} are told as “${text}”`, () =>
    assert.equal(waitsText({ ...usual, ...change }), text))
}

test('seconds are said in the units of people', () => {
  assert.deepEqual([0, 0.25, 59, 90, 3600, 3840, 86_399].map(secondsText), [
    '0 s',
    '0.3 s',
    '59 s',
    '1 min 30 s',
    '1 h',
    '1 h 4 min',
    '23 h 59 min',
  ])
})
