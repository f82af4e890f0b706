import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { IterableSource } from './byte-source.ts'

async function* of(...pieces: readonly (Uint8Array | string)[]): AsyncGenerator<Uint8Array> {
  for (const piece of pieces) yield Buffer.from(piece)
}

async function readAll(source: IterableSource, size: number): Promise<Buffer[]> {
  const buffer = Buffer.alloc(size)
  const reads: Buffer[] = []
  for (let n = await source.read(buffer); n > 0; n = await source.read(buffer)) {
    reads.push(Buffer.from(buffer.subarray(0, n)))
  }
  return reads
}

test('whatever the pieces and the buffer, the bytes arrive whole and in order', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.uint8Array({ maxLength: 20 }), { maxLength: 20 }),
      fc.integer({ min: 1, max: 30 }),
      async (pieces, size) => {
        const reads = await readAll(new IterableSource(of(...pieces)), size)
        assert.deepEqual(Buffer.concat(reads), Buffer.concat(pieces))
        assert.ok(
          reads.slice(0, -1).every(read => read.length === size),
          'only the last read may be short',
        )
      },
    ),
  )
})

test('many small pieces go out as few large ones', async () => {
  const reads = await readAll(new IterableSource(of(...Array.from({ length: 1000 }, () => 'line\r\n'))), 4096)
  assert.equal(reads.length, 2)
})

test('what is there is not held back while the next piece takes its time', async () => {
  const { promise, resolve } = Promise.withResolvers<void>()
  const source = new IterableSource(
    (async function* () {
      yield Buffer.from('first')
      await promise
      yield Buffer.from('second')
    })(),
  )
  const buffer = Buffer.alloc(100)
  assert.equal(await source.read(buffer), 5)
  resolve()
  assert.equal(await source.read(buffer), 6)
  assert.equal(await source.read(buffer), 0)
})

test('an error of the iterable comes after the bytes before it', async () => {
  const source = new IterableSource(
    (async function* () {
      yield Buffer.from('first')
      await new Promise(resolve => setTimeout(resolve, 40))
      throw new Error('disk on fire')
    })(),
  )
  const buffer = Buffer.alloc(100)
  assert.equal(await source.read(buffer), 5)
  await assert.rejects(source.read(buffer), /disk on fire/)
})

test('stopping lets the iterable clean up', async () => {
  const { promise, resolve } = Promise.withResolvers<string>()
  const source = new IterableSource(
    (async function* () {
      try {
        yield Buffer.from('first')
        yield Buffer.from('second')
      } finally {
        resolve('cleaned up')
      }
    })(),
  )
  await source.read(Buffer.alloc(3))
  source.stop()
  assert.equal(await promise, 'cleaned up')
})
