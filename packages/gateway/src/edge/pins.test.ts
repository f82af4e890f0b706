import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createPinTable, pinKey, publicationPinKey } from './pins.ts'

const KEY = pinKey('anna', 'laptop', '10.0.0.9')
const clock = () => {
  let now = 1_000
  return { now: () => now, pass: (ms: number) => (now += ms) }
}

test('a pin holds while a stream is open, and ten seconds more', () => {
  const { now, pass } = clock()
  const pins = createPinTable(now)
  const pin = pins.join(KEY)
  pins.opened(pin, 'con-1')
  pass(3_600_000)
  assert.equal(pins.find(KEY)?.connector, 'con-1')
  pins.closed(pin)
  pass(9_999)
  assert.equal(pins.find(KEY)?.connector, 'con-1')
  pass(1)
  assert.equal(pins.find(KEY), undefined)
})

test('a stream that comes within the linger takes the pin up again', () => {
  const { now, pass } = clock()
  const pins = createPinTable(now)
  const first = pins.join(KEY)
  pins.opened(first, 'con-1')
  pins.closed(first)
  pass(9_000)
  const second = pins.join(KEY)
  assert.equal(second, first)
  pins.opened(second, 'con-1')
  pass(60_000)
  pins.sweep()
  assert.equal(pins.find(KEY), second)
})

test('a stream that was never opened leaves no pin', () => {
  const pins = createPinTable(clock().now)
  pins.failed(pins.join(KEY))
  assert.equal(pins.size, 0)
})

test('the streams of a pin that was renewed keep theirs, and others get the new one', () => {
  const { now, pass } = clock()
  const pins = createPinTable(now)
  const old = pins.join(KEY)
  pins.opened(old, 'con-1')
  const renewed = pins.renew(pins.join(KEY))
  pins.opened(renewed, 'con-2')
  assert.equal(pins.find(KEY)?.connector, 'con-2')
  assert.equal(old.connector, 'con-1')
  pins.closed(old)
  pass(60_000)
  pins.sweep()
  assert.equal(pins.find(KEY)?.connector, 'con-2')
})

test('what is swept is what nobody holds', () => {
  const { now, pass } = clock()
  const pins = createPinTable(now)
  for (let index = 0; index < 100; index++) {
    const pin = pins.join(pinKey('anna', 'laptop', `10.0.0.${index}`))
    pins.opened(pin, 'con-1')
    if (index % 2 === 0) pins.closed(pin)
  }
  pass(10_000)
  pins.sweep()
  assert.equal(pins.size, 50)
})

test('names that are put together otherwise are other pins', () => {
  assert.notEqual(pinKey('a","b', 'c', 'd'), pinKey('a', 'b","c', 'd'))
  assert.notEqual(pinKey('', '', 'web'), publicationPinKey('web', ''))
})
