import assert from 'node:assert/strict'
import { EventEmitter } from 'node:events'
import { test } from 'node:test'
import { onStopSignals } from './stop-signals.ts'

test('the first signal stops; the same Ctrl-C from elsewhere does not cut, a later one does', () => {
  const heard: string[] = []
  const source = new EventEmitter()
  let now = 1_000
  using _signals = onStopSignals(
    signal => heard.push(`stop ${signal}`),
    () => heard.push('cut'),
    { source, now: () => now },
  )
  source.emit('SIGINT', 'SIGINT')
  now += 100
  source.emit('SIGTERM', 'SIGTERM')
  assert.deepEqual(heard, ['stop SIGINT'])
  now += 5_000
  source.emit('SIGINT', 'SIGINT')
  assert.deepEqual(heard, ['stop SIGINT', 'cut'])
})

test('afterwards the signals are left to others', () => {
  const source = new EventEmitter()
  onStopSignals(assert.fail, assert.fail, { source })[Symbol.dispose]()
  assert.deepEqual([source.emit('SIGTERM', 'SIGTERM'), source.emit('SIGINT', 'SIGINT')], [false, false])
})
