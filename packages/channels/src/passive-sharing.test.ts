import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { Socket } from 'node:net'
import { afterEach, test } from 'node:test'
import { connect as connectTls } from 'node:tls'
import fc from 'fast-check'
import type { PassiveReservation } from './passive-reservation.ts'
import { SERVER_CERTIFICATE } from './test-certificates.ts'
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
import { SessionTls } from './tls.ts'

afterEach(cleanUp)

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

test('TLS and the PROXY header of its connection do not get into each other’s way', async () => {
  const session = new SessionTls({ contextOptions: SERVER_CERTIFICATE })
  await using ports = await portsOf(1, { proxyFrom: ['127.0.0.99'] })
  for (const watchEnd of [true, false]) {
    const reservation = await ports.reserve(ofClient('192.0.2.1'), { signal })
    const proxy = dial(reservation.port, '127.0.0.99')
    proxy.write(`PROXY TCP4 192.0.2.1 198.51.100.1 5000 ${reservation.port}\r\n`)
    const tls = connectTls({ socket: proxy, rejectUnauthorized: false })
    tls.on('error', () => {})
    const bytes = pattern(700_000)
    tls.end(bytes)
    tls.resume()
    const data = await open(reservation)
    await data.secure(session, { signal: AbortSignal.timeout(5000), watchEnd })
    const sink = collector()
    assert.deepEqual(await data.receive(sink, unbounded()), { kind: 'clean', bytes: bytes.length })
    assert.ok(bytes.equals(sink.bytes))
  }
})
