import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { afterEach, test } from 'node:test'
import type { PassivePorts, PassivePortsSettings } from './passive-ports.ts'
import { PortRange } from './port-range.ts'
import { freeRange, readToEnd, sourceOf, unbounded } from './testing.ts'
import { cleanUp, dial, leftOpen, ofClient, open, portsOf, signal, until } from './testing-passive.ts'

afterEach(cleanUp)

const BASIS = { hosts: ['127.0.0.1'], sharing: 'by-client' } as const

const rangeOf = (basePort: number, numberOfPorts: number) => PortRange.of({ basePort, numberOfPorts })

async function change(ports: PassivePorts, settings: Partial<PassivePortsSettings>): Promise<void> {
  const prepared = await ports.prepare({ ...BASIS, range: undefined, ...settings })
  prepared.commit()
}

const reserve = (ports: PassivePorts, address = '127.0.0.1') => ports.reserve(ofClient(address), { signal })

/** How a port answers somebody who is not waited for. */
async function answerOf(port: number, host = '127.0.0.1'): Promise<'closed' | 'open'> {
  const socket = dial(port, '127.0.0.77', host)
  const [error] = await once(socket, 'error')
  return error.code === 'ECONNREFUSED' ? 'closed' : 'open'
}

async function squat(port: number): Promise<() => Promise<void>> {
  const server = createServer().listen(port, '127.0.0.1')
  await once(server, 'listening')
  leftOpen(() => server.close())
  return () => new Promise(resolve => void server.close(() => resolve()))
}

test('what was promised stays good on the old ports, and the next promise is in the new range', async () => {
  const range = await freeRange(8)
  await using ports = await portsOf(4, { range: rangeOf(range.base, 4) })
  const promised = await reserve(ports)
  const used = await reserve(ports)
  const client = dial(used.port)
  const running = await open(used)

  await change(ports, { range: rangeOf(range.base + 4, 4) })
  assert.ok((await reserve(ports)).port >= range.base + 4)
  assert.equal(await answerOf(promised.port), 'open')
  for (const port of rangeOf(range.base, 4).ports()) {
    if (port !== promised.port) assert.equal(await answerOf(port), 'closed')
  }
  assert.deepEqual(
    ports.snapshot().find(({ port }) => port === promised.port),
    { port: promised.port, state: 'reserved', waitingFor: ['127.0.0.1'] },
  )

  const late = dial(promised.port)
  const data = await open(promised)
  assert.equal(await answerOf(promised.port), 'closed', 'nobody is waited for there any more')
  for (const [connection, socket] of [
    [running, client],
    [data, late],
  ] as const) {
    const got = readToEnd(socket)
    await connection.send(sourceOf(Buffer.from('here')), unbounded())
    assert.equal(String(await got), 'here')
  }
})

test('a promise that runs out on an old port closes it', async () => {
  const range = await freeRange(2)
  await using ports = await portsOf(1, { range: rangeOf(range.base, 1), acceptMs: 60 })
  await reserve(ports)
  await change(ports, { range: rangeOf(range.end, 1) })
  await until(() => ports.figures().reserved === 0)
  assert.equal(await answerOf(range.base), 'closed')
  assert.equal(await answerOf(range.end), 'open')
})

test('a port of both ranges is never closed, and a reservation there is nobody else’s', async () => {
  const range = await freeRange(6)
  await using ports = await portsOf(4, { range: rangeOf(range.base, 4) })
  const held = await Promise.all([1, 2, 3, 4].map(() => reserve(ports)))
  let refused = 0
  let knocks = 0
  let stop = false
  const knock = async () => {
    for (; !stop; knocks++) if ((await answerOf(range.base + 2)) === 'closed') refused++
  }
  const knocking = knock()
  for (let round = 0; round < 10 || knocks < 50; round++) {
    await change(ports, { range: rangeOf(range.base + 2, 4 - (round % 2)) })
    await change(ports, { range: rangeOf(range.base, 4) })
  }
  stop = true
  await knocking
  assert.equal(refused, 0)
  await change(ports, { range: rangeOf(range.base + 2, 4) })
  const more = [await reserve(ports), await reserve(ports)].map(({ port }) => port)
  assert.deepEqual(more.toSorted(), [range.base + 4, range.base + 5])
  for (const reservation of held) {
    dial(reservation.port)
    await open(reservation)
  }
})

test('when every new port is refused the old ones go on, and nothing is left open', async () => {
  const range = await freeRange(4)
  await using ports = await portsOf(2, { range: rangeOf(range.base, 2) })
  const promised = await reserve(ports)
  const free = await Promise.all([squat(range.base + 2), squat(range.base + 3)])
  const wanted = rangeOf(range.base + 2, 2)
  await assert.rejects(change(ports, { range: wanted }), {
    code: 'CHANNEL_LISTEN',
    message: new RegExp(`any of the passive ports ${wanted}: .*EADDRINUSE`),
  })
  await assert.rejects(change(ports, { range: wanted, proxyFrom: ['nonsense'] }), { code: 'CHANNEL_SETTING' })
  dial(promised.port)
  await open(promised)
  assert.ok((await reserve(ports)).port <= range.base + 1)
  assert.equal(ports.figures().listening, 2)
  for (const letGo of free) await letGo()
  await change(ports, { range: wanted })
  assert.equal(ports.figures().listening, 2)
})

