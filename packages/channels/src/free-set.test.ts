import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { FreeSet } from './free-set.ts'

/** A reproducible source of numbers for fast-check: takes them from a list. */
function fromList(numbers: readonly number[]): (below: number) => number {
  let at = 0
  return below => (numbers[at++ % numbers.length] ?? 0) % below
}

test('whatever is taken and given, the set agrees with a plain set', () => {
  const step = fc.oneof(
    fc.record({ do: fc.constant('any' as const), n: fc.nat(50) }),
    fc.record({ do: fc.constant('take' as const), n: fc.nat(50) }),
    fc.record({ do: fc.constant('give' as const), n: fc.nat(50) }),
  )
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 20 }), fc.array(step, { maxLength: 200 }), (size, steps) => {
      const set = new FreeSet(size)
      const free = new Set(Array.from({ length: size }, (_, i) => i))
      for (const { do: what, n } of steps) {
        const number = n % size
        if (what === 'any') {
          const taken = set.takeAny(fromList([n]))
          assert.equal(taken === undefined, free.size === 0)
          if (taken !== undefined) assert.ok(free.delete(taken), `${taken} was not free`)
        } else if (what === 'take') {
          assert.equal(set.take(number), free.delete(number))
        } else {
          assert.equal(set.give(number), !free.has(number))
          free.add(number)
        }
        assert.equal(set.free, free.size)
        assert.equal(set.taken, size - free.size)
        for (let i = 0; i < size; i++) assert.equal(set.has(i), free.has(i))
      }
    }),
  )
})

test('each free number is as likely as any other', () => {
  const size = 5
  const counts = new Map<number, number>()
  // Every draw of takeAny once: exact, not statistical.
  for (let draw = 0; draw < size - 2; draw++) {
    const set = new FreeSet(size)
    set.take(1)
    set.take(3)
    const taken = set.takeAny(() => draw) ?? -1
    counts.set(taken, (counts.get(taken) ?? 0) + 1)
  }
  assert.deepEqual(
    [...counts].sort(([a], [b]) => a - b),
    [
      [0, 1],
      [2, 1],
      [4, 1],
    ],
  )
})

test('one draw is enough even when one number of ten thousand is left', () => {
  const set = new FreeSet(10_000)
  for (let i = 0; i < 10_000; i++) if (i !== 7777) set.take(i)
  let draws = 0
  const taken = set.takeAny(() => {
    draws++
    return 0
  })
  assert.deepEqual([taken, draws], [7777, 1])
})
