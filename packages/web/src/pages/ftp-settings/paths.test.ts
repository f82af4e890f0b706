import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { formatPath, isWithin, nearest, parsePath, valueAt } from './paths.ts'

test('a path is written as the settings file writes it', () => {
  for (const [parts, text] of [
    [['passive', 'basePort'], 'passive.basePort'],
    [['listeners', 0, 'port'], 'listeners[0].port'],
    [['messages', 'replies', 'file.denied'], 'messages.replies["file.denied"]'],
    [[], ''],
  ] as const) {
    assert.equal(formatPath(parts), text)
    assert.deepEqual(parsePath(text), parts)
  }
})

test('every path can be read back', () => {
  const part = fc.oneof(fc.string({ minLength: 1 }), fc.nat(10_000))
  fc.assert(
    fc.property(fc.array(part), parts => {
      assert.deepEqual(parsePath(formatPath(parts)), parts)
    }),
  )
})

test('a path is within itself and what is above it, and not within what only begins alike', () => {
  assert.equal(isWithin('passive', 'passive'), true)
  assert.equal(isWithin('passive.basePort', 'passive'), true)
  assert.equal(isWithin('listeners[0].port', 'listeners'), true)
  assert.equal(isWithin('passiveness', 'passive'), false)
  assert.equal(isWithin('passive', 'passive.basePort'), false)
})

test('the nearest path above tells', () => {
  const told = { passive: 'file', 'passive.basePort': 'store', 'messages.replies["file.denied"]': 'flag' }
  assert.equal(nearest(told, 'passive.basePort'), 'store')
  assert.equal(nearest(told, 'passive.addressRules[0].address'), 'file')
  assert.equal(nearest(told, 'messages.replies["file.denied"]'), 'flag')
  assert.equal(nearest(told, 'limits.sessions'), undefined)
})

test('a path that runs into the prototype finds nothing', () => {
  assert.equal(valueAt({ a: {} }, ['a', 'constructor', 'name']), undefined)
  assert.equal(nearest({}, 'toString'), undefined)
})
