import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { formatDuration, formatSize, LONGEST_DURATION, parseDuration, parseSize } from './units.ts'

const durations: { text: string | number; ms: number | undefined }[] = [
  { text: '500ms', ms: 500 },
  { text: '90s', ms: 90_000 },
  { text: '5m', ms: 300_000 },
  { text: '24h', ms: 86_400_000 },
  { text: '7d', ms: 604_800_000 },
  { text: '1.5s', ms: 1_500 },
  { text: ' 2 m ', ms: 120_000 },
  { text: 90, ms: 90_000 },
  { text: 0.25, ms: 250 },
  { text: 0, ms: 0 },
  { text: '90', ms: undefined },
  { text: '5 minutes', ms: undefined },
  { text: '-5s', ms: undefined },
  { text: '1e3s', ms: undefined },
  { text: '', ms: undefined },
  { text: -1, ms: undefined },
  { text: Number.NaN, ms: undefined },
  { text: Number.POSITIVE_INFINITY, ms: undefined },
]

for (const { text, ms } of durations) {
  test(`parseDuration: ${JSON.stringify(text)} is ${ms === undefined ? 'no duration' : `${ms} ms`}`, () => {
    assert.equal(parseDuration(text), ms)
  })
}

const sizes: { text: string | number; bytes: number | undefined }[] = [
  { text: '10MiB', bytes: 10_485_760 },
  { text: '1GB', bytes: 1_000_000_000 },
  { text: '500 kB', bytes: 500_000 },
  { text: '1.5KiB', bytes: 1_536 },
  { text: '12B', bytes: 12 },
  { text: '2tib', bytes: 2_199_023_255_552 },
  { text: 4096, bytes: 4096 },
  { text: '4096', bytes: undefined },
  { text: '10M', bytes: undefined },
  { text: '99999999TiB', bytes: undefined },
  { text: -1, bytes: undefined },
  { text: 1.5, bytes: undefined },
]

for (const { text, bytes } of sizes) {
  test(`parseSize: ${JSON.stringify(text)} is ${bytes === undefined ? 'no size' : `${bytes} bytes`}`, () => {
    assert.equal(parseSize(text), bytes)
  })
}

test('formatDuration: writes the largest unit that is exact', () => {
  const written = [0, 500, 1_500, 90_000, 300_000, 5_400_000, 86_400_000].map(formatDuration)
  assert.deepEqual(written, ['0s', '500ms', '1500ms', '90s', '5m', '90m', '1d'])
})

test('formatDuration: what it writes is read as the same duration', () => {
  fc.assert(fc.property(fc.nat(2 ** 31), ms => assert.equal(parseDuration(formatDuration(ms)), ms)))
})

test('formatSize: writes the shortest that is exact', () => {
  const written = [0, 1, 1_001, 1_024, 10_000_000_000, 10_485_760, 2 ** 40].map(formatSize)
  assert.deepEqual(written, ['0B', '1B', '1001B', '1KiB', '10GB', '10MiB', '1TiB'])
})

test('formatSize: what it writes is read as the same size', () => {
  fc.assert(fc.property(fc.maxSafeNat(), bytes => assert.equal(parseSize(formatSize(bytes)), bytes)))
})

test('the longest duration of all settings fits into a timer of Node', () => {
  assert.ok((parseDuration(LONGEST_DURATION) ?? Number.POSITIVE_INFINITY) < 2 ** 31)
})
