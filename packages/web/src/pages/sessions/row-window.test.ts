import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { rowWindow } from './row-window.ts'

test('few rows are all drawn', () => {
  assert.deepEqual(rowWindow(3, 36, 0, 500), { first: 0, end: 3, above: 0, below: 0 })
  assert.deepEqual(rowWindow(0, 36, 0, 500), { first: 0, end: 0, above: 0, below: 0 })
})

test('wherever one scrolls, what is in view is drawn, the height stays, and only a few rows are drawn', () => {
  fc.assert(
    fc.property(
      fc.nat(5_000),
      fc.integer({ min: -100, max: 300_000 }),
      fc.nat(2_000),
      (total, scrollTop, height) => {
        const { first, end, above, below } = rowWindow(total, 36, scrollTop, height)
        assert.ok(first >= 0 && first <= end && end <= total)
        assert.equal(above + (end - first) * 36 + below, total * 36)
        assert.ok(end - first <= Math.ceil(height / 36) + 1 + 16)
        const visible = Math.floor(Math.max(scrollTop, 0) / 36)
        if (visible < total) assert.ok(first <= visible && visible < end)
        else if (total > 0) assert.equal(end, total)
      },
    ),
  )
})
