import assert from 'node:assert/strict'
import { test } from 'node:test'
import { onStopSignals } from './stop-signals.ts'

test('the first signal stops; the same Ctrl-C from elsewhere does not cut, a later one does', () => {
  const heard: string[] = []
  let now = 1_000
  using _signals = onStopSignals(
    signal => heard.push(`stop ${signal}`),
    () => heard.push('cut'),
    () => now,
  )
  process.emit('SIGINT', 'SIGINT')
  now += 100
  process.emit('SIGTERM', 'SIGTERM')
  assert.deepEqual(heard, ['stop SIGINT'])
  now += 5_000
  process.emit('SIGINT', 'SIGINT')
  assert.deepEqual(heard, ['stop SIGINT', 'cut'])
})

test('afterwards the process ends by signals as before', () => {
  const before = process.listenerCount('SIGTERM')
  onStopSignals(
    () => {},
    () => {},
  )[Symbol.dispose]()
  assert.equal(process.listenerCount('SIGTERM'), before)
})