test('a change that is given up leaves the new ports closed and the old ones open', async () => {
  const range = await freeRange(4)
  await using ports = await portsOf(2, { range: rangeOf(range.base, 2) })
  const prepared = await ports.prepare({ ...BASIS, range: rangeOf(range.base + 1, 3) })
  assert.equal(await answerOf(range.end), 'open')
  assert.ok((await reserve(ports)).port <= range.base + 1, 'nothing is handed out before it is in force')
  prepared.discard()
  assert.equal(await answerOf(range.end), 'closed')
  assert.equal(await answerOf(range.base + 1), 'open')
})

test('single ports that are refused are told of, passed over, and taken when they can be had', async () => {
  const range = await freeRange(3)
  await using ports = await portsOf(1, { range: rangeOf(range.base, 1) })
  const letGo = await squat(range.base + 1)
  await change(ports, { range: rangeOf(range.base + 1, 2) })
  assert.deepEqual(
    ports.figures().failed.map(({ port, awaited }) => [port, awaited]),
    [[range.base + 1, undefined]],
  )
  assert.equal((await reserve(ports)).port, range.end)
  await letGo()
  await ports.claim()
  assert.deepEqual(ports.figures().failed, [])
  assert.equal((await reserve(ports)).port, range.base + 1)
})

test('who waits is served from the new range; without a range who waits is refused, and what was promised is not', async () => {
  const range = await freeRange(2)
  await using ports = await portsOf(1, { range: rangeOf(range.base, 1), waitMs: 30_000 })
  const promised = await reserve(ports)
  const waiting = reserve(ports)
  await change(ports, { range: rangeOf(range.end, 1), waitMs: 30_000 })
  assert.equal((await waiting).port, range.end)
  const refused = assert.rejects(reserve(ports), { code: 'CHANNEL_REPLACED' })
  await change(ports, { range: undefined })
  await refused
  await assert.rejects(reserve(ports), { code: 'CHANNEL_REPLACED' })
  dial(promised.port)
  await open(promised)
  assert.equal(ports.figures().listening, 0)
})

test('ports that another holds are taken as soon as it lets go', async () => {
  const range = await freeRange(4)
  const first = { range: rangeOf(range.base, 2) }
  const second = { range: rangeOf(range.base + 2, 2) }
  let released = 0
  await using one = await portsOf(2, { ...first, onReleased: () => released++ })
  await using other = await portsOf(2, second)
  const promised = await reserve(one)
  // The other is to have the ports of the one, which is left with those of the other.
  const ready = await Promise.all([
    one.prepare({ ...BASIS, ...second }, second.range),
    other.prepare({ ...BASIS, ...first }, first.range),
  ])
  for (const { commit } of ready) commit()
  await Promise.all([one.claim(), other.claim()])
  await Promise.all([one.claim(), other.claim()])
  assert.deepEqual(
    other.figures().failed.map(({ port, awaited }) => [port, awaited]),
    [[promised.port, true]],
  )
  assert.equal(one.figures().listening, 2)
  assert.equal(released, 0)
  dial(promised.port)
  await open(promised)
  assert.equal(released, 1)
  await other.claim()
  assert.equal(other.figures().listening, 2)
})

test('ports that are awaited on an address that this machine does not have are refused at once', async () => {
  const range = await freeRange(2)
  await using ports = await portsOf(1, { range: rangeOf(range.base, 1) })
  const wanted = { ...BASIS, range, hosts: ['203.0.113.1'] }
  await assert.rejects(ports.prepare(wanted, range), { code: 'CHANNEL_LISTEN', message: /EADDRNOTAVAIL/ })
  assert.equal((await reserve(ports)).port, range.base)
})

test('the same ports move to another address, and what was promised at the old one is kept until it is used', async () => {
  const range = await freeRange(3)
  await using ports = await portsOf(3, { range, waitMs: 5_000 })
  const promised = await reserve(ports)
  await change(ports, { range, hosts: ['0.0.0.0'] })
  await ports.claim()
  assert.equal(ports.figures().listening, 2)
  const elsewhere = await reserve(ports, '127.0.0.5')
  assert.equal(await answerOf(elsewhere.port, '127.0.0.3'), 'open')
  dial(promised.port)
  await open(promised)
  await until(() => ports.figures().listening === 3)
  assert.equal(await answerOf(promised.port, '127.0.0.3'), 'open')
})

test('closing in the middle of a change closes everything', async () => {
  const range = await freeRange(2)
  const ports = await portsOf(1, { range: rangeOf(range.base, 1) })
  const prepared = await ports.prepare({ ...BASIS, range: rangeOf(range.end, 1) })
  await ports[Symbol.asyncDispose]()
  prepared.commit()
  for (const port of range.ports()) assert.equal(await answerOf(port), 'closed')
  await assert.rejects(ports.prepare({ ...BASIS, range }), { code: 'CHANNEL_REPLACED' })
})
