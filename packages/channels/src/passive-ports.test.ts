import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { afterEach, test } from 'node:test'
import fc from 'fast-check'
import type { DataConnection } from './data-connection.ts'
import { openPassivePorts, type PassivePorts, type PassivePortsOptions } from './passive-ports.ts'
import type { PassiveReservation } from './passive-reservation.ts'
import { PortRange } from './port-range.ts'
import { collector, freeRange, pattern, readToEnd, sourceOf, unbounded } from './test-kit.ts'

async function portsOf(
  numberOfPorts: number,
  options: Partial<PassivePortsOptions> = {},
): Promise<PassivePorts> {
  const range = options.range ?? (await freeRange(numberOfPorts))
  return openPassivePorts({ hosts: ['127.0.0.1'], sharing: 'by-client', ...options, range })
}

const { signal } = new AbortController()

/** Dials a passive port from this loopback address. */
function dial(port: number, from = '127.0.0.1'): Socket {
  const socket = connect({ port, host: '127.0.0.1', localAddress: from, allowHalfOpen: true })
  socket.on('error', () => {})
  leftovers.push({ [Symbol.asyncDispose]: async () => void socket.destroy() })
  return socket
}

/** What a test leaves open. */
const leftovers: AsyncDisposable[] = []

afterEach(async () => {
  for (const one of leftovers.splice(0)) await one[Symbol.asyncDispose]()
})

/** Waits for the client of a reservation. */
async function open(reservation: PassiveReservation): Promise<DataConnection> {
  const data = await reservation.open(signal)
  leftovers.push(data)
  return data
}

/** Until the socket is closed, by RST too. */
function gone(socket: Socket): Promise<void> {
  socket.resume()
  return new Promise(resolve => socket.once('close', () => resolve()))
}

const ofClient = (address: string) => ({ address })

function counts(ports: PassivePorts) {
  const { listening, reserved, waiting, refused, strangers, connected } = ports.figures()
  return { listening, reserved, waiting, refused, strangers, connected }
}

const QUIET = { reserved: 0, waiting: 0, refused: 0, strangers: 0, connected: 0 }

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

