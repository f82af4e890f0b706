import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Condition } from '../model/index.ts'
import { matchesConditions } from './match.ts'

type Row = readonly [property: string, is: Condition['is'], value: string, isTrue: boolean]

const PROPERTIES = {
  'file.name': 'inv-7.xml',
  'file.size': 10_000_000,
  'file.user': 'alice',
  'time.hour': 23,
  'time.clock': '23:30',
  'time.weekday': 'sun',
  'time.date': '2026-12-24',
  count: '08',
}

const ROWS: readonly Row[] = [
  ['file.user', 'equals', 'alice', true],
  ['file.user', 'equals', 'Alice', false],
  ['file.user', 'not', 'bob', true],
  ['file.size', 'equals', '10MB', true],
  ['count', 'equals', '8', true],
  ['time.weekday', 'equals', 'Sunday', true],
  ['file.name', 'matches', 'inv-?.xml', true],
  ['file.name', 'matches', '*.csv,*.xml', true],
  ['file.name', 'matches', '/^inv-\\d+\\.XML$/i', true],
  ['file.name', 'matches', '/^\\d/', false],
  ['file.name', 'matches', '/(/', false],
  ['file.size', 'over', '9.9MB', true],
  ['file.size', 'over', '10000000', false],
  ['file.size', 'under', '10MiB', true],
  ['file.size', 'under', 'much', false],
  ['file.user', 'over', '1', false],
  ['time.clock', 'over', '08:30', true],
  ['time.date', 'under', '2027-01-01', true],
  ['file.user', 'within', 'bob, alice', true],
  ['file.user', 'within', 'bob,carol', false],
  ['file.name', 'within', 'inv-7.xml', true],
  ['file.size', 'within', '1MB-20MB', true],
  ['file.size', 'within', '1-5, 10000000', true],
  ['time.hour', 'within', '8-17', false],
  ['time.hour', 'within', '8-23', true],
  ['time.hour', 'within', '22-6', true],
  ['time.hour', 'within', '0-6,20-22', false],
  ['time.clock', 'within', '22:00-06:00', true],
  ['time.clock', 'within', '08:00-17:30', false],
  ['time.weekday', 'within', 'mon-fri', false],
  ['time.weekday', 'within', 'fri-mon', true],
  ['time.weekday', 'within', 'Saturday,Sunday', true],
  ['time.date', 'within', '2026-12-24-2026-12-26', true],
  ['time.date', 'within', '2026-12-25-2026-12-26', false],
  ['time.date', 'within', '2026-12-24', true],
]

for (const [property, is, value, isTrue] of ROWS) {
  test(`a condition ${isTrue ? 'holds' : 'does not hold'}: ${property} ${is} ${value}`, () => {
    const { value: matched, because } = matchesConditions([{ property, is, value }], PROPERTIES)
    assert.equal(matched, isTrue)
    assert.equal(because.code, isTrue ? 'conditions-hold' : 'condition-fails')
    assert.ok(because.text.includes(property) && because.text.includes(value), because.text)
  })
}

test('what is not there makes every condition false, with the reason', () => {
  for (const is of ['equals', 'not', 'matches', 'over', 'under', 'within'] as const) {
    for (const property of ['file.nothing', 'toString', '__proto__']) {
      const { value, because } = matchesConditions([{ property, is, value: '1' }], PROPERTIES)
      assert.equal(value, false)
      assert.equal(because.code, 'unknown-property')
    }
  }
})

test('all have to hold, the first that does not is the reason, and none hold', () => {
  const holds = { property: 'file.user', is: 'equals', value: 'alice' } as const
  const fails = { property: 'time.hour', is: 'under', value: '8' } as const
  const { value, because } = matchesConditions([holds, fails, holds], PROPERTIES)
  assert.equal(value, false)
  assert.equal(because.text, 'time.hour is 23, and the condition is that it is under 8.')
  assert.equal(matchesConditions([], {}).because.code, 'no-conditions')
})

test('equals and not never agree, and over and under never both hold', () => {
  const text = fc.oneof(
    fc.string(),
    fc.integer().map(String),
    fc.constantFrom('mon', '08:30', '1MB', '2026-12-24'),
  )
  fc.assert(
    fc.property(fc.oneof(text, fc.integer()), text, (given, value) => {
      const ask = (is: Condition['is']) =>
        matchesConditions([{ property: 'p', is, value }], { p: given }).value
      assert.notEqual(ask('equals'), ask('not'))
      assert.ok(!(ask('over') && ask('under')))
    }),
  )
})
