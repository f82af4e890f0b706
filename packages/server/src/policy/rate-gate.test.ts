import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Rates } from '../controller/rates.ts'
import { rateGate } from './rate-gate.ts'
import { testLink } from './test-link.ts'

/** A gate of the real rates, and how often they were asked. */
function open(perSecond: number, signal = new AbortController().signal, rates = new Rates()) {
  const asks: number[] = []
  const link = testLink({
    takeRate: async ask => {
      asks.push(ask.bytes)
      return rates.take(ask)
    },
  })
  return { pass: rateGate(link, { user: 'alice', direction: 'upload', perSecond, signal }), asks }
}

test('bytes pass at the rate, after a burst', async () => {
  const { pass } = open(1_000_000)
  const began = performance.now()
  for (let count = 0; count < 10; count++) await pass(60_000)
  const ms = performance.now() - began
  // 600 ms of bytes, 250 of them at once; timers may fire a moment early.
  assert.ok(ms >= 340, `${ms} ms`)
})

test('small chunks ask rarely: an eighth of a second of bytes at once', async () => {
  const { pass, asks } = open(1_000_000)
  for (let count = 0; count < 500; count++) await pass(1_000)
  assert.deepEqual(asks, [125_000, 125_000, 125_000, 125_000])
})

test('what is in hand passes without a promise', async () => {
  const { pass } = open(1_000_000)
  await pass(1)
  assert.equal(pass(100_000), undefined)
})

test('a chunk of more than the share is asked for whole', async () => {
  const { pass, asks } = open(1_000_000)
  await pass(200_000)
  assert.deepEqual(asks, [200_000])
})

test('two transfers of a user share the rate', async () => {
  const rates = new Rates()
  const [first, second] = [open(1_000_000, undefined, rates), open(1_000_000, undefined, rates)]
  const began = performance.now()
  await Promise.all(
    [first, second].map(async ({ pass }) => {
      for (let count = 0; count < 5; count++) await pass(60_000)
    }),
  )
  assert.ok(performance.now() - began >= 340)
})

test('the end of the transfer ends the wait at once', async () => {
  const abort = new AbortController()
  const { pass } = open(1_000, abort.signal)
  const began = performance.now()
  const passing = pass(60_000)
  await new Promise(resolve => setImmediate(resolve))
  abort.abort()
  await passing
  assert.ok(performance.now() - began < 10_000)
})

test('a wait that begins after the end of the transfer does not last', async () => {
  const { pass } = open(1_000, AbortSignal.abort())
  const began = performance.now()
  await pass(8_000)
  const ms = performance.now() - began
  assert.ok(ms < 5_000, `${ms} ms`)
})
