import assert from 'node:assert/strict'
import { test } from 'node:test'
import { KNOWN_PROPERTIES } from '@portolan/transfers'
import { PROPERTIES, propertiesFor, valueHint } from './properties.ts'

test('the properties of the form are those that the server knows', () => {
  assert.deepEqual(
    PROPERTIES,
    KNOWN_PROPERTIES.map(({ name, kind, on }) => ({ name, kind, ...(on && { on }) })),
  )
})

test('a trigger offers what its runs have, and a schedule beside it what every run has', () => {
  assert.ok(propertiesFor('arrival', false).includes('file.uploader'))
  assert.ok(!propertiesFor('watch', false).includes('file.uploader'))
  assert.ok(!propertiesFor('arrival', true).includes('file.name'))
  for (const on of ['arrival', 'request', 'run-ended'] as const)
    assert.ok(propertiesFor(on, on === 'request').includes('time.hour'))
})

test('the example of a value fits the property and the comparison', () => {
  assert.equal(valueHint('file.name', 'matches'), '*.csv')
  assert.equal(valueHint('file.size', 'over'), '10MB')
  assert.equal(valueHint('time.weekday', 'within'), 'mon-fri')
  assert.equal(valueHint('of another time', 'equals'), 'orders.csv')
})
