import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { lanesOf, timeScale } from './time-scale.ts'

test('what happened without long pauses is drawn as it was', () => {
  const { place, pauses } = timeScale({ from: 1_000, to: 5_000 }, [{ from: 1_000, to: 5_000 }])
  assert.deepEqual([1_000, 2_000, 5_000].map(place), [0, 0.25, 1])
  assert.deepEqual(pauses, [])
})

test('a pause of two hours leaves room for the seconds in which something happened', () => {
  const hours = 7_200_000
  const { place, pauses } = timeScale({ from: 0, to: hours + 8_000 }, [
    { from: 0, to: 4_000 },
    { from: hours + 4_000, to: hours + 8_000 },
  ])
  assert.ok(place(4_000) > 0.35, String(place(4_000)))
  assert.deepEqual(
    pauses.map(({ ms }) => ms),
    [hours],
  )
  assert.equal(place(4_000), pauses[0]?.from)
})

test('a session of one moment is drawn at its begin', () => {
  assert.equal(timeScale({ from: 5, to: 5 }, []).place(5), 0)
})

const moment = fc.integer({ min: 0, max: 10_000_000 })
const span = fc.tuple(moment, moment).map(([a, b]) => ({ from: Math.min(a, b), to: Math.max(a, b) }))

test('later is never drawn before earlier, and nothing beyond the ends', () => {
  fc.assert(
    fc.property(
      span,
      fc.array(span, { maxLength: 12 }),
      fc.array(moment, { maxLength: 30 }),
      (whole, busy, moments) => {
        const scale = timeScale(whole, busy)
        const places = moments.toSorted((a, b) => a - b).map(scale.place)
        for (const [index, place] of places.entries()) {
          assert.ok(place >= 0 && place <= 1, String(place))
          assert.ok(place >= (places[index - 1] ?? 0))
        }
        if (whole.to > whole.from) assert.deepEqual([scale.place(whole.from), scale.place(whole.to)], [0, 1])
        for (const { from, to, ms } of scale.pauses) assert.ok(from < to && ms > 2_000)
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
