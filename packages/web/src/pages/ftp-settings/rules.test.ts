import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AddressRule } from '@portolan/console/contract'
import { acted, type RuleRow, rowsOf, rulesIn, tidy } from './rules.ts'

const rule = (address: string, more: Partial<AddressRule> = {}): AddressRule => ({
  enabled: true,
  userClass: '*',
  address,
  ...more,
})
const rows: RuleRow[] = ['a', 'b', 'c'].map(key => ({ key, rule: rule(key) }))
const keys = (list: readonly RuleRow[]) => list.map(({ key }) => key).join('')

test('an action is for the ticked rules alone', () => {
  const ticked = new Set(['a', 'c'])
  assert.deepEqual(
    acted(rows, ticked, 'disable').map(row => row.rule.enabled),
    [false, true, false],
  )
  assert.equal(keys(acted(rows, ticked, 'delete')), 'b')
})

test('rules that come again keep their row, even when there are two alike', () => {
  let made = 0
  const newKey = () => `new${made++}`
  const again = rowsOf([rule('c'), rule('x'), rule('a'), rule('a')], rows, newKey)
  assert.deepEqual(
    again.map(({ key }) => key),
    ['c', 'new0', 'a', 'new1'],
  )
})

test('a rule is saved without what was left empty', () => {
  assert.deepEqual(tidy(rule(' local ', { name: ' ', userClass: '', clients: '10.0.0.0/8 ' })), {
    enabled: true,
    userClass: '*',
    clients: '10.0.0.0/8',
    address: 'local',
  })
})

test('rules are read from settings however the file wrote them', () => {
  assert.deepEqual(rulesIn([{ address: 'local', clients: ['10.0.0.1', '10.0.0.2'] }, 'not a rule', null]), [
    rule('local', { clients: '10.0.0.1, 10.0.0.2' }),
  ])
  assert.deepEqual(rulesIn(undefined), [])
})
