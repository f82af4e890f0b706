import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { type ConnectionOptions, connect, createSecureContext, type SecureVersion, TLSSocket } from 'node:tls'
import { decryptInto } from './read-into.ts'
import { SERVER_CERTIFICATE } from './test-certificates.ts'
import {
  collector,
  type DataPair,
  dataPair,
  loopback,
  pattern,
  readToEnd,
  sourceOf,
  unbounded,
} from './testing.ts'
import { serverSide } from './tls-side.ts'

const MIB = 1024 * 1024
const context = createSecureContext(SERVER_CERTIFICATE)
const VERSIONS: readonly SecureVersion[] = ['TLSv1.2', 'TLSv1.3']

interface SecuredPair extends AsyncDisposable {
  readonly pair: DataPair
  /** The client's side of TLS, above `pair.client`. */
  readonly tls: TLSSocket
}

async function securedPair(watchEnd: boolean, options: ConnectionOptions = {}): Promise<SecuredPair> {
  const pair = await dataPair()
  const tls = connect({ socket: pair.client, rejectUnauthorized: false, ...options })
  tls.on('error', () => {})
  await Promise.all([
    pair.data.secure(serverSide(context), { signal: AbortSignal.timeout(5000), watchEnd }),
    once(tls, 'secureConnect'),
  ])
  return {
    pair,
    tls,
    async [Symbol.asyncDispose]() {
      tls.destroy()
      await pair[Symbol.asyncDispose]()
    },
  }
}

