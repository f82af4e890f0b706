import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Pace, TimeSlice } from './pace.ts'

function paced({ allowed = true } = {}) {
  const clock = { ms: 1_000 }
  const pace = new Pace(allowed, () => clock.ms)
  const call = (ms: number) => pace.run(() => (clock.ms += ms))
  return { clock, pace, call }
}

test('quick calls stay on the event loop', () => {
  const { pace, call } = paced()
  for (let i = 0; i < 1_000; i++) call(0.01)
  assert.ok(pace.quick)
})

test('where calls may wait for another machine, none is made on the event loop', () => {
  assert.ok(!paced({ allowed: false }).pace.quick)
})

test('a rare slow call is taken for a busy processor', () => {
  const { pace, call } = paced()
  for (let i = 0; i < 20; i++) {
    call(5)
    for (let j = 0; j < 64; j++) call(0.01)
  }
  assert.ok(pace.quick)
})

test('three slow calls in a short time, or a very slow one, are taken for a slow disk', () => {
  const three = paced()
  three.call(5)
  three.call(5)
  assert.ok(three.pace.quick)
  three.call(5)
  assert.ok(!three.pace.quick)
  const one = paced()
  one.call(20)
  assert.ok(!one.pace.quick)
})

test('after a pause calls are tried again, and a slow one makes the next pause longer', () => {
  const { clock, pace, call } = paced()
  call(20)
  clock.ms += 1_000
  assert.ok(pace.quick)
  call(5)
  assert.ok(!pace.quick)
  clock.ms += 1_000
  assert.ok(!pace.quick)
  clock.ms += 1_000
  assert.ok(pace.quick)
})

test('pauses grow to a minute and shrink again once the disk is quick', () => {
  const { clock, pace, call } = paced()
  for (let i = 0; i < 10; i++) {
    call(20)
    clock.ms += 60_000
    assert.ok(pace.quick)
  }
  for (let i = 0; i < 200; i++) call(0.01)
  call(20)
  clock.ms += 1_000
  assert.ok(pace.quick)
})

test('a call that fails is judged as well, and its error comes through', () => {
  const { clock, pace } = paced()
  const error = new Error('no')
  assert.throws(
    () =>
      pace.run(() => {
        clock.ms += 20
        throw error
      }),
    error,
  )
  assert.ok(!pace.quick)
})

test('a slice is over after its share and begins anew with a turn of the event loop', async () => {
  const clock = { ms: 0 }
  const slice = new TimeSlice(4, () => clock.ms)
  assert.ok(!slice.overAt(4))
  clock.ms = 5
  assert.ok(slice.overAt(5))
  let turned = false
  setImmediate(() => {
    turned = true
  })
  await slice.turn()
  assert.ok(turned)
  assert.ok(!slice.overAt(9))
})
