import assert from 'node:assert/strict'
import { EventEmitter } from 'node:events'
import { test } from 'node:test'
import { listenToSignals } from './signals.ts'

function listen() {
  const source = new EventEmitter()
  const state = { now: 1_000, cuts: 0 }
  const cut = () => {
    state.cuts += 1
  }
  const signals = listenToSignals({ cut, source, now: () => state.now })
  return { source, state, signals }
}

test('the first signal stops; the same Ctrl-C from elsewhere does not cut, a later one does', async () => {
  const { source, state, signals } = listen()
  source.emit('SIGINT', 'SIGINT')
  state.now += 100
  source.emit('SIGTERM', 'SIGTERM')
  assert.equal(await signals.stop, 'SIGINT')
  assert.equal(state.cuts, 0)
  state.now += 5_000
  source.emit('SIGINT', 'SIGINT')
  assert.equal(state.cuts, 1)
})

test('a signal that comes before anybody waits for it is not lost', async () => {
  const { source, signals } = listen()
  source.emit('SIGTERM', 'SIGTERM')
  assert.equal(await signals.stop, 'SIGTERM')
})

test('SIGHUP does nothing until somebody wants it, and calls him each time afterwards', () => {
  const { source, signals } = listen()
  let heard = 0
  assert.ok(source.emit('SIGHUP', 'SIGHUP'))
  signals.onHangup(() => {
    heard += 1
  })
  source.emit('SIGHUP', 'SIGHUP')
  source.emit('SIGHUP', 'SIGHUP')
  assert.equal(heard, 2)
})

test('afterwards the signals are left to others', () => {
  const { source, signals } = listen()
  signals[Symbol.dispose]()
  assert.deepEqual(
    ['SIGTERM', 'SIGINT', 'SIGHUP'].map(signal => source.emit(signal, signal)),
    [false, false, false],
  )
})
