import assert from 'node:assert/strict'
import { once } from 'node:events'
import { Readable } from 'node:stream'
import { test } from 'node:test'
import type { BreakCause } from './stream-end.ts'
import { dataPair, pattern, readToEnd, sourceOf, unbounded } from './testing.ts'

const KIB = 1024
const MIB = 1024 * KIB

async function* pieces(bytes: Buffer, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

async function* endless(): AsyncGenerator<Uint8Array> {
  const piece = Buffer.alloc(64 * KIB)
  for (;;) yield piece
}

for (const size of [0, 1, 10 * KIB, 256 * KIB, 256 * KIB + 1, 20 * MIB + 7]) {
  test(`${size} bytes arrive whole, then the end`, async () => {
    await using pair = await dataPair()
    const bytes = pattern(size)
    const got = readToEnd(pair.client).finally(() => pair.client.end())
    const progress: number[] = []
    const end = await pair.data.send(sourceOf(bytes), {
      ...unbounded(),
      onProgress: moved => progress.push(moved),
    })
    assert.deepEqual(end, { kind: 'clean', bytes: size })
    assert.ok(bytes.equals(await got))
    assert.equal(progress.at(-1) ?? 0, size)
    assert.deepEqual(
      progress,
      [...progress].sort((a, b) => a - b),
    )
    await pair.closed
  })
}

test('an iterable of small pieces arrives whole', async () => {
  await using pair = await dataPair()
  const bytes = pattern(300_000)
  const got = readToEnd(pair.client).finally(() => pair.client.end())
  assert.deepEqual(await pair.data.send(pieces(bytes, 11), unbounded()), {
    kind: 'clean',
    bytes: bytes.length,
  })
  assert.ok(bytes.equals(await got))
})

test('a stream of Node is read as the iterable that it is', async () => {
  await using pair = await dataPair()
  const bytes = pattern(300_000)
  const got = readToEnd(pair.client).finally(() => pair.client.end())
  const stream = Readable.from(pieces(bytes, 10_000), { objectMode: false })
  assert.deepEqual(await pair.data.send(stream, unbounded()), { kind: 'clean', bytes: bytes.length })
  assert.ok(bytes.equals(await got))
})

test('a client that ends its own half first still gets everything', async () => {
  await using pair = await dataPair()
  pair.client.end()
  const bytes = pattern(5 * MIB)
  const got = readToEnd(pair.client)
  assert.deepEqual(await pair.data.send(sourceOf(bytes), unbounded()), { kind: 'clean', bytes: bytes.length })
  assert.ok(bytes.equals(await got))
  await pair.closed
})

test('a client that closes only after 226 is not waited for, and loses nothing', async () => {
  await using pair = await dataPair()
  const { client } = pair
  const bytes = pattern(MIB)
  const chunks: Buffer[] = []
  client.on('data', (chunk: Buffer) => chunks.push(chunk))
  const ended = once(client, 'end')
  assert.deepEqual(await pair.data.send(sourceOf(bytes), unbounded()), { kind: 'clean', bytes: bytes.length })
  await ended
  assert.ok(bytes.equals(Buffer.concat(chunks)))
  assert.equal(client.writable, true, 'the client is still there')
  client.end()
  await pair.closed
})

test('a client that reads slowly after our end is waited for: the end is clean only when it has everything', async () => {
  await using pair = await dataPair()
  const { client } = pair
  client.pause()
  let read = false
  setTimeout(() => {
    read = true
    client.resume()
  }, 400)
  const end = await pair.data.send(sourceOf(pattern(8 * MIB)), unbounded())
  assert.equal(end.kind, 'clean')
  assert.ok(read, 'clean although the client had not read')
})

test('a client that resets in the middle breaks the stream', async () => {
  await using pair = await dataPair()
  pair.client.once('data', () => pair.client.resetAndDestroy())
  const end = await pair.data.send(endless(), unbounded())
  assert.ok(end.kind === 'broken')
  assert.ok(end.cause.code === 'reset' || end.cause.code === 'peer-closed', end.cause.code)
  await pair.closed
})

test('a client that closes before it has everything breaks the stream', async () => {
  await using pair = await dataPair()
  pair.client.once('data', () => pair.client.destroy())
  const end = await pair.data.send(endless(), unbounded())
  assert.ok(end.kind === 'broken')
  assert.ok(end.cause.code === 'reset' || end.cause.code === 'peer-closed', end.cause.code)
})

test('a reset after our last byte is not a clean end: the client did not read it', async () => {
  await using pair = await dataPair()
  pair.client.pause()
  const sent = pair.data.send(sourceOf(pattern(3 * MIB)), {
    ...unbounded(),
    onProgress: moved => {
      // Everything is with the kernel, nothing with the client's program.
      if (moved === 3 * MIB) setImmediate(() => pair.client.resetAndDestroy())
    },
  })
  setTimeout(() => pair.client.resetAndDestroy(), 150)
  const end = await sent
  assert.ok(end.kind === 'broken')
  assert.ok(end.cause.code === 'reset' || end.cause.code === 'peer-closed', end.cause.code)
})

test('a client that takes nothing is stalled, and is reset', async () => {
  await using pair = await dataPair()
  pair.client.pause()
  const end = await pair.data.send(endless(), { ...unbounded(), stallMs: 300 })
  assert.ok(end.kind === 'broken')
  assert.deepEqual(end.cause, { code: 'stalled', text: 'the client took no byte for 0.3 seconds' })
  await pair.closed
})

test('a source that gives nothing is stalled, and the text does not blame the client', async () => {
  await using pair = await dataPair()
  pair.client.resume()
  const source = { read: () => new Promise<number>(() => {}) }
  const end = await pair.data.send(source, { ...unbounded(), stallMs: 200 })
  assert.ok(end.kind === 'broken')
  assert.match(end.cause.text, /nothing could be read from the file/)
})

test('a slow client is not a stalled one, however long the whole takes', async () => {
  await using pair = await dataPair()
  const { client } = pair
  const bytes = pattern(12 * MIB)
  let got = 0
  const tick = setInterval(() => {
    const piece: Buffer | null = client.read(Math.min(client.readableLength, 400 * KIB))
    got += piece?.length ?? 0
  }, 20)
  client.on('readable', () => {})
  client.once('end', () => client.end())
  const started = performance.now()
  const end = await pair.data.send(sourceOf(bytes), { ...unbounded(), stallMs: 300 })
  clearInterval(tick)
  assert.deepEqual(end, { kind: 'clean', bytes: bytes.length })
  assert.ok(performance.now() - started > 300, 'the test has to be slower than the stall time')
  assert.ok(got > 0)
})

const causes: readonly (readonly [
  string,
  (abort: AbortController, destroy: (cause: BreakCause) => void) => void,
])[] = [
  ['an abort', abort => abort.abort({ code: 'aborted', text: 'ABOR was sent' })],
  ['destroy', (_, destroy) => destroy({ code: 'aborted', text: 'ABOR was sent' })],
]
for (const [what, act] of causes) {
  test(`${what} breaks the stream with its cause, and the client sees RST, not an end`, async () => {
    await using pair = await dataPair()
    const abort = new AbortController()
    const reset = once(pair.client, 'error')
    pair.client.once('data', () => act(abort, cause => pair.data.destroy(cause)))
    const end = await pair.data.send(endless(), { signal: abort.signal, stallMs: 60_000 })
    assert.ok(end.kind === 'broken' && end.bytes > 0)
    assert.deepEqual(end.cause, { code: 'aborted', text: 'ABOR was sent' })
    const [error] = await reset
    assert.equal(error.code, 'ECONNRESET')
    assert.equal(pair.client.readableEnded, false)
    await pair.closed
  })
}

test('a signal that has fired already sends nothing', async () => {
  await using pair = await dataPair()
  const cause: BreakCause = { code: 'aborted', text: 'too late' }
  const end = await pair.data.send(endless(), { signal: AbortSignal.abort(cause), stallMs: 1000 })
  assert.deepEqual(end, { kind: 'broken', bytes: 0, cause })
})

test('an abort ends a wait for the source, too', async () => {
  await using pair = await dataPair()
  const abort = new AbortController()
  const source = {
    read() {
      setImmediate(() => abort.abort({ code: 'aborted', text: 'stop' }))
      return new Promise<number>(() => {})
    },
  }
  const end = await pair.data.send(source, { signal: abort.signal, stallMs: 60_000 })
  assert.ok(end.kind === 'broken')
})

test('an error of the source is thrown, and the client sees RST, not an end', async () => {
  await using pair = await dataPair()
  const reset = once(pair.client, 'error')
  pair.client.resume()
  const source = (async function* () {
    yield pattern(100_000)
    await new Promise(resolve => setTimeout(resolve, 40))
    throw new Error('disk on fire')
  })()
  await assert.rejects(pair.data.send(source, unbounded()), /disk on fire/)
  await reset
  assert.equal(pair.client.readableEnded, false)
  await pair.closed
})

test('when the client goes, the iterable may clean up', async () => {
  await using pair = await dataPair()
  const { promise, resolve } = Promise.withResolvers<string>()
  const source = (async function* () {
    try {
      yield* endless()
    } finally {
      resolve('cleaned up')
    }
  })()
  pair.client.once('data', () => pair.client.resetAndDestroy())
  await pair.data.send(source, unbounded())
  assert.equal(await promise, 'cleaned up')
})

test('bytes that a client sends into a download are thrown away, and not without end', async () => {
  await using pair = await dataPair()
  const { client } = pair
  const bytes = pattern(4 * MIB)
  let flooding = true
  const flood = () => {
    while (flooding && client.write(Buffer.alloc(64 * KIB)));
  }
  client.on('drain', flood)
  flood()
  const got = readToEnd(client)
  const sent = pair.data.send(sourceOf(bytes), unbounded())
  const received = await got
  flooding = false
  client.end()
  assert.ok(bytes.equals(received))
  await sent
  assert.ok(client.bytesWritten - client.writableLength < 64 * MIB)
})

test('a throttle is obeyed, and its waits are not a stall', async () => {
  await using pair = await dataPair()
  const got = readToEnd(pair.client).finally(() => pair.client.end())
  const taken: number[] = []
  const throttle = (bytes: number) => {
    taken.push(bytes)
    return taken.length === 2 ? new Promise<void>(resolve => setTimeout(resolve, 250)) : undefined
  }
  const started = performance.now()
  const end = await pair.data.send(sourceOf(pattern(100 * KIB)), { ...unbounded(), stallMs: 60, throttle })
  assert.deepEqual(end, { kind: 'clean', bytes: 100 * KIB })
  assert.ok(performance.now() - started >= 240)
  assert.ok(
    taken.every(bytes => bytes <= 32 * KIB),
    'a throttled stream moves in small steps',
  )
  await got
})

test('a data connection moves one stream, once', async () => {
  await using pair = await dataPair()
  const got = readToEnd(pair.client).finally(() => pair.client.end())
  await pair.data.send(sourceOf(pattern(10)), unbounded())
  await assert.rejects(pair.data.send(sourceOf(pattern(10)), unbounded()), /ended already/)
  await got
})

test('a data connection that is given up is reset', async () => {
  await using pair = await dataPair()
  const reset = once(pair.client, 'error')
  pair.client.resume()
  await pair.data[Symbol.asyncDispose]()
  await pair.data[Symbol.asyncDispose]()
  const [error] = await reset
  assert.equal(error.code, 'ECONNRESET')
  await pair.closed
})
