import assert from 'node:assert/strict'
import { closeSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { KernelReceive } from './kernel-receive.ts'
import { dataPair, loopback, pattern, unbounded } from './testing.ts'

const LONG = 24 * 1024 * 1024

/** A sink as a client's download has it, over an open file. */
function fileSink(descriptor: number, position = 0) {
  let at = position
  const writeNow = (chunk: Buffer) => {
    at += writeSync(descriptor, chunk, 0, chunk.length, at)
    return true
  }
  return {
    file: {
      descriptor,
      get position() {
        return at
      },
      advance: (bytes: number) => {
        at += bytes
      },
    },
    writeNow,
    async write(chunk: Buffer) {
      writeNow(chunk)
    },
    get position() {
      return at
    },
  }
}

function scratchFile(t: TestContext): { path: string; descriptor: number } {
  const path = join(tmpdir(), `portolan-kernel-${process.pid}-${Math.random().toString(36).slice(2)}`)
  const descriptor = openSync(path, 'w+')
  t.after(() => {
    closeSync(descriptor)
    rmSync(path)
  })
  return { path, descriptor }
}

test('a long file arrives whole by way of the kernel, from any position on', async t => {
  const { path, descriptor } = scratchFile(t)
  writeSync(descriptor, 'before')
  const sink = fileSink(descriptor, 6)
  await using pair = await dataPair()
  pair.client.end(pattern(LONG))
  const end = await pair.data.receive(sink, unbounded())
  assert.deepEqual(end, { kind: 'clean', bytes: LONG })
  assert.equal(sink.position, LONG + 6)
  const bytes = readFileSync(path)
  assert.equal(bytes.toString('latin1', 0, 6), 'before')
  assert.ok(bytes.subarray(6).equals(pattern(LONG)))
})

test('what arrived before a reset is in the file, and counted', async t => {
  const { path, descriptor } = scratchFile(t)
  const sink = fileSink(descriptor)
  await using pair = await dataPair()
  const progress: number[] = []
  const receiving = pair.data.receive(sink, {
    ...unbounded(),
    onProgress: bytes => {
      progress.push(bytes)
      if (bytes >= LONG) pair.client.resetAndDestroy()
    },
  })
  pair.client.write(pattern(LONG))
  const end = await receiving
  assert.equal(end.kind, 'broken')
  assert.equal(end.bytes, LONG)
  assert.equal(progress.at(-1), LONG)
  assert.ok(readFileSync(path).equals(pattern(LONG)))
})

test('a disk that is full is told with the system’s own error', async t => {
  const descriptor = openSync('/dev/full', 'w')
  t.after(() => closeSync(descriptor))
  const sink = fileSink(descriptor)
  // The first megabyte goes by buffer: that one has room.
  const roomy = {
    ...sink,
    writeNow: () => true,
    async write() {},
  }
  await using pair = await dataPair()
  pair.client.end(pattern(LONG))
  await assert.rejects(pair.data.receive(roomy, unbounded()), { code: 'ENOSPC' })
})

test('the pipe is closed again', async t => {
  const { descriptor } = scratchFile(t)
  await using pair = await loopback()
  const before = openSync('/dev/null', 'r')
  closeSync(before)
  for (let i = 0; i < 3; i++) KernelReceive.for(fileSink(descriptor).file, pair.server)?.[Symbol.dispose]()
  const after = openSync('/dev/null', 'r')
  closeSync(after)
  assert.equal(after, before)
})