test('sixty clients at sixty addresses move data through one port at the same moment', async () => {
  await using ports = await portsOf(1)
  const bytes = pattern(300_000)
  const addresses = Array.from({ length: 60 }, (_, i) => `127.0.1.${i + 1}`)
  const reservations = await Promise.all(
    addresses.map(address => ports.reserve(ofClient(address), { signal })),
  )
  assert.equal(new Set(reservations.map(({ port }) => port)).size, 1)
  assert.equal(counts(ports).reserved, 60)
  const all = reservations.map(async (reservation, i) => {
    const address = addresses[i] ?? ''
    const client = dial(reservation.port, address)
    const got = readToEnd(client)
    const data = await open(reservation)
    assert.equal(data.remote.address, address)
    // Each gets its own bytes: nothing is delivered to a neighbour.
    const own = Buffer.concat([Buffer.from(address), bytes])
    const end = await data.send(sourceOf(own), unbounded())
    assert.equal(end.kind, 'clean')
    assert.ok(own.equals(await got))
  })
  await Promise.all(all)
  assert.equal(counts(ports).reserved, 0)
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

test('when no port is free the wait is bounded, and the text says why', async () => {
  await using ports = await portsOf(2, { waitMs: 60 })
  const held = [
    await ports.reserve(ofClient('127.0.0.1'), { signal }),
    await ports.reserve(ofClient('127.0.0.1'), { signal }),
  ]
  assert.equal(new Set(held.map(({ port }) => port)).size, 2)
  const refused = ports.reserve(ofClient('127.0.0.1'), { signal })
  assert.equal(counts(ports).waiting, 1)
  await assert.rejects(refused, {
    code: 'CHANNEL_NO_PORT',
    message:
      /all passive ports \d+-\d+ were taken by other connections of 127\.0\.0\.1 for 0\.1 seconds.*passive\.numberOfPorts/,
  })
  assert.deepEqual(counts(ports), { ...QUIET, listening: 2, reserved: 2, refused: 1 })
})

test('those who wait are served in order as ports become free', async () => {
  await using ports = await portsOf(1)
  const first = await ports.reserve(ofClient('127.0.0.1'), { signal })
  const order: number[] = []
  const waits = [1, 2, 3].map(async n => {
    const reservation = await ports.reserve(ofClient('127.0.0.1'), { signal })
    order.push(n)
    return reservation
  })
  assert.equal(counts(ports).waiting, 3)
  dial(first.port)
  await open(first)
  const second = await waits[0]
  assert.deepEqual([order, counts(ports).waiting], [[1], 2])
  // One comes, the other gives up: both let the next in.
  dial(second?.port ?? 0)
  if (second) await open(second)
  await (await waits[1])?.[Symbol.asyncDispose]()
  await waits[2]
  assert.deepEqual(order, [1, 2, 3])
})

test('the connection of one who waited is his, even when it is there in the same moment', async () => {
  await using ports = await portsOf(1)
  const first = await ports.reserve(ofClient('127.0.0.1'), { signal })
  const wait = ports.reserve(ofClient('127.0.0.1'), { signal })
  // Two connections are in the kernel before the first is taken: the second belongs to the one in line.
  const clients = [dial(first.port), dial(first.port)]
  await Promise.all(clients.map(client => once(client, 'connect')))
  const second = await wait
  const [a, b] = await Promise.all([open(first), open(second)])
  assert.notEqual(a.remote.port, b.remote.port)
  assert.equal(counts(ports).strangers, 0)
})

test('the signal ends the wait for a port', async () => {
  await using ports = await portsOf(1)
  await ports.reserve(ofClient('127.0.0.1'), { signal })
  const abort = new AbortController()
  const wait = ports.reserve(ofClient('127.0.0.1'), { signal: abort.signal })
  abort.abort()
  await assert.rejects(wait, { code: 'CHANNEL_ABORTED' })
  assert.deepEqual(counts(ports), { ...QUIET, listening: 1, reserved: 1 })
})

test('exclusive: one session at a time has the port, whatever its address', async () => {
  await using ports = await portsOf(1, { sharing: 'exclusive', waitMs: 50 })
  const first = await ports.reserve(ofClient('127.0.0.1'), { signal })
  await assert.rejects(ports.reserve(ofClient('127.0.0.2'), { signal }), {
    code: 'CHANNEL_NO_PORT',
    message: /all passive ports \d+ were taken for/,
  })
  await gone(dial(first.port, '127.0.0.2'))
  dial(first.port)
  await open(first)
  const second = await ports.reserve(ofClient('127.0.0.2'), { signal })
  dial(second.port, '127.0.0.2')
  assert.equal((await open(second)).remote.address, '127.0.0.2')
  assert.equal(counts(ports).strangers, 1)
})

test('behind a proxy the client is the one that the PROXY header names', async () => {
  await using ports = await portsOf(1, { proxyFrom: ['127.0.0.99'], acceptMs: 2000 })
  const reservations = await Promise.all(
    ['192.0.2.1', '192.0.2.2'].map(address => ports.reserve(ofClient(address), { signal })),
  )
  const port = reservations[0]?.port ?? 0
  for (const [i, source] of ['192.0.2.2', '192.0.2.1'].entries()) {
    const proxy = dial(port, '127.0.0.99')
    proxy.end(`PROXY TCP4 ${source} 198.51.100.1 ${5000 + i} ${port}\r\nbytes of ${source}`)
  }
  for (const [i, reservation] of reservations.entries()) {
    const data = await open(reservation)
    assert.deepEqual(data.remote, { address: `192.0.2.${i + 1}`, port: 5001 - i })
    const sink = collector()
    assert.equal((await data.receive(sink, unbounded())).kind, 'clean')
    assert.equal(String(sink.bytes), `bytes of 192.0.2.${i + 1}`)
  }
})

test('a proxy without a header, and a header without a proxy, are strangers', async () => {
  await using ports = await portsOf(1, { proxyFrom: ['127.0.0.99'] })
  const mine = await ports.reserve(ofClient('127.0.0.99'), { signal })
  const proxy = dial(mine.port, '127.0.0.99')
  proxy.write('USER x\r\n')
  await gone(proxy)
  await ports.reserve(ofClient('192.0.2.1'), { signal })
  const liar = dial(mine.port, '127.0.0.66')
  liar.write('PROXY TCP4 192.0.2.1 198.51.100.1 5000 21\r\n')
  await gone(liar)
  assert.deepEqual(counts(ports), { ...QUIET, listening: 1, reserved: 2, strangers: 2 })
})

test('IPv6 clients and IPv4 clients share the ports', async () => {
  const range = await freeRange(1)
  await using ports = await portsOf(1, { range, hosts: ['0.0.0.0', '::'] })
  for (const [host, address] of [
    ['127.0.0.1', '127.0.0.1'],
    ['::1', '::1'],
  ] as const) {
    const reservation = await ports.reserve(ofClient(address), { signal })
    const client = connect({ port: reservation.port, host })
    const data = await open(reservation)
    assert.deepEqual([data.remote.address, data.local.address], [address, address])
    client.destroy()
  }
  assert.equal(counts(ports).strangers, 0)
})

test('a listener of :: alone takes IPv4 too, under its own name', async () => {
  await using ports = await portsOf(1, { hosts: ['::'] })
  const reservation = await ports.reserve(ofClient('::ffff:127.0.0.1'), { signal })
  const client = dial(reservation.port)
  const data = await open(reservation)
  assert.equal(data.remote.address, '127.0.0.1')
  assert.equal(data.local.address, '127.0.0.1')
  client.destroy()
})

test('a port that somebody else has is passed over and tried again', async () => {
  const range = await freeRange(2)
  const squatter = createServer().listen(range.base, '127.0.0.1')
  await once(squatter, 'listening')
  await using ports = await portsOf(2, { range, retryMs: 20, waitMs: 5000, sharing: 'exclusive' })
  const { failed } = ports.figures()
  assert.deepEqual(
    failed.map(({ port, host }) => [port, host]),
    [[range.base, '127.0.0.1']],
  )
  assert.match(failed[0]?.text ?? '', /EADDRINUSE/)
  assert.deepEqual(counts(ports), { ...QUIET, listening: 1 })
  assert.deepEqual(
    ports.snapshot().map(({ state }) => state),
    ['failed', 'free'],
  )
  assert.equal((await ports.reserve(ofClient('127.0.0.1'), { signal })).port, range.end)
  const wait = ports.reserve(ofClient('127.0.0.1'), { signal })
  squatter.close()
  const reservation = await wait
  assert.equal(reservation.port, range.base, 'who waits is served when the port is there')
  dial(reservation.port)
  await open(reservation)
  assert.deepEqual(ports.figures().failed, [])
})

test('when every port is refused nothing is opened, and the text names the range', async () => {
  const range = await freeRange(1)
  const squatter = createServer().listen(range.base, '127.0.0.1')
  await once(squatter, 'listening')
  await assert.rejects(portsOf(1, { range }), {
    code: 'CHANNEL_LISTEN',
    message: new RegExp(`any of the passive ports ${range}: .*EADDRINUSE`),
  })
  squatter.close()
})

test('an address that this machine does not have costs nothing but itself', async () => {
  await using ports = await portsOf(2, { hosts: ['127.0.0.1', '203.0.113.1'] })
  assert.deepEqual(counts(ports), { ...QUIET, listening: 2 })
})

test('closing ends reservations and waits, keeps connections, and frees the ports', async () => {
  const range = await freeRange(1)
  const ports = await portsOf(1, { range })
  const used = await ports.reserve(ofClient('127.0.0.1'), { signal })
  const client = dial(range.base)
  const data = await open(used)
  const pending = await ports.reserve(ofClient('127.0.0.1'), { signal })
  const ended = Promise.all([
    assert.rejects(pending.open(signal), { code: 'CHANNEL_REPLACED' }),
    assert.rejects(ports.reserve(ofClient('127.0.0.1'), { signal }), { code: 'CHANNEL_REPLACED' }),
  ])
  await ports[Symbol.asyncDispose]()
  await ended
  await assert.rejects(ports.reserve(ofClient('127.0.0.1'), { signal }), { code: 'CHANNEL_REPLACED' })
  const got = readToEnd(client)
  await data.send(sourceOf(Buffer.from('still here')), unbounded())
  assert.equal(String(await got), 'still here')
  await using again = await portsOf(1, { range })
  assert.equal(counts(again).listening, 1)
})

test('the snapshot says of each port who is waited for', async () => {
  await using ports = await portsOf(2)
  const { port } = await ports.reserve(ofClient('127.0.0.5'), { signal })
  const snapshot = ports.snapshot()
  assert.deepEqual(
    snapshot.find(one => one.port === port),
    { port, state: 'reserved', waitingFor: ['127.0.0.5'] },
  )
  assert.deepEqual(
    snapshot.filter(one => one.port !== port).map(({ state }) => state),
    ['free'],
  )
})

test('a thousand ports stand open in a moment', async () => {
  const range = PortRange.of({ basePort: 10_000 + Math.floor(Math.random() * 8000), numberOfPorts: 1024 })
  const started = performance.now()
  // An own address of loopback: nobody else is likely to listen there.
  await using ports = await portsOf(1024, { range, hosts: ['127.47.11.8'] })
  assert.ok(performance.now() - started < 5_000)
  assert.equal(ports.figures().listening, 1024)
})

test('whatever clients do, connections reach their own reservation and nothing is left over', async () => {
  const step = fc.record({
    act: fc.constantFrom('come', 'comeEarly', 'giveUp', 'abort', 'stranger', 'resetEarly'),
    client: fc.integer({ min: 1, max: 4 }),
  })
  await using ports = await portsOf(3, { waitMs: 2000 })
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async steps => {
      const clients: Socket[] = []
      await Promise.all(
        steps.map(async ({ act, client }) => {
          const address = `127.0.2.${client}`
          const reservation = await ports.reserve(ofClient(address), { signal })
          await behave(act, reservation, address, clients)
        }),
      )
      for (const client of clients) client.destroy()
      await until(() => counts(ports).connected === 0)
      const { reserved, waiting, refused } = counts(ports)
      assert.deepEqual([reserved, waiting, refused], [0, 0, 0])
    }),
    { numRuns: 25 },
  )
})

