import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { buffer } from 'node:stream/consumers'
import { test } from 'node:test'
import { duplexOf, StreamBroken } from './duplex.ts'
import { linkPair, Notebook } from './testing-links.ts'
import type { Json } from './types.ts'

test('a stream is read and written as Node does, to its ends', async () => {
  await using pair = await linkPair()
  const { agent, edge } = await pair.stream()
  const [left, right] = [duplexOf(agent), duplexOf(edge)]
  const bytes = randomBytes(3_000_000)
  left.end(bytes)
  const got = await buffer(right.iterator({ destroyOnReturn: false }))
  assert.ok(got.equals(bytes))
  right.end('thanks')
  assert.equal((await buffer(left)).toString(), 'thanks')
  await pair.agent.ping(AbortSignal.timeout(5_000))
  assert.deepEqual([pair.agent.streams, pair.edge.streams], [0, 0])
})

test('a reader that stops holds the sender up at the window', async () => {
  await using pair = await linkPair()
  const { agent, edge } = await pair.stream()
  const [left, right] = [duplexOf(agent), duplexOf(edge)]
  // The end of the test breaks them off.
  for (const one of [left, right]) one.on('error', () => {})
  assert.equal(left.write(Buffer.alloc(5_000_000)), false)
  await once(right, 'readable')
  await pair.agent.ping(AbortSignal.timeout(5_000))
  await pair.agent.ping(AbortSignal.timeout(5_000))
  assert.ok(edge.received <= 600_000, `${edge.received} bytes came`)
  const drained = once(left, 'drain')
  right.resume()
  await drained
})

test('a reset is an error with its status, and destroying it is a reset', async () => {
  await using pair = await linkPair()
  const one = await pair.stream()
  const left = duplexOf(one.agent)
  const failed = once(left, 'error')
  new Notebook(one.edge)
  one.edge.reset({ code: 'EDG_KICKED', text: 'out' })
  const [error] = await failed
  assert.ok(error instanceof StreamBroken)
  assert.equal(error.status.code, 'EDG_KICKED')

  const two = await pair.stream()
  const other = new Notebook(two.edge)
  duplexOf(two.agent, { destroyed: { code: 'CON_FTP_PROTOCOL', text: 'no' } }).destroy()
  assert.equal(await other.happened.take(), 'reset CON_FTP_PROTOCOL')
})

test('notes are heard', async () => {
  await using pair = await linkPair()
  const { agent, edge } = await pair.stream()
  const noted = new Promise<Json>(resolve => duplexOf(edge, { onNote: resolve }).on('error', () => {}))
  agent.note({ a: 1 })
  assert.deepEqual(await noted, { a: 1 })
})
