import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Sample } from '@portolan/console/contract'
import { columnsOf, withSample } from './sample-columns.ts'

const sample = (at: number, sent = 0): Sample => ({ at, sessions: 1, transfers: 0, sent, received: 0 })

test('samples become a column for the time and one for each line', () => {
  assert.deepEqual(columnsOf([sample(1_000, 5), sample(2_000, 6)], ['sent', 'sessions']), [
    [1, 2],
    [5, 6],
    [1, 1],
  ])
})

test('where no samples came, the line has a gap', () => {
  assert.deepEqual(columnsOf([sample(1_000, 5), sample(60_000, 6)], ['sent']), [
    [1, 2, 60],
    [5, null, 6],
  ])
})

test('a newer sample is added once, and those older than ten minutes go', () => {
  const samples = withSample([sample(1_000), sample(500_000)], sample(601_000))
  assert.deepEqual(
    samples.map(({ at }) => at),
    [500_000, 601_000],
  )
  assert.equal(withSample(samples, sample(601_000)), samples)
})