async function behave(
  act: string,
  reservation: PassiveReservation,
  address: string,
  clients: Socket[],
): Promise<void> {
  const come = (from = address) => {
    const client = dial(reservation.port, from)
    clients.push(client)
    return client
  }
  if (act === 'giveUp') return reservation[Symbol.asyncDispose]()
  if (act === 'abort') {
    await assert.rejects(reservation.open(AbortSignal.timeout(1)), { code: 'CHANNEL_ABORTED' })
    return
  }
  if (act === 'stranger') {
    await gone(come('127.0.0.66'))
    return reservation[Symbol.asyncDispose]()
  }
  const client = come()
  if (act !== 'come') await once(client, 'connect')
  if (act === 'resetEarly') {
    // A connection that is gone before it is accepted was none.
    client.resetAndDestroy()
    return reservation[Symbol.asyncDispose]()
  }
  const data = await open(reservation)
  assert.equal(data.remote.address, address)
  if (act === 'come') assert.equal(data.remote.port, client.localPort)
  await data[Symbol.asyncDispose]()
}

async function until(condition: () => boolean): Promise<void> {
  const deadline = performance.now() + 10_000
  while (!condition()) {
    assert.ok(performance.now() < deadline, 'it did not come to pass')
    await new Promise(resolve => setTimeout(resolve, 2))
  }
}

test('the port of a listener that is asked for nothing answers with RST', async () => {
  await using ports = await portsOf(1)
  const client = dial(ports.snapshot()[0]?.port ?? 0)
  const [error] = await once(client, 'error')
  assert.equal(error.code, 'ECONNRESET')
  assert.equal(counts(ports).strangers, 1)
})
