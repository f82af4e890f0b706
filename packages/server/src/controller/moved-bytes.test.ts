import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { MovedBytesSum } from './moved-bytes.ts'

test('what workers tell is added up, the last word of each counts', () => {
  const sum = new MovedBytesSum()
  sum.note(1, { sent: 10, received: 1 })
  sum.note(2, { sent: 5, received: 0 })
  sum.note(1, { sent: 12, received: 1 })
  assert.deepEqual(sum.total, { sent: 17, received: 1 })
})

test('what a worker told before it died stays counted, and one in its place begins at nothing', () => {
  const sum = new MovedBytesSum()
  sum.note(1, { sent: 100, received: 50 })
  sum.lose(1)
  sum.lose(1)
  assert.deepEqual(sum.total, { sent: 100, received: 50 })
  sum.note(1, { sent: 3, received: 0 })
  assert.deepEqual(sum.total, { sent: 103, received: 50 })
})

test('the sum never goes back, whichever workers die', () => {
  const step = fc.record({ worker: fc.integer({ min: 1, max: 3 }), more: fc.nat(1_000), dies: fc.boolean() })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), steps => {
      const sum = new MovedBytesSum()
      const counts = new Map<number, number>()
      let before = 0
      for (const { worker, more, dies } of steps) {
        if (dies) {
          sum.lose(worker)
          counts.delete(worker)
        }
        counts.set(worker, (counts.get(worker) ?? 0) + more)
        sum.note(worker, { sent: counts.get(worker) ?? 0, received: 0 })
        assert.ok(sum.total.sent >= before)
        assert.equal(sum.total.sent - before, more)
        before = sum.total.sent
      }
    }),
  )
})
