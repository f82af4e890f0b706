import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { adoptSocket } from './connection.ts'
import { readInto } from './read-into.ts'
import { receiveStream } from './receive.ts'
import { collector, dataPair, loopback, pattern, unbounded } from './testing.ts'

const KIB = 1024
const MIB = 1024 * KIB

for (const size of [0, 1, 10 * KIB, 256 * KIB, 20 * MIB + 7]) {
  test(`${size} bytes and the client's end are a clean stream`, async () => {
    await using pair = await dataPair()
    const bytes = pattern(size)
    pair.client.end(bytes)
    pair.client.resume()
    const sink = collector()
    const progress: number[] = []
    const end = await pair.data.receive(sink, { ...unbounded(), onProgress: moved => progress.push(moved) })
    assert.deepEqual(end, { kind: 'clean', bytes: size })
    assert.ok(bytes.equals(sink.bytes))
    assert.equal(progress.at(-1) ?? 0, size)
    await pair.closed
  })
}

test('an accepted socket reads straight into the buffers, without an allocation for each piece', async () => {
  await using pair = await loopback()
  const memory = Buffer.alloc(64 * KIB)
  const { promise, resolve } = Promise.withResolvers<string>()
  const heir = readInto(pair.server, {
    buffer: () => memory,
    onBytes: count => {
      resolve(memory.toString('latin1', 0, count))
      return true
    },
  })
  assert.ok(heir, 'this version of Node keeps the handle elsewhere: uploads fall back to half the speed')
  heir.resume()
  pair.client.write('straight')
  assert.equal(await promise, 'straight')
  heir.destroy()
})

test('where a socket does not read straight into the buffers, bytes are copied there', async () => {
  await using pair = await loopback()
  const bytes = pattern(5 * MIB + 3)
  pair.client.end(bytes)
  const sink = collector()
  const inbound = {
    stream: pair.server,
    peer: 'client' as const,
    tap: undefined,
    plain: false,
    cut: undefined,
    moved: () => assert.fail('moved'),
    destroy: () => assert.fail('destroyed'),
  }
  assert.deepEqual(await receiveStream(inbound, sink, unbounded()), { kind: 'clean', bytes: bytes.length })
  assert.ok(bytes.equals(sink.bytes))
})

test('small pieces far apart arrive, too', async () => {
  await using pair = await dataPair()
  const sink = collector()
  const received = pair.data.receive(sink, unbounded())
  for (const piece of ['one ', 'two ', 'three']) {
    pair.client.write(piece)
    await new Promise(resolve => setTimeout(resolve, 20))
  }
  pair.client.end()
  assert.deepEqual(await received, { kind: 'clean', bytes: 13 })
  assert.equal(String(sink.bytes), 'one two three')
})

test('bytes that were read before are the first of the stream', async () => {
  await using pair = await loopback()
  const { server, client } = pair
  client.write('headbody')
  await once(server, 'readable')
  const head: unknown = server.read(4)
  assert.equal(String(head), 'head')
  const data = adoptSocket(server, {
    mode: 'passive',
    peer: 'client',
    local: { address: '127.0.0.1', port: 1 },
    remote: { address: '127.0.0.1', port: 2 },
    because: { code: 'test', text: 'a test' },
  })
  client.end(' and more')
  const sink = collector()
  assert.deepEqual(await data.receive(sink, unbounded()), { kind: 'clean', bytes: 13 })
  assert.equal(String(sink.bytes), 'body and more')
})

test('a reset is not an end, and what came before it reached the sink', async () => {
  await using pair = await dataPair()
  const bytes = pattern(300 * KIB)
  pair.client.write(bytes)
  const sink = collector()
  const end = await pair.data.receive(sink, {
    ...unbounded(),
    onProgress: moved => {
      if (moved === bytes.length) pair.client.resetAndDestroy()
    },
  })
  assert.deepEqual(end, {
    kind: 'broken',
    bytes: bytes.length,
    cause: { code: 'reset', text: 'the client reset the data connection' },
  })
  assert.ok(bytes.equals(sink.bytes))
  await pair.closed
})

