import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { afterEach, test } from 'node:test'
import { type ActiveListener, type ActiveListenOptions, listenForServer } from './active-accept.ts'
import { collector, freeRange, pattern, readToEnd, sourceOf, unbounded } from './testing.ts'

const leftovers: (() => void)[] = []
const { signal } = new AbortController()

afterEach(() => {
  for (const end of leftovers.splice(0)) end()
})

async function listen(more: Partial<ActiveListenOptions> = {}): Promise<ActiveListener> {
  const listener = await listenForServer({
    bindAddress: '127.0.0.1',
    announceAddress: '127.0.0.1',
    controlPeer: '127.0.0.1',
    acceptMs: 5_000,
    ...more,
  })
  leftovers.push(() => void listener[Symbol.asyncDispose]())
  return listener
}

/** A server, or somebody else, that dials. */
function dial(port: number, localAddress = '127.0.0.1', host = '127.0.0.1'): Socket {
  const socket = connect({ port, host, localAddress, allowHalfOpen: true })
  socket.on('error', () => {})
  leftovers.push(() => socket.destroy())
  return socket
}

async function isFree(port: number): Promise<boolean> {
  const probe = createServer()
  const free = await new Promise<boolean>(resolve => {
    probe.once('error', () => resolve(false)).listen(port, '127.0.0.1', () => resolve(true))
  })
  await new Promise(resolve => probe.close(resolve))
  return free
}

test('what is announced is the port that is listened on, at the address that is told', async () => {
  const listener = await listen({
    announceAddress: '::ffff:198.51.100.7',
    announceBecause: { code: 'external', text: 'the server sees it' },
  })
  assert.deepEqual(listener.endpoint, {
    value: { address: '198.51.100.7', port: listener.port },
    because: { code: 'external', text: 'the server sees it' },
  })
  assert.equal(listener.mode, 'active')
})

test('a server that comes during open, and one that came before it', async () => {
  for (const early of [false, true]) {
    const listener = await listen()
    let server: Socket | undefined
    if (early) {
      server = dial(listener.port)
      await once(server, 'connect')
    }
    const opened = listener.open(signal)
    server ??= dial(listener.port)
    const data = await opened
    assert.deepEqual(data.remote, { address: '127.0.0.1', port: server.localPort })
    assert.deepEqual(data.local, { address: '127.0.0.1', port: listener.port })
    assert.equal(data.because.code, 'active-arrival')
    const bytes = pattern(200_000)
    const got = readToEnd(server)
    assert.deepEqual(await data.send(sourceOf(bytes), unbounded()), { kind: 'clean', bytes: bytes.length })
    assert.ok(bytes.equals(await got))
  }
})

test('a server sends, and its reset is the server’s', async () => {
  const listener = await listen()
  const server = dial(listener.port)
  const data = await listener.open(signal)
  const bytes = pattern(100_000)
  server.write(bytes)
  const sink = collector()
  const end = await data.receive(sink, {
    ...unbounded(),
    onProgress: moved => {
      if (moved === bytes.length) server.resetAndDestroy()
    },
  })
  assert.ok(end.kind === 'broken')
  assert.equal(end.cause.text, 'the server reset the data connection')
  assert.ok(bytes.equals(sink.bytes))
})

test('the port is closed as soon as the server has come', async () => {
  const range = await freeRange(1)
  const listener = await listen({ range })
  dial(listener.port)
  const data = await listener.open(signal)
  assert.ok(await isFree(range.base))
  data.destroy({ code: 'aborted', text: 'done' })
})

test('a stranger is reset and told of, and the server still finds its place', async () => {
  const strangers: string[] = []
  const listener = await listen({ onStranger: ({ address }) => strangers.push(address) })
  const opened = listener.open(signal)
  const stranger = dial(listener.port, '127.0.0.2')
  const [error] = await once(stranger, 'error')
  assert.equal(error.code, 'ECONNRESET')
  dial(listener.port)
  const data = await opened
  assert.equal(data.remote.address, '127.0.0.1')
  assert.deepEqual(strangers, ['127.0.0.2'])
})

test('where the address is not checked, whoever comes first is the server', async () => {
  const listener = await listen({ checkPeer: false })
  dial(listener.port, '127.0.0.2')
  const data = await listener.open(signal)
  assert.equal(data.remote.address, '127.0.0.2')
})

test('the server is known by its address in any form', async () => {
  const mapped = await listen({ controlPeer: '::ffff:127.0.0.1', bindAddress: '::ffff:127.0.0.1' })
  dial(mapped.port)
  assert.equal((await mapped.open(signal)).remote.address, '127.0.0.1')
  const both = await listen({ bindAddress: '::', announceAddress: '::1' })
  dial(both.port)
  assert.equal((await both.open(signal)).remote.address, '127.0.0.1')
  const six = await listen({ bindAddress: '::1', announceAddress: '0:0:0:0:0:0:0:1', controlPeer: '0::1' })
  assert.equal(six.endpoint.value.address, '::1')
  dial(six.port, '::1', '::1')
  assert.equal((await six.open(signal)).remote.address, '::1')
})

