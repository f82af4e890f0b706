import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createDeflate, deflateRawSync, deflateSync, gzipSync } from 'node:zlib'
import type { ByteSink } from '@portolan/channels'
import fc from 'fast-check'
import { asciiSink, type EndingSink, inflateSink, plainSink, StreamFormatError } from './sinks.ts'

/** Keeps what is written. */
function keeper() {
  const chunks: Buffer[] = []
  const sink: ByteSink = {
    async write(chunk) {
      // The memory of a chunk is used again.
      chunks.push(Buffer.from(chunk))
    },
  }
  return { sink: plainSink(sink), text: () => Buffer.concat(chunks) }
}

async function writeAll(sink: EndingSink, bytes: Buffer, size: number): Promise<void> {
  const memory = Buffer.alloc(size)
  for (let at = 0; at < bytes.length; at += size) {
    const length = bytes.copy(memory, 0, at, at + size)
    await sink.write(memory.subarray(0, length))
  }
  await sink.end()
}

const TEXTS: readonly [received: string, local: string][] = [
  ['', ''],
  ['a\r\nb\r\n', 'a\nb\n'],
  ['a\nb', 'a\nb'],
  ['a\rb\r', 'a\rb\r'],
  ['\r\r\n\r', '\r\n\r'],
]
for (const [received, local] of TEXTS) {
  test(`TYPE A stores ${JSON.stringify(received)} as ${JSON.stringify(local)}, however it comes`, async () => {
    for (const size of [1, 2, 3, 64]) {
      const { sink, text } = keeper()
      await writeAll(asciiSink(sink), Buffer.from(received), size)
      assert.equal(String(text()), local)
    }
  })
}

test('MODE Z gives back any file, for any chunks', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uint8Array({ maxLength: 2_000 }),
      fc.integer({ min: 1, max: 100 }),
      async (bytes, size) => {
        const { sink, text } = keeper()
        await writeAll(inflateSink(sink), deflateSync(bytes), size)
        assert.deepEqual(text(), Buffer.from(bytes))
      },
    ),
    { numRuns: 50 },
  )
})

test('MODE Z and TYPE A together: inflated first, then line ends', async () => {
  const { sink, text } = keeper()
  await writeAll(inflateSink(asciiSink(sink)), deflateSync('a\r\nb\r'), 3)
  assert.equal(String(text()), 'a\nb\r')
})

const whole = deflateSync(Buffer.alloc(10_000, 'words '))
const BROKEN: readonly [what: string, bytes: Buffer][] = [
  ['that ends before its end', whole.subarray(0, -1)],
  ['that ends after its header', whole.subarray(0, 2)],
  ['of which nothing came', Buffer.alloc(0)],
  ['whose checksum is wrong', Buffer.concat([whole.subarray(0, -1), Buffer.of((whole.at(-1) ?? 0) ^ 1)])],
  ['of raw deflate', deflateRawSync('words')],
  ['of gzip', gzipSync('words')],
  ['that is none', Buffer.from('just words, and no stream')],
]
for (const [what, bytes] of BROKEN) {
  test(`MODE Z takes no stream ${what}`, async () => {
    for (const size of [1, 7, 100_000]) {
      const { sink } = keeper()
      await assert.rejects(writeAll(inflateSink(sink), bytes, size), (error: unknown) => {
        assert.ok(error instanceof StreamFormatError, String(error))
        assert.equal(error.code, 'STREAM_FORMAT')
        return true
      })
    }
  })
}

test('a small stream that inflates to 64 MiB waits for a slow disk in bounded memory', async () => {
  const deflate = createDeflate({ level: 9 })
  const zeros = Buffer.alloc(1024 * 1024)
  const packed: Buffer[] = []
  deflate.on('data', (chunk: Buffer) => packed.push(chunk))
  for (let count = 0; count < 64; count++) {
    await new Promise<void>(resolve => deflate.write(zeros, () => resolve()))
  }
  const bomb = Buffer.concat(packed)
  let stored = 0
  const disk = Promise.withResolvers<void>()
  const sink = inflateSink(
    plainSink({
      async write(chunk) {
        stored += chunk.length
        await disk.promise
      },
    }),
  )
  const before = process.memoryUsage()
  const writing = sink.write(bomb)
  for (let turn = 0; turn < 200; turn++) await new Promise(resolve => setImmediate(resolve))
  const now = process.memoryUsage()
  assert.ok(stored <= 256 * 1024, `${stored} bytes were handed on to a disk that takes none`)
  const grown = now.arrayBuffers + now.external - before.arrayBuffers - before.external
  assert.ok(grown < 16 * 1024 * 1024, `${grown} bytes wait in memory`)
  sink.destroy()
  disk.resolve()
  await writing.catch(() => {})
})

test('the failure of the disk comes out of the next write, as it is', async () => {
  const full = new Error('the disk is full')
  const broken: ByteSink = {
    async write() {
      throw full
    },
  }
  for (const wrap of [plainSink, (sink: ByteSink) => asciiSink(plainSink(sink))]) {
    await assert.rejects(wrap(broken).write(Buffer.from('x')), full)
  }
  const inflating = inflateSink(plainSink(broken))
  await assert.rejects(async () => {
    await inflating.write(deflateSync(Buffer.alloc(1_000_000)))
    await inflating.end()
  }, full)
  await assert.rejects(inflating.write(Buffer.from('more')), full)
})

test('a sink that was given up takes no more, and nothing hangs', { timeout: 10_000 }, async () => {
  const { sink } = keeper()
  const inflating = inflateSink(sink)
  await inflating.write(whole.subarray(0, 10))
  inflating.destroy()
  await inflating.write(whole.subarray(10)).catch(() => {})
})
