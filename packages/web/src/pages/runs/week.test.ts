import assert from 'node:assert/strict'
import { test } from 'node:test'
import { clockText, dayStart, entryText, weekOf } from './week.ts'

const noon = new Date(2026, 9, 23, 12).getTime()
const on = (days: number, hour: number, minute = 0) => new Date(2026, 9, 23 + days, hour, minute).getTime()

test('a week has seven days that follow on one another without a gap, whatever the clocks do', () => {
  const days = weekOf([], noon)
  assert.equal(days.length, 7)
  for (const [place, day] of days.entries()) {
    assert.equal(day.start, dayStart(noon, place))
    assert.equal(new Date(day.start).getHours(), 0)
    assert.equal(day.end, days[place + 1]?.start ?? dayStart(noon, 7))
  }
})

test('runs stand on their day, those of one transfer together, in the order of the first', () => {
  const items = [
    { transfer: 'b', at: on(1, 9) },
    { transfer: 'a', at: on(1, 8) },
    { transfer: 'b', at: on(1, 7) },
    { transfer: 'c', at: on(0, 0) },
    { transfer: 'late', at: on(7, 0) },
    { transfer: 'early', at: on(0, 0) - 1 },
  ]
  const [first, second, ...rest] = weekOf(items, noon)
  assert.deepEqual(first?.entries, [{ transfer: 'c', first: on(0, 0), last: on(0, 0), count: 1 }])
  assert.deepEqual(second?.entries, [
    { transfer: 'b', first: on(1, 7), last: on(1, 9), count: 2 },
    { transfer: 'a', first: on(1, 8), last: on(1, 8), count: 1 },
  ])
  assert.ok(rest.every(({ entries }) => entries.length === 0))
})

test('times of a day are read by the clock', () => {
  assert.equal(clockText(on(0, 6, 30)), '06:30')
  assert.equal(clockText(on(0, 6, 30) + 7000), '06:30:07')
  assert.equal(entryText({ transfer: 'a', first: on(0, 6), last: on(0, 6), count: 1 }), '06:00')
  assert.equal(
    entryText({ transfer: 'a', first: on(0, 0), last: on(0, 23, 45), count: 1096 }),
    '00:00 to 23:45, 1,096 runs',
  )
})
