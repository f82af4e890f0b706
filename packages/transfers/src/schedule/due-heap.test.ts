import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { DueHeap } from './due-heap.ts'

test('what is due is taken in the order of its time, and nothing before its time', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 50 })),
      fc.integer({ min: 0, max: 50 }),
      (times, until) => {
        const heap = new DueHeap<number>()
        for (const time of times) heap.push({ at: time, what: time })
        const taken: number[] = []
        for (let due = heap.take(until); due; due = heap.take(until)) taken.push(due.what)
        const sorted = times.toSorted((a, b) => a - b)
        assert.deepEqual(
          taken,
          sorted.filter(time => time <= until),
        )
        assert.equal(
          heap.next?.at,
          sorted.find(time => time > until),
        )
      },
    ),
  )
})