for (const version of VERSIONS) {
  const only: ConnectionOptions = { minVersion: version, maxVersion: version }

  test(`${version}: a download arrives whole and ends with close_notify`, async () => {
    await using secured = await securedPair(false, only)
    const bytes = pattern(20 * MIB + 7)
    const got = readToEnd(secured.tls)
    const end = await secured.pair.data.send(sourceOf(bytes), unbounded())
    assert.deepEqual(end, { kind: 'clean', bytes: bytes.length })
    assert.ok(bytes.equals(await got))
    assert.equal(secured.pair.data.tls?.protocol, version)
    await secured.pair.closed
  })

  for (const watchEnd of [true, false]) {
    test(`${version}: an upload that ends with close_notify is clean (watchEnd ${watchEnd})`, async () => {
      await using secured = await securedPair(watchEnd, only)
      const bytes = pattern(20 * MIB + 7)
      secured.tls.end(bytes)
      secured.tls.resume()
      const sink = collector()
      const end = await secured.pair.data.receive(sink, unbounded())
      assert.deepEqual(end, { kind: 'clean', bytes: bytes.length })
      assert.ok(bytes.equals(sink.bytes))
      await secured.pair.closed
    })
  }

  test(`${version}: the client gets our close_notify after its upload`, async () => {
    await using secured = await securedPair(true, only)
    const ended = once(secured.tls, 'end')
    secured.tls.resume()
    secured.tls.end('bytes')
    await secured.pair.data.receive(collector(), unbounded())
    await ended
    await secured.pair.closed
  })

  for (const size of [0, 5, 3 * MIB]) {
    test(`${version}: a FIN without close_notify after ${size} bytes is a truncation`, async () => {
      await using secured = await securedPair(true, only)
      const { pair, tls } = secured
      const bytes = pattern(size)
      if (size > 0) await new Promise(resolve => tls.write(bytes, resolve))
      pair.client.end()
      const sink = collector()
      const end = await pair.data.receive(sink, unbounded())
      assert.ok(end.kind === 'broken')
      assert.equal(end.cause.code, 'truncated')
      assert.equal(end.bytes, size)
      assert.ok(bytes.equals(sink.bytes))
      await pair.closed
    })
  }

  test(`${version}: a FIN without close_notify is taken for the end where nobody watches it`, async () => {
    await using secured = await securedPair(false, only)
    const { pair, tls } = secured
    await new Promise(resolve => tls.write('bytes', resolve))
    pair.client.end()
    assert.deepEqual(await pair.data.receive(collector(), unbounded()), { kind: 'clean', bytes: 5 })
  })

  test(`${version}: a FIN in the middle of a record is a truncation`, async () => {
    await using secured = await securedPair(true, only)
    const { pair } = secured
    // The header of a record of 19 bytes, as a close_notify of TLS 1.3 has, and not all of what it announces.
    pair.client.end(Buffer.from([23, 3, 3, 0, 19, 1, 2, 3]))
    const end = await pair.data.receive(collector(), unbounded())
    assert.ok(end.kind === 'broken')
    assert.equal(end.cause.code, 'truncated')
  })

  for (const watchEnd of [true, false]) {
    test(`${version}: a forged close_notify is a failure of TLS, not an end (watchEnd ${watchEnd})`, async () => {
      await using secured = await securedPair(watchEnd, only)
      const { pair } = secured
      const record =
        version === 'TLSv1.2' ? [21, 3, 3, 0, 2, 1, 0] : [23, 3, 3, 0, 19, ...new Array<number>(19).fill(0)]
      pair.client.end(Buffer.from(record))
      const end = await pair.data.receive(collector(), unbounded())
      assert.ok(end.kind === 'broken')
      assert.equal(end.cause.code, 'tls')
      await pair.closed
    })
  }

  test(`${version}: an empty upload that has ended before we look is clean`, async () => {
    await using secured = await securedPair(true, only)
    secured.tls.end()
    secured.tls.resume()
    await once(secured.tls, 'finish')
    await new Promise(resolve => setTimeout(resolve, 20))
    const end = await secured.pair.data.receive(collector(), { ...unbounded(), stallMs: 1000 })
    assert.deepEqual(end, { kind: 'clean', bytes: 0 })
  })

  for (const watchEnd of [true, false]) {
    test(`${version}: a reset breaks an upload (watchEnd ${watchEnd})`, async () => {
      await using secured = await securedPair(watchEnd, only)
      const { pair, tls } = secured
      const end = pair.data.receive(collector(), {
        ...unbounded(),
        onProgress: () => pair.client.resetAndDestroy(),
      })
      tls.write(pattern(1000))
      const broken = await end
      assert.ok(broken.kind === 'broken')
      assert.equal(broken.cause.code, 'reset')
      await pair.closed
    })
  }

  test(`${version}: a reset breaks a download`, async () => {
    await using secured = await securedPair(false, only)
    const { pair, tls } = secured
    tls.once('data', () => pair.client.resetAndDestroy())
    const end = await pair.data.send(sourceOf(pattern(32 * MIB)), unbounded())
    assert.ok(end.kind === 'broken')
    assert.ok(end.cause.code === 'reset' || end.cause.code === 'peer-closed', end.cause.code)
    await pair.closed
  })

  test(`${version}: an abort resets the connection below TLS`, async () => {
    for (const watchEnd of [true, false]) {
      await using secured = await securedPair(watchEnd, only)
      const { pair } = secured
      const reset = once(secured.tls, 'error')
      const abort = new AbortController()
      setImmediate(() => abort.abort({ code: 'aborted', text: 'ABOR was sent' }))
      const end = await pair.data.receive(collector(), { signal: abort.signal, stallMs: 1000 })
      assert.deepEqual(end, { kind: 'broken', bytes: 0, cause: { code: 'aborted', text: 'ABOR was sent' } })
      const [error] = await reset
      assert.equal(error.code, 'ECONNRESET')
      await pair.closed
    }
  })

  test(`${version}: a client that stops in the middle is stalled`, async () => {
    await using secured = await securedPair(true, only)
    secured.tls.write('some')
    const end = await secured.pair.data.receive(collector(), { ...unbounded(), stallMs: 150 })
    assert.ok(end.kind === 'broken')
    assert.equal(end.cause.code, 'stalled')
    await secured.pair.closed
  })

  test(`${version}: a slow storage holds the client back, and close_notify behind a full buffer is seen`, async () => {
    await using secured = await securedPair(true, only)
    const bytes = pattern(16 * MIB)
    secured.tls.end(bytes)
    let stored = 0
    let ahead = 0
    const sink = {
      async write(chunk: Buffer) {
        await new Promise(resolve => setTimeout(resolve, 2))
        assert.ok(chunk.equals(bytes.subarray(stored, stored + chunk.length)))
        stored += chunk.length
      },
    }
    const end = await secured.pair.data.receive(sink, {
      ...unbounded(),
      onProgress: moved => {
        ahead = Math.max(ahead, moved - stored)
      },
    })
    assert.deepEqual(end, { kind: 'clean', bytes: bytes.length })
    assert.ok(ahead <= MIB + 300 * 1024, `${ahead} bytes were held in memory`)
  })
}

