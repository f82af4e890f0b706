import assert from 'node:assert/strict'
import { test } from 'node:test'
import { zonedTimeText } from './zoned-time.ts'

const at = Date.UTC(2026, 6, 1, 22, 30)

test('a moment is told by the clock of its zone, with what the zone is off by then', () => {
  assert.equal(zonedTimeText(at, 'UTC'), 'Wed 2026-07-01 22:30 UTC')
  assert.match(zonedTimeText(at, 'Europe/Berlin'), /^Thu 2026-07-02 00:30 (CEST|GMT\+2)$/)
  assert.match(zonedTimeText(Date.UTC(2026, 11, 1, 5, 30), 'Europe/Berlin'), /06:30 (CET|GMT\+1)$/)
})

test('seconds are told when there are some', () => {
  assert.equal(zonedTimeText(at + 7000, 'UTC'), 'Wed 2026-07-01 22:30:07 UTC')
})

test('a zone that does not exist is told in UTC', () => {
  assert.equal(zonedTimeText(at, 'Europe/Berlni'), 'Wed 2026-07-01 22:30 UTC')
})
