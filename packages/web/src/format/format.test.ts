import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { agoText, bytesText, durationText, plural, timeText } from './format.ts'

test('bytes are told in binary units with three figures', () => {
  const cases: readonly (readonly [number, string])[] = [
    [0, '0 B'],
    [1, '1 B'],
    [1023, '1,023 B'],
    [1024, '1 KiB'],
    [1536, '1.5 KiB'],
    [10 * 1024 * 1024, '10 MiB'],
    [123_456_789, '118 MiB'],
    [1024 ** 3 - 1, '1 GiB'],
    [5 * 1024 ** 6, '5,120 PiB'],
    [-3, '0 B'],
  ]
  for (const [bytes, text] of cases) assert.equal(bytesText(bytes), text)
})

test('a number of bytes never shows more than four figures before the unit', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 52 }), bytes => {
      assert.match(bytesText(bytes), /^(\d|\d{2}|\d{3}|1,0[012]\d)(\.\d{1,2})? (B|[KMGTP]iB)$/)
    }),
  )
})

test('durations are told by their two largest units', () => {
  const cases: readonly (readonly [number, string])[] = [
    [0, '0 ms'],
    [999, '999 ms'],
    [1000, '1 s'],
    [4230, '4.2 s'],
    [59_940, '59.9 s'],
    [59_960, '1 min'],
    [185_000, '3 min 5 s'],
    [7_800_000, '2 h 10 min'],
    [86_400_000 * 3 + 3_600_000 * 4 + 1000, '3 d 4 h'],
    [86_400_000 + 5000, '1 d'],
  ]
  for (const [ms, text] of cases) assert.equal(durationText(ms), text)
})

test('a moment is told by its distance from now', () => {
  const now = 1_800_000_000_000
  const cases: readonly (readonly [number, string])[] = [
    [0, 'just now'],
    [-9_000, 'just now'],
    [-30_000, '30 s ago'],
    [-300_000, '5 min ago'],
    [-7_200_000, '2 h ago'],
    [-86_400_000 * 40, '40 d ago'],
    [-86_400_000 * 800, '2 y ago'],
    [86_400_000 * 3, 'in 3 d'],
  ]
  for (const [distance, text] of cases) assert.equal(agoText(now + distance, now), text)
})

test('a time is written as ISO 8601 writes it, in the zone of the reader', () => {
  assert.match(timeText(1_800_000_000_000), /^2027-01-1[45] \d\d:\d\d:\d\d$/)
})

test('a count takes the plural but for one', () => {
  assert.equal(plural(1, 'user'), '1 user')
  assert.equal(plural(0, 'user'), '0 users')
  assert.equal(plural(1200, 'address', 'addresses'), '1,200 addresses')
})
