import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Rates } from './rates.ts'

test('sessions of one user share its rate, directions do not', () => {
  const rates = new Rates(() => 1_000_000)
  const take = (direction: 'upload' | 'download') =>
    rates.take({ user: 'a', direction, bytes: 500, perSecond: 1000 })
  assert.equal(take('upload'), 250)
  assert.equal(take('upload'), 750)
  assert.equal(take('download'), 250)
})

test('over a long time exactly the rate is handed out', () => {
  let now = 1_000_000
  const rates = new Rates(() => now)
  const start = now
  for (let n = 0; n < 1000; n++)
    now += rates.take({ user: 'a', direction: 'upload', bytes: 100, perSecond: 10_000 })
  const seconds = (now - start) / 1000
  assert.ok(Math.abs(seconds - 10) < 0.5, `${seconds} seconds for ten seconds' bytes`)
})
