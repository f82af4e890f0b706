import assert from 'node:assert/strict'
import { EventEmitter } from 'node:events'
import { test } from 'node:test'
import { listenForInterrupt } from './interrupt.ts'

function setUp() {
  const source = new EventEmitter()
  const exits: number[] = []
  const clock = { ms: 0 }
  const interrupt = listenForInterrupt({ source, now: () => clock.ms, exit: code => exits.push(code) })
  return { source, exits, clock, interrupt }
}

for (const [name, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const) {
  test(`the first ${name} asks to stop, the second ends with ${code}`, () => {
    const { source, exits, clock, interrupt } = setUp()
    assert.equal(interrupt.exitCode, undefined)
    source.emit(name)
    assert.ok(interrupt.signal.aborted)
    assert.equal(interrupt.exitCode, code)
    assert.deepEqual(exits, [])
    clock.ms = 1_000
    source.emit(name)
    assert.deepEqual(exits, [code])
  })
}

test('one Ctrl-C that comes by terminal and by npm is one', () => {
  const { source, exits, clock } = setUp()
  source.emit('SIGINT')
  clock.ms = 50
  source.emit('SIGINT')
  assert.deepEqual(exits, [])
})

test('after it is disposed nothing is listened to', () => {
  const { source, interrupt } = setUp()
  interrupt[Symbol.dispose]()
  assert.equal(source.listenerCount('SIGINT') + source.listenerCount('SIGTERM'), 0)
})
