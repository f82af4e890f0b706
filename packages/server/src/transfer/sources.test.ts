import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inflateSync } from 'node:zlib'
import type { ByteSource } from '@portolan/channels'
import fc from 'fast-check'
import { asciiSource, chunksOf, deflateSource, limitSource } from './sources.ts'

/** A source that gives no more than `most` bytes at once. */
function source(bytes: Buffer, most = bytes.length): ByteSource {
  let at = 0
  return {
    async read(into) {
      const got = bytes.copy(into, 0, at, Math.min(bytes.length, at + most))
      at += got
      return got
    },
  }
}

async function readAll(from: ByteSource, size = 64): Promise<Buffer> {
  const into = Buffer.alloc(size)
  const chunks: Buffer[] = []
  for (let got = await from.read(into); got > 0; got = await from.read(into)) {
    chunks.push(Buffer.from(into.subarray(0, got)))
  }
  return Buffer.concat(chunks)
}

async function collect(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  return Buffer.concat(await Array.fromAsync(chunks))
}

const TEXTS: readonly [local: string, sent: string][] = [
  ['', ''],
  ['a\nb\n', 'a\r\nb\r\n'],
  ['a\r\nb', 'a\r\nb'],
  ['\n\n\n', '\r\n\r\n\r\n'],
  ['a\rb\r', 'a\rb\r'],
  ['\r\r\n', '\r\r\n'],
]
for (const [local, sent] of TEXTS) {
  test(`TYPE A sends ${JSON.stringify(local)} as ${JSON.stringify(sent)}, however it is read`, async () => {
    for (const most of [1, 2, 3, 64]) {
      for (const size of [2, 3, 64]) {
        assert.equal(String(await readAll(asciiSource(source(Buffer.from(local), most)), size)), sent)
      }
    }
  })
}

test('TYPE A loses no byte of any text, for any chunks', async () => {
  const text = fc.array(fc.constantFrom('\n', '\r', 'x', '\0'), { maxLength: 200 })
  await fc.assert(
    fc.asyncProperty(
      text,
      fc.integer({ min: 1, max: 20 }),
      fc.integer({ min: 2, max: 40 }),
      async (parts, most, size) => {
        const local = parts.join('')
        const sent = String(await readAll(asciiSource(source(Buffer.from(local), most)), size))
        assert.equal(sent, local.replace(/(?<!\r)\n/g, '\r\n'))
      },
    ),
  )
})

const LIMITS: readonly [limit: number, read: string][] = [
  [0, ''],
  [1, 'a'],
  [5, 'abcde'],
  [6, 'abcdef'],
  [100, 'abcdef'],
]
for (const [limit, read] of LIMITS) {
  test(`a range of ${limit} bytes of a file of 6 gives ${read.length}`, async () => {
    for (const size of [1, 2, 4, 64]) {
      assert.equal(String(await readAll(limitSource(source(Buffer.from('abcdef'), 4), limit), size)), read)
    }
  })
}

test('a range asks for no byte behind its end', async () => {
  const asked: number[] = []
  const limited = limitSource(
    {
      async read(into) {
        asked.push(into.length)
        return into.length
      },
    },
    10,
  )
  await readAll(limited, 8)
  assert.deepEqual(asked, [8, 2])
})

test('chunks have memory of their own', async () => {
  const chunks = await Array.fromAsync(chunksOf(source(Buffer.from('aabb'), 2)))
  assert.deepEqual(chunks.map(String), ['aa', 'bb'])
})

test('MODE Z sends a zlib stream that inflates to the file, at each level', async () => {
  const content = Buffer.from('the same words again and again; '.repeat(5_000))
  for (const level of [1, 6, 9]) {
    const sent = await collect(deflateSource(chunksOf(source(content, 10_000)), level))
    assert.ok(sent.length < content.length / 10)
    assert.deepEqual(inflateSync(sent), content)
  }
  assert.equal(inflateSync(await collect(deflateSource(chunksOf(source(Buffer.alloc(0))), 6))).length, 0)
})

test('MODE Z hands on the failure of its source, and never an end that looks whole', async () => {
  const broken = new Error('the disk is gone')
  async function* chunks() {
    yield Buffer.alloc(200_000, 'x')
    throw broken
  }
  await assert.rejects(collect(deflateSource(chunks(), 6)), broken)
})

test('MODE Z reads no further than it is read itself', async () => {
  let given = 0
  async function* chunks() {
    // Endless, and not to be compressed.
    for (let seed = 1; ; ) {
      const chunk = Buffer.allocUnsafe(64 * 1024)
      for (let at = 0; at < chunk.length; at++) {
        seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0
        chunk[at] = seed >>> 16
      }
      given += chunk.length
      yield chunk
    }
  }
  const sent = deflateSource(chunks(), 1)
  await sent.next()
  for (let turn = 0; turn < 50; turn++) await new Promise(resolve => setImmediate(resolve))
  assert.ok(given < 1024 * 1024, `${given} bytes were read for a reader that waits`)
  await sent.return(undefined)
})
