import assert from 'node:assert/strict'
import { test } from 'node:test'
import { emptySeries, withReading } from './rate-series.ts'

const read = (readings: readonly (readonly [number, number])[]) =>
  readings.reduce((series, [at, bytes]) => withReading(series, { at, bytes }), emptySeries)

test('the rate between two readings is what moved by the time it took', () => {
  const { times, rates } = read([
    [1_000, 0],
    [2_000, 500],
    [4_000, 2_500],
  ])
  assert.deepEqual(times, [2, 4])
  assert.deepEqual(rates, [500, 1_000])
})

test('a reading that is not newer changes nothing, and fewer bytes are another transfer', () => {
  const series = read([
    [1_000, 0],
    [2_000, 500],
  ])
  assert.equal(withReading(series, { at: 2_000, bytes: 900 }), series)
  assert.deepEqual(withReading(series, { at: 3_000, bytes: 10 }).rates, [])
})

test('only the last two minutes are kept', () => {
  const series = read(Array.from({ length: 500 }, (_, second) => [second * 1_000, second * 10] as const))
  assert.equal(series.rates.length, 120)
  assert.equal(series.times.at(-1), 499)
})