test('a zone is not announced', async () => {
  const listener = await listen({ announceAddress: 'fe80::1%eth0' })
  assert.equal(listener.endpoint.value.address, 'fe80::1')
})

test('ports are tried from a random one on, wrapping, and busy ones are passed over', async () => {
  const range = await freeRange(4)
  const order: number[] = []
  for (let round = 0; round < 4; round++) order.push((await listen({ range, random: () => 2 })).port)
  assert.deepEqual(order, [range.base + 2, range.base + 3, range.base, range.base + 1])
  await assert.rejects(listen({ range, random: () => 2 }), {
    code: 'CHANNEL_NO_PORT',
    message: `every active port of ${range} on 127.0.0.1 is in use: use a larger range or fewer connections at a time, or passive mode`,
  })
})

test('an address that is not ours is no busy port', async () => {
  for (const range of [await freeRange(3), undefined]) {
    await assert.rejects(listen({ bindAddress: '192.0.2.1', ...(range && { range }) }), {
      code: 'CHANNEL_LISTEN',
      message: /192\.0\.2\.1 is not an address of this machine/,
    })
  }
})

test('a server that does not come', async () => {
  const listener = await listen({ acceptMs: 30 })
  await assert.rejects(listener.open(signal), {
    code: 'CHANNEL_ACCEPT_TIMEOUT',
    message: new RegExp(
      `did not connect to 127\\.0\\.0\\.1:${listener.port} within 0 seconds: let port ${listener.port} through`,
    ),
  })
  assert.ok(await isFree(listener.port))
})

test('a server that comes from elsewhere is named when the time is over', async () => {
  const turnedAway = Promise.withResolvers<void>()
  const listener = await listen({ acceptMs: 300, onStranger: () => turnedAway.resolve() })
  const opened = listener.open(signal)
  dial(listener.port, '127.0.0.2')
  await turnedAway.promise
  await assert.rejects(opened, {
    code: 'CHANNEL_ACCEPT_TIMEOUT',
    message: /1 connections came from elsewhere than 127\.0\.0\.1 and were closed \(127\.0\.0\.2\)/,
  })
})

test('the caller ends the wait', async () => {
  const listener = await listen()
  const stop = new AbortController()
  const opened = listener.open(stop.signal)
  stop.abort(new Error('enough'))
  await assert.rejects(opened, (error: Error & { code?: string }) => {
    assert.equal(error.code, 'CHANNEL_ABORTED')
    assert.equal(error.cause, stop.signal.reason)
    return true
  })
  assert.ok(await isFree(listener.port))

  const met = await listen()
  const server = dial(met.port)
  const reset = once(server, 'error')
  await once(server, 'connect')
  await new Promise(resolve => setImmediate(resolve))
  await assert.rejects(met.open(stop.signal), { code: 'CHANNEL_ABORTED' })
  await reset
})

test('a listener that is given up closes its port and whoever has come', async () => {
  const idle = await listen()
  await idle[Symbol.asyncDispose]()
  await assert.rejects(idle.open(signal), { code: 'CHANNEL_REPLACED' })
  assert.ok(await isFree(idle.port))

  const waiting = await listen()
  const opened = waiting.open(signal)
  await waiting[Symbol.asyncDispose]()
  await assert.rejects(opened, { code: 'CHANNEL_REPLACED' })

  const met = await listen()
  const server = dial(met.port)
  const reset = once(server, 'error')
  await once(server, 'connect')
  await new Promise(resolve => setImmediate(resolve))
  await met[Symbol.asyncDispose]()
  const [error] = await reset
  assert.equal(error.code, 'ECONNRESET')
})

test('no handle is left of listeners that were used, given up or never met', async () => {
  const handles = () => process.getActiveResourcesInfo().filter(name => /^TCP|Timeout/.test(name)).length
  const before = handles()
  for (let round = 0; round < 5; round++) {
    await using used = await listen()
    const server = dial(used.port)
    await using data = await used.open(signal)
    data.destroy({ code: 'aborted', text: 'done' })
    server.destroy()
    await (await listen())[Symbol.asyncDispose]()
    await assert.rejects((await listen({ acceptMs: 1 })).open(signal))
  }
  // Handles close in a later turn than their sockets say so.
  for (let turn = 0; turn < 50 && handles() > before; turn++)
    await new Promise(resolve => setTimeout(resolve, 5))
  assert.ok(handles() <= before, String(process.getActiveResourcesInfo()))
})
