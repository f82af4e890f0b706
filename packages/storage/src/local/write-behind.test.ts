import assert from 'node:assert/strict'
import { test } from 'node:test'
import { WriteBehind } from './write-behind.ts'

const MIB = 1024 * 1024

/** A disk whose flushes end when the test says so. */
function disk() {
  const flushes: { done: () => void; fail: (error: Error) => void }[] = []
  const flush = () => new Promise<void>((done, fail) => flushes.push({ done, fail }))
  return { flushes, flush }
}

test('a short upload is not flushed before its end', async () => {
  const { flush, flushes } = disk()
  const behind = new WriteBehind(0, flush)
  for (let i = 0; i < 63; i++) await behind.wrote(MIB)
  await behind.end()
  assert.equal(flushes.length, 0)
})

test('a long upload is flushed as it goes, one step after the other', async () => {
  const { flush, flushes } = disk()
  const behind = new WriteBehind(0, flush)
  for (let i = 0; i < 200; i++) await behind.wrote(MIB)
  assert.equal(flushes.length, 1)
  flushes[0]?.done()
  await behind.end()
  await behind.wrote(MIB)
  assert.equal(flushes.length, 2)
  flushes[1]?.done()
  await behind.end()
})

test('an upload that is faster than the disk waits for it', async () => {
  const { flush, flushes } = disk()
  const behind = new WriteBehind(0, flush)
  await behind.wrote(200 * MIB)
  let waited = true
  const writing = behind.wrote(100 * MIB).then(() => {
    waited = false
  })
  await new Promise(resolve => setImmediate(resolve))
  assert.ok(waited)
  flushes[0]?.done()
  await writing
  assert.ok(!waited)
})

test('many uploads leave threads to others', async () => {
  const { flush, flushes } = disk()
  const uploads = Array.from({ length: 5 }, () => new WriteBehind(0, flush))
  for (const upload of uploads) await upload.wrote(64 * MIB)
  assert.equal(flushes.length, 2)
  for (const { done } of flushes) done()
  for (const upload of uploads) await upload.end()
})

test('what the disk says of bytes that were taken long ago is not lost', async () => {
  const { flush, flushes } = disk()
  const behind = new WriteBehind(0, flush)
  await behind.wrote(64 * MIB)
  const error = new Error('EIO')
  flushes[0]?.fail(error)
  await assert.rejects(behind.end(), error)
  await assert.rejects(behind.wrote(1), error)
})
