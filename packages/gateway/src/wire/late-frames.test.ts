import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LateFrames } from './late-frames.ts'

test('of a stream that was broken as much may come as there was credit for, and no more', () => {
  const late = new LateFrames()
  late.expect(5, 100, 1)
  assert.ok(late.takeData(5, 60))
  assert.ok(!late.takeData(5, 41))
  assert.ok(late.takeData(5, 40))
  assert.ok(!late.takeData(5, 1))
})

test('of a stream that nobody broke nothing may come', () => {
  const late = new LateFrames()
  assert.ok(!late.takeData(5, 1))
  assert.ok(!late.takeFrame(5))
})

test('other frames are bounded, too', () => {
  const late = new LateFrames()
  late.expect(5, 100, 1)
  let taken = 0
  while (late.takeFrame(5)) taken += 1
  assert.equal(taken, 1_024)
})

test('nothing comes late after the answer to a PING that was sent later', () => {
  const late = new LateFrames()
  late.expect(5, 100, 1)
  late.expect(7, 100, 2)
  late.answered(0)
  assert.equal(late.size, 2)
  late.answered(1)
  assert.ok(!late.takeFrame(5))
  assert.ok(late.takeFrame(7))
  late.answered(2)
  assert.equal(late.size, 0)
})

test('no more streams are remembered than its bound', () => {
  const late = new LateFrames()
  for (let id = 1; id <= 70_000; id++) late.expect(id, 1, 1)
  assert.equal(late.size, 65_536)
  assert.ok(!late.takeFrame(1))
  assert.ok(late.takeFrame(70_000))
})
