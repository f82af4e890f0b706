import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { PROBES_PER_MINUTE, ProbeLimit } from './probe-limit.ts'

test('as many as a minute allows pass at once, the next one is told how long to wait', () => {
  const limit = new ProbeLimit()
  for (let count = 0; count < PROBES_PER_MINUTE; count += 1) assert.equal(limit.take(1_000 + count), 0)
  assert.equal(limit.take(2_000), 59_000)
  assert.equal(limit.take(60_999), 1)
  assert.equal(limit.take(61_000), 0, 'the first one is a minute ago')
  assert.equal(limit.take(61_000), 1)
})

test('one that was refused does not count', () => {
  const limit = new ProbeLimit()
  for (let count = 0; count < PROBES_PER_MINUTE * 3; count += 1) limit.take(0)
  for (let count = 0; count < PROBES_PER_MINUTE; count += 1) assert.equal(limit.take(60_000), 0)
})

test('no minute ever holds more, and whoever waits as told is let in', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(5_000), { maxLength: 300 }), steps => {
      const limit = new ProbeLimit()
      const passed: number[] = []
      let now = 0
      for (const step of steps) {
        now += step
        const wait = limit.take(now)
        if (wait > 0) now += wait
        if (wait > 0) assert.equal(limit.take(now), 0)
        passed.push(now)
        const within = passed.filter(time => now - time < 60_000)
        assert.ok(within.length <= PROBES_PER_MINUTE, `${within.length} within a minute`)
      }
    }),
  )
})
