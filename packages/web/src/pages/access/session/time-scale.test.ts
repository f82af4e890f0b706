import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { lanesOf, timeScale } from './time-scale.ts'

test('of two equal stretches both are drawn as wide', () => {
  const { place, stretches } = timeScale({ from: 1_000, to: 3_000 }, [2_000])
  assert.deepEqual([1_000, 2_000, 2_500, 3_000].map(place), [0, 0.5, 0.75, 1])
  assert.deepEqual(
    stretches.map(({ ms }) => ms),
    [1_000, 1_000],
  )
})

test('commands of a few milliseconds and a wait of two hours can both be seen', () => {
  const begin = 10_000
  const { place } = timeScale({ from: 0, to: 7_200_000 }, [begin, begin + 4, begin + 8, begin + 12])
  assert.ok(place(begin + 12) - place(begin) > 0.05, String(place(begin + 12) - place(begin)))
  assert.ok(place(7_200_000) - place(begin + 12) > 0.4)
})

test('a session of one moment is drawn at its begin', () => {
  assert.equal(timeScale({ from: 5, to: 5 }, [5]).place(5), 0)
})

const moment = fc.integer({ min: 0, max: 10_000_000 })
const span = fc.tuple(moment, moment).map(([a, b]) => ({ from: Math.min(a, b), to: Math.max(a, b) }))

test('later is never drawn before earlier, and nothing beyond the ends', () => {
  fc.assert(
    fc.property(
      span,
      fc.array(moment, { maxLength: 12 }),
      fc.array(moment, { maxLength: 30 }),
      (whole, busy, moments) => {
        const scale = timeScale(whole, busy)
        const places = moments.toSorted((a, b) => a - b).map(scale.place)
        for (const [index, place] of places.entries()) {
          assert.ok(place >= 0 && place <= 1, String(place))
          assert.ok(place >= (places[index - 1] ?? 0))
        }
        if (whole.to > whole.from) assert.deepEqual([scale.place(whole.from), scale.place(whole.to)], [0, 1])
        for (const { from, to, ms } of scale.stretches) assert.ok(from <= to && ms > 0)
      },
    ),
  )
})

test('spans of one lane do not touch each other, and no lane is made in vain', () => {
  assert.deepEqual(
    lanesOf([
      { from: 0, to: 10 },
      { from: 2, to: 4 },
      { from: 5, to: 8 },
      { from: 11, to: 12 },
    ]),
    [0, 1, 1, 0],
  )
  fc.assert(
    fc.property(fc.array(span, { maxLength: 30 }), spans => {
      const sorted = spans.toSorted((a, b) => a.from - b.from)
      const lanes = lanesOf(sorted)
      const ends = new Map<number, number>()
      for (const [index, { from, to }] of sorted.entries()) {
        const lane = lanes[index] ?? -1
        assert.ok((ends.get(lane) ?? -1) < from)
        ends.set(lane, to)
      }
    }),
  )
})
