import assert from 'node:assert/strict'
import { test } from 'node:test'
import { endAndDeliver } from './delivery.ts'
import type { SendState } from './tcp-state.ts'
import { loopback } from './testing.ts'

const ENDS = { local: { address: '127.0.0.1', port: 1 }, remote: { address: '127.0.0.1', port: 2 } }

/** Asks the kernel in the test's place. */
function states(...answers: readonly (SendState | undefined)[]) {
  const asked: number[] = []
  return {
    asked,
    sendState: async () => {
      asked.push(performance.now())
      return answers[Math.min(asked.length, answers.length) - 1]
    },
  }
}

const outstanding = (bytes: number): SendState => ({ kind: 'outstanding', bytes })

test('a peer that closes has everything, and the kernel is not asked', async () => {
  await using pair = await loopback()
  pair.client.on('end', () => pair.client.end()).resume()
  pair.server.resume()
  const { sendState, asked } = states()
  assert.equal(await endAndDeliver(pair.server, { ...ENDS, stallMs: 1000, sendState }), 'delivered')
  assert.equal(asked.length, 0)
})

for (const state of [{ kind: 'acknowledged' }, { kind: 'gone' }] as const) {
  test(`a peer that stays has everything once the kernel says ${state.kind}`, async () => {
    await using pair = await loopback()
    pair.server.resume()
    const { sendState, asked } = states(outstanding(100), state)
    assert.equal(await endAndDeliver(pair.server, { ...ENDS, stallMs: 5000, sendState }), 'delivered')
    assert.equal(asked.length, 2)
  })
}

test('a peer that acknowledges nothing is late after the stall time', async () => {
  await using pair = await loopback()
  pair.server.resume()
  const { sendState } = states(outstanding(100))
  assert.equal(await endAndDeliver(pair.server, { ...ENDS, stallMs: 50, sendState }), 'late')
})

test('a peer that ended its half first is judged by the kernel alone, at once', async () => {
  await using pair = await loopback()
  pair.client.end()
  await new Promise(resolve => pair.server.once('end', resolve).resume())
  const { sendState, asked } = states({ kind: 'acknowledged' })
  assert.equal(await endAndDeliver(pair.server, { ...ENDS, stallMs: 1000, sendState }), 'delivered')
  assert.equal(asked.length, 1)
})

test('where the kernel does not tell, the peer has a moment to close', async () => {
  await using pair = await loopback()
  pair.server.resume()
  setTimeout(() => pair.client.end(), 300)
  const { sendState } = states(undefined)
  const started = performance.now()
  assert.equal(await endAndDeliver(pair.server, { ...ENDS, stallMs: 1000, sendState }), 'delivered')
  assert.ok(performance.now() - started < 1900, 'the wait ends with the peer, not with the clock')
})