test('a TLSSocket decrypts straight into the buffers', async () => {
  await using pair = await loopback()
  const client = connect({ socket: pair.client, rejectUnauthorized: false })
  const server = new TLSSocket(pair.server, { isServer: true, secureContext: context })
  await Promise.all([once(server, 'secure'), once(client, 'secureConnect')])
  const memory = Buffer.alloc(1024)
  const { promise, resolve } = Promise.withResolvers<string>()
  const direct = decryptInto(server, {
    buffer: () => memory,
    onBytes: count => {
      resolve(memory.toString('latin1', 0, count))
      return true
    },
  })
  assert.ok(direct, 'this version of Node does it elsewhere: uploads under TLS fall back to copying')
  server.resume()
  client.write('straight')
  assert.equal(await promise, 'straight')
  server.destroy()
})

for (const size of [0, 1, 1000, 200_000]) {
  test(`${size} bytes that a client sends together with the end of the handshake are not lost`, async () => {
    await using pair = await dataPair()
    const bytes = pattern(size)
    const tls = connect({ socket: pair.client, rejectUnauthorized: false })
    tls.on('error', () => {})
    tls.end(bytes)
    tls.resume()
    await pair.data.secure(serverSide(context), { signal: AbortSignal.timeout(5000), watchEnd: true })
    await new Promise(resolve => setTimeout(resolve, 20))
    const sink = collector()
    const progress: number[] = []
    const end = await pair.data.receive(sink, { ...unbounded(), onProgress: moved => progress.push(moved) })
    assert.deepEqual(end, { kind: 'clean', bytes: size })
    assert.ok(bytes.equals(sink.bytes))
    assert.equal(progress.at(-1) ?? 0, size)
  })
}

const handshakes: readonly { name: string; act: (pair: DataPair) => void; message: RegExp }[] = [
  {
    name: 'a client that speaks something else',
    act: pair => pair.client.write('GET / HTTP/1.1\r\n\r\n'),
    message: /the client did not speak TLS/,
  },
  { name: 'a client that ends', act: pair => pair.client.end(), message: /the client closed the connection/ },
  {
    name: 'a client that resets',
    act: pair => pair.client.resetAndDestroy(),
    message: /the client closed the connection/,
  },
  {
    name: 'a client without a common version',
    act: pair => {
      connect({
        socket: pair.client,
        maxVersion: 'TLSv1.1',
        minVersion: 'TLSv1',
        ciphers: 'ALL:@SECLEVEL=0',
      }).on('error', () => {})
    },
    message: /no TLS version in common|no cipher or group in common/,
  },
]
for (const { name, act, message } of handshakes) {
  for (const watchEnd of [true, false]) {
    test(`the handshake with ${name} fails and says so (watchEnd ${watchEnd})`, async () => {
      await using pair = await dataPair()
      const secured = pair.data.secure(serverSide(context), { signal: AbortSignal.timeout(5000), watchEnd })
      act(pair)
      await assert.rejects(secured, { code: 'CHANNEL_TLS_HANDSHAKE', message })
      await pair.closed
    })
  }
}

test('a handshake that we end says why', async () => {
  for (const watchEnd of [true, false]) {
    await using aborted = await dataPair()
    const signal = AbortSignal.abort({ code: 'aborted', text: 'ABOR was sent' })
    await assert.rejects(aborted.data.secure(serverSide(context), { signal, watchEnd }), {
      code: 'CHANNEL_TLS_HANDSHAKE',
      message: /ABOR was sent/,
    })
    await using cut = await dataPair()
    setImmediate(() => cut.data.destroy({ code: 'aborted', text: 'the server stops' }))
    await assert.rejects(
      cut.data.secure(serverSide(context), { signal: AbortSignal.timeout(5000), watchEnd }),
      {
        code: 'CHANNEL_ABORTED',
        message: 'the server stops',
      },
    )
  }
})

test('a client that never begins the handshake is given up at the signal', async () => {
  for (const watchEnd of [true, false]) {
    await using pair = await dataPair()
    const reset = once(pair.client, 'error')
    pair.client.resume()
    await assert.rejects(
      pair.data.secure(serverSide(context), { signal: AbortSignal.timeout(50), watchEnd }),
      {
        code: 'CHANNEL_TLS_HANDSHAKE',
        message: /it took too long/,
      },
    )
    await reset
    await pair.closed
  }
})
