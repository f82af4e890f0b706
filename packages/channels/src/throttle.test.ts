import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { createThrottle } from './throttle.ts'

test('a burst passes at once, and after it a wait of the right length', () => {
  const waits: number[] = []
  const sleep = async (ms: number) => void waits.push(ms)
  const throttle = createThrottle({ bytesPerSecond: 1000, burst: 500, now: () => 0, sleep })
  assert.equal(throttle(500), undefined)
  assert.ok(throttle(100) instanceof Promise)
  assert.deepEqual(waits, [100])
})

test('over any stretch of time no more passes than rate and burst allow', () => {
  const step = fc.record({ bytes: fc.integer({ min: 1, max: 5000 }), idleMs: fc.nat(200) })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 50 }), steps => {
      let now = 0
      const waits: number[] = []
      const throttle = createThrottle({
        bytesPerSecond: 10_000,
        burst: 1000,
        now: () => now,
        sleep: async ms => {
          waits.push(ms)
        },
      })
      let passed = 0
      for (const { bytes, idleMs } of steps) {
        now += idleMs
        if (throttle(bytes)) now += waits.at(-1) ?? 0
        passed += bytes
        assert.ok(passed <= 1000 + (now * 10_000) / 1000 + 0.001, `${passed} bytes after ${now} ms`)
      }
    }),
  )
})

test('those who share a bucket share its rate', () => {
  const waits: number[] = []
  const throttle = createThrottle({
    bytesPerSecond: 1000,
    burst: 0,
    now: () => 0,
    sleep: async ms => {
      waits.push(ms)
    },
  })
  for (let i = 0; i < 3; i++) void throttle(100)
  assert.deepEqual(waits, [100, 200, 300])
})

test('an abort ends the wait at once', async () => {
  const abort = new AbortController()
  const throttle = createThrottle({ bytesPerSecond: 1, burst: 0, signal: abort.signal })
  const wait = throttle(1_000_000)
  abort.abort()
  await wait
  assert.equal(throttle(1_000_000), undefined)
})

for (const bytesPerSecond of [0, -1, Number.NaN]) {
  test(`a rate of ${bytesPerSecond} is refused`, () => {
    assert.throws(() => createThrottle({ bytesPerSecond }), RangeError)
  })
}
