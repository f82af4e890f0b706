import assert from 'node:assert/strict'
import { once } from 'node:events'
import { afterEach, test } from 'node:test'
import { collector, pattern, readToEnd, sourceOf, unbounded } from './testing.ts'
import {
  cleanUp,
  counts,
  dial,
  gone,
  ofClient,
  open,
  portsOf,
  QUIET,
  signal,
  until,
} from './testing-passive.ts'

afterEach(cleanUp)

test('a reservation becomes the connection of its client, with the reason', async () => {
  await using ports = await portsOf(4)
  const reservation = await ports.reserve(ofClient('127.0.0.1'), { signal, local: '127.0.0.1' })
  assert.deepEqual(reservation.endpoint.value, { address: '127.0.0.1', port: reservation.port })
  assert.equal(reservation.endpoint.because.code, 'passive-port')
  assert.deepEqual(counts(ports), { ...QUIET, listening: 4, reserved: 1 })
  const client = dial(reservation.port)
  const data = await open(reservation)
  assert.equal(data.mode, 'passive')
  assert.equal(data.local.port, reservation.port)
  assert.deepEqual(data.remote, { address: '127.0.0.1', port: client.localPort })
  assert.match(data.because.text, /127\.0\.0\.1 came to passive port \d+, which was kept for it/)
  assert.deepEqual(counts(ports), { ...QUIET, listening: 4, connected: 1 })
  const got = readToEnd(client)
  await data.send(sourceOf(Buffer.from('hello')), unbounded())
  assert.equal(String(await got), 'hello')
})

test('a client may come before the server asks for it, and waits without being read', async () => {
  await using ports = await portsOf(1)
  const reservation = await ports.reserve(ofClient('127.0.0.1'), { signal })
  const client = dial(reservation.port)
  client.end(pattern(100))
  await until(() => counts(ports).reserved === 0)
  const next = await ports.reserve(ofClient('127.0.0.1'), { signal })
  assert.equal(next.port, reservation.port, 'the port is free for the same client as soon as it has come')
  const data = await open(reservation)
  const sink = collector()
  assert.deepEqual(await data.receive(sink, unbounded()), { kind: 'clean', bytes: 100 })
})

test('only one connection belongs to a reservation', async () => {
  await using ports = await portsOf(1)
  const reservation = await ports.reserve(ofClient('127.0.0.1'), { signal })
  const first = dial(reservation.port)
  await until(() => counts(ports).reserved === 0)
  const second = dial(reservation.port)
  await gone(second)
  assert.equal(counts(ports).strangers, 1)
  const data = await open(reservation)
  assert.equal(data.remote.port, first.localPort)
})

test('a stranger is reset and counted, and named when the client itself does not come', async () => {
  await using ports = await portsOf(1, { acceptMs: 300 })
  const reservation = await ports.reserve(ofClient('127.0.0.2'), { signal })
  const opened = reservation.open(signal)
  const stranger = dial(reservation.port, '127.0.0.66')
  const [error] = await once(stranger, 'error')
  assert.equal(error.code, 'ECONNRESET')
  await assert.rejects(opened, {
    code: 'CHANNEL_ACCEPT_TIMEOUT',
    message: new RegExp(
      `nobody came to port ${reservation.port} within 0\\.3 seconds; 127\\.0\\.0\\.66 came instead of 127\\.0\\.0\\.2`,
    ),
  })
  assert.deepEqual(counts(ports), { ...QUIET, listening: 1, strangers: 1 })
})

test('a stranger does not disturb the one who is waited for', async () => {
  await using ports = await portsOf(1)
  const reservation = await ports.reserve(ofClient('127.0.0.2'), { signal })
  await gone(dial(reservation.port, '127.0.0.66'))
  dial(reservation.port, '127.0.0.2')
  const data = await open(reservation)
  assert.equal(data.remote.address, '127.0.0.2')
})

test('nobody comes: the text says how long, and what to look at', async () => {
  await using ports = await portsOf(1, { acceptMs: 50 })
  const reservation = await ports.reserve(ofClient('127.0.0.1'), { signal })
  await assert.rejects(reservation.open(signal), {
    code: 'CHANNEL_ACCEPT_TIMEOUT',
    message: /nobody came to port \d+ within 0\.1 seconds: let port \d+ through the firewalls and NAT/,
  })
})

test('a reservation that nobody uses expires by itself, and its port is free', async () => {
  await using ports = await portsOf(1, { acceptMs: 30 })
  const reservation = await ports.reserve(ofClient('127.0.0.1'), { signal })
  await until(() => counts(ports).reserved === 0)
  await assert.rejects(reservation.open(signal), { code: 'CHANNEL_ACCEPT_TIMEOUT' })
})

test('giving a reservation up frees its port at once and ends the wait for it', async () => {
  await using ports = await portsOf(1)
  const reservation = await ports.reserve(ofClient('127.0.0.1'), { signal })
  const opened = reservation.open(signal)
  await reservation[Symbol.asyncDispose]()
  await assert.rejects(opened, { code: 'CHANNEL_REPLACED' })
  assert.equal(counts(ports).reserved, 0)
  await reservation[Symbol.asyncDispose]()
})

test('an early connection of a reservation that is given up is reset', async () => {
  await using ports = await portsOf(1)
  const reservation = await ports.reserve(ofClient('127.0.0.1'), { signal })
  const client = dial(reservation.port)
  client.resume()
  await until(() => counts(ports).reserved === 0)
  const closed = gone(client)
  await reservation[Symbol.asyncDispose]()
  await closed
  assert.equal(client.readableEnded, false)
})

test('the signal ends the wait for the client and frees the port', async () => {
  await using ports = await portsOf(1)
  for (const early of [true, false]) {
    const reservation = await ports.reserve(ofClient('127.0.0.1'), { signal })
    const abort = new AbortController()
    if (early) abort.abort()
    const opened = reservation.open(abort.signal)
    abort.abort()
    await assert.rejects(opened, { code: 'CHANNEL_ABORTED' })
    assert.equal(counts(ports).reserved, 0)
  }
})

test('giving up what was handed over leaves the connection alone', async () => {
  await using ports = await portsOf(1)
  const reservation = await ports.reserve(ofClient('127.0.0.1'), { signal })
  const client = dial(reservation.port)
  const data = await open(reservation)
  await reservation[Symbol.asyncDispose]()
  const got = readToEnd(client)
  assert.deepEqual(await data.send(sourceOf(Buffer.from('x')), unbounded()), { kind: 'clean', bytes: 1 })
  assert.equal(String(await got), 'x')
})
