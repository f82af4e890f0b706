import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import { afterEach, test } from 'node:test'
import { PortRange } from './port-range.ts'
import { freeRange, readToEnd, sourceOf, unbounded } from './testing.ts'
import {
  cleanUp,
  counts,
  dial,
  gone,
  leftOpen,
  ofClient,
  open,
  portsOf,
  QUIET,
  signal,
} from './testing-passive.ts'

afterEach(cleanUp)

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

test('the port of a listener that is asked for nothing answers with RST', async () => {
  await using ports = await portsOf(1)
  const client = dial(ports.snapshot()[0]?.port ?? 0)
  const [error] = await once(client, 'error')
  assert.equal(error.code, 'ECONNRESET')
  assert.equal(counts(ports).strangers, 1)
})

test('a process that has run out of descriptors loses connections, not its life, and recovers', async () => {
  const range = await freeRange(1)
  const index = new URL('./index.ts', import.meta.url).href
  // Takes every descriptor that is left, tells so, and lets go of them when told.
  const program = `
    import { closeSync, openSync } from 'node:fs'
    import { openPassivePorts, PortRange } from ${JSON.stringify(index)}
    const range = PortRange.of({ basePort: ${range.base}, numberOfPorts: 1 })
    const ports = await openPassivePorts({ range, hosts: ['127.0.0.1'], sharing: 'by-client' })
    const { signal } = new AbortController()
    const taken = []
    try { for (;;) taken.push(openSync('/dev/null')) } catch {}
    process.on('message', async () => {
      for (const fd of taken) closeSync(fd)
      const reservation = await ports.reserve({ address: '127.0.0.1' }, { signal })
      process.send('reserved')
      const data = await reservation.open(signal)
      process.send(data.remote.address)
      process.exit()
    })
    process.send('exhausted')
  `
  const child = spawn(
    '/bin/sh',
    ['-c', 'ulimit -n 64; exec "$0" --input-type=module -e "$1"', process.execPath, program],
    {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    },
  )
  leftOpen(() => child.kill())
  const exited = once(child, 'exit')
  assert.deepEqual(await once(child, 'message'), ['exhausted', undefined])
  await Promise.all(Array.from({ length: 5 }, () => gone(dial(range.base))))
  child.send('let go')
  assert.equal((await once(child, 'message'))[0], 'reserved')
  dial(range.base)
  assert.equal((await once(child, 'message'))[0], '127.0.0.1')
  assert.deepEqual(await exited, [0, null])
})