test('a client that sends nothing is stalled', async () => {
  await using pair = await dataPair()
  pair.client.write('a little')
  const end = await pair.data.receive(collector(), { ...unbounded(), stallMs: 150 })
  assert.deepEqual(end, {
    kind: 'broken',
    bytes: 8,
    cause: { code: 'stalled', text: 'the client sent no byte for 0.2 seconds' },
  })
  await pair.closed
})

test('a storage that takes nothing is stalled, and the text does not blame the client', async () => {
  await using pair = await dataPair()
  pair.client.write('a little')
  const sink = {
    write: async () => {
      await new Promise(resolve => setTimeout(resolve, 400))
    },
  }
  const end = await pair.data.receive(sink, { ...unbounded(), stallMs: 100 })
  assert.ok(end.kind === 'broken')
  assert.match(end.cause.text, /the storage took no byte/)
})

test('a slow storage is not a stall, and holds the client back', async () => {
  await using pair = await dataPair()
  const total = 32 * MIB
  const bytes = pattern(total)
  pair.client.end(bytes)
  let stored = 0
  let ahead = 0
  const sink = {
    async write(chunk: Buffer) {
      await new Promise(resolve => setTimeout(resolve, 2))
      assert.ok(chunk.equals(bytes.subarray(stored, stored + chunk.length)))
      stored += chunk.length
    },
  }
  const end = await pair.data.receive(sink, {
    ...unbounded(),
    stallMs: 200,
    onProgress: moved => {
      ahead = Math.max(ahead, moved - stored)
    },
  })
  assert.deepEqual(end, { kind: 'clean', bytes: total })
  assert.ok(ahead <= MIB, `${ahead} bytes were held in memory`)
})

test('an error of the storage is thrown, and the client sees RST', async () => {
  await using pair = await dataPair()
  const reset = once(pair.client, 'error')
  pair.client.write(pattern(100_000))
  const sink = {
    async write() {
      throw new Error('disk full')
    },
  }
  await assert.rejects(pair.data.receive(sink, unbounded()), /disk full/)
  const [error] = await reset
  assert.ok(['ECONNRESET', 'EPIPE'].includes(error.code), error.code)
  await pair.closed
})

test('an abort breaks the stream with its cause, and the client sees RST', async () => {
  await using pair = await dataPair()
  const abort = new AbortController()
  const reset = once(pair.client, 'error')
  const sink = collector()
  pair.client.write('some')
  const end = await pair.data.receive(sink, {
    signal: abort.signal,
    stallMs: 60_000,
    onProgress: () => setImmediate(() => abort.abort({ code: 'aborted', text: 'ABOR was sent' })),
  })
  assert.deepEqual(end, { kind: 'broken', bytes: 4, cause: { code: 'aborted', text: 'ABOR was sent' } })
  assert.equal(String(sink.bytes), 'some')
  await reset
  await pair.closed
})

test('destroy breaks a stream that is under way', async () => {
  await using pair = await dataPair()
  setImmediate(() => pair.data.destroy({ code: 'aborted', text: 'shutdown' }))
  const end = await pair.data.receive(collector(), unbounded())
  assert.deepEqual(end, { kind: 'broken', bytes: 0, cause: { code: 'aborted', text: 'shutdown' } })
})

test('a connection that was cut before is broken from the start', async () => {
  await using pair = await dataPair()
  pair.data.destroy({ code: 'aborted', text: 'shutdown' })
  const end = await pair.data.receive(collector(), unbounded())
  assert.ok(end.kind === 'broken')
  assert.equal(end.cause.text, 'shutdown')
})

test('a throttle is obeyed, and its waits are not a stall', async () => {
  await using pair = await dataPair()
  const bytes = pattern(100 * KIB)
  pair.client.end(bytes)
  let calls = 0
  const throttle = (count: number) => {
    assert.ok(count <= 32 * KIB)
    calls++
    return calls === 2 ? new Promise<void>(resolve => setTimeout(resolve, 250)) : undefined
  }
  const sink = collector()
  const started = performance.now()
  const end = await pair.data.receive(sink, { ...unbounded(), stallMs: 60, throttle })
  assert.deepEqual(end, { kind: 'clean', bytes: bytes.length })
  assert.ok(performance.now() - started >= 240)
  assert.ok(bytes.equals(sink.bytes))
})
