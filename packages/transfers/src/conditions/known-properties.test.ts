import assert from 'node:assert/strict'
import { test } from 'node:test'
import { KNOWN_PROPERTIES, timeProperties } from './known-properties.ts'

test('the properties of a time are those of its zone, and all of them are known', () => {
  const properties = timeProperties(Date.parse('2026-12-31T23:05:00Z'), 'Europe/Berlin')
  assert.deepEqual(properties, {
    'time.hour': 0,
    'time.minute': 5,
    'time.clock': '00:05',
    'time.weekday': 'fri',
    'time.date': '2027-01-01',
    'time.day': 1,
    'time.month': 1,
  })
  const known = KNOWN_PROPERTIES.map(({ name }) => name)
  assert.deepEqual(
    known.filter(name => name.startsWith('time.')),
    Object.keys(properties),
  )
  assert.equal(new Set(known).size, known.length)
})
