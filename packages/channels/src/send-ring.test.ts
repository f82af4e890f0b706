import assert from 'node:assert/strict'
import type { Socket } from 'node:net'
import { test } from 'node:test'
import { BufferPool, LARGE_BUFFER, SMALL_BUFFER } from './buffer-pool.ts'
import { SendRing } from './send-ring.ts'
import { loopback } from './testing.ts'

function ringOn(stream: Socket, pool: BufferPool) {
  let written = 0
  const ring = new SendRing(stream, pool, {
    written: bytes => {
      written += bytes
    },
    error: error => assert.fail(error),
  })
  return { ring, written: () => written }
}

test('a small file needs one buffer, which the next one gets', async () => {
  const pool = new BufferPool()
  for (let i = 0; i < 5; i++) {
    await using pair = await loopback()
    const { ring, written } = ringOn(pair.server, pool)
    ring.buffer.fill(i, 0, 10_000)
    ring.send(10_000)
    assert.equal(ring.busy, undefined, 'the kernel has it')
    assert.ok(ring.buffer)
    await ring.flushed()
    await new Promise(resolve => setImmediate(resolve))
    assert.equal(written(), 10_000)
    ring.release(true)
  }
  assert.equal(pool.kept, SMALL_BUFFER)
})

test('when the peer does not read, a second buffer is filled and then nothing more', async () => {
  await using pair = await loopback()
  pair.client.pause()
  const pool = new BufferPool()
  const { ring } = ringOn(pair.server, pool)
  let buffers = 0
  while (!ring.busy) {
    ring.buffer.fill(1)
    ring.send(SMALL_BUFFER)
    buffers++
    assert.ok(buffers < 1000)
  }
  const wait = ring.busy
  pair.client.resume()
  await wait
  await ring.flushed()
  ring.release(true)
  assert.equal(pool.kept, 2 * SMALL_BUFFER)
})

test('a long transfer gets larger buffers', async () => {
  await using pair = await loopback()
  pair.client.resume()
  const pool = new BufferPool()
  const { ring } = ringOn(pair.server, pool)
  let largest = 0
  for (let sent = 0; sent < 40 * 1024 * 1024; ) {
    await ring.busy
    const { length } = ring.buffer
    ring.send(length)
    sent += length
    largest = length
  }
  await ring.flushed()
  ring.release(true)
  assert.equal(largest, LARGE_BUFFER)
})

test('with many transfers none reads ahead', async () => {
  const pool = new BufferPool()
  await using pair = await loopback()
  const others = Array.from({ length: 10 }, () => ringOn(pair.server, pool).ring)
  pair.client.pause()
  const { ring } = ringOn(pair.server, pool)
  while (!ring.busy) ring.send(ring.buffer.length)
  pair.client.resume()
  await ring.flushed()
  ring.release(true)
  assert.equal(pool.kept, SMALL_BUFFER)
  for (const other of others) other.release(true)
})

test('buffers that somebody may still hold are not used again', async () => {
  await using pair = await loopback()
  const pool = new BufferPool()
  const { ring } = ringOn(pair.server, pool)
  ring.buffer.fill(1)
  ring.release(false)
  assert.equal(pool.kept, 0)
})
