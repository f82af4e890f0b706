import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type Server, type Socket } from 'node:net'
import { afterEach, test } from 'node:test'
import { type ActiveOptions, promiseActive } from './active.ts'
import type { DataConnection } from './data-connection.ts'
import { collector, freeRange, pattern, portOf, readToEnd, sourceOf, unbounded } from './testing.ts'

const leftovers: (() => void)[] = []

afterEach(() => {
  for (const end of leftovers.splice(0)) end()
})

const { signal } = new AbortController()

interface Client {
  readonly port: number
  readonly listener: Server
  /** Connections in the order in which they came. */
  readonly came: readonly Socket[]
  /** Waits for the connection of this number, from 0. */
  arrival(number: number): Promise<Socket>
}

/** A client in active mode: it listens, the server dials. */
async function listen(host = '127.0.0.1'): Promise<Client> {
  const came: Socket[] = []
  const listener = createServer({ allowHalfOpen: true }, socket => {
    socket.on('error', () => {})
    came.push(socket)
    leftovers.push(() => socket.destroy())
  })
  listener.listen(0, host)
  await once(listener, 'listening')
  leftovers.push(() => listener.close())
  return {
    port: portOf(listener),
    listener,
    came,
    async arrival(number) {
      for (;;) {
        const socket = came[number]
        if (socket) return socket
        await once(listener, 'connection')
      }
    },
  }
}

function promise(port: number, more: Partial<ActiveOptions> = {}) {
  return promiseActive({
    endpoint: { address: '127.0.0.1', port },
    controlPeer: '127.0.0.1',
    localAddress: '127.0.0.1',
    ...more,
  })
}

async function open(port: number, more: Partial<ActiveOptions> = {}): Promise<DataConnection> {
  const data = await promise(port, more).open(signal)
  leftovers.push(() => void data[Symbol.asyncDispose]())
  return data
}

test('nothing is dialled before open, so a client may listen later than it announces', async () => {
  const client = await listen()
  await using promised = promise(client.port)
  assert.deepEqual(promised.endpoint.value, { address: '127.0.0.1', port: client.port })
  assert.equal(promised.endpoint.because.text, `127.0.0.1 announced 127.0.0.1:${client.port}`)
  await new Promise(resolve => setTimeout(resolve, 20))
  assert.equal(client.came.length, 0)
})

test('data moves both ways over dialled connections', async () => {
  const client = await listen()
  const bytes = pattern(1_000_000)
  const sending = await open(client.port)
  const got = readToEnd(await client.arrival(0))
  assert.deepEqual(await sending.send(sourceOf(bytes), unbounded()), { kind: 'clean', bytes: bytes.length })
  assert.ok(bytes.equals(await got))

  const receiving = await open(client.port)
  const socket = await client.arrival(1)
  socket.end(bytes)
  const sink = collector()
  assert.deepEqual(await receiving.receive(sink, unbounded()), { kind: 'clean', bytes: bytes.length })
  assert.ok(bytes.equals(sink.bytes))
})

test('the connection comes from the address of the control connection, and says why it is there', async () => {
  const client = await listen()
  const data = await open(client.port, { localAddress: '127.0.0.77' })
  const socket = await client.arrival(0)
  assert.equal(socket.remoteAddress, '127.0.0.77')
  assert.deepEqual(data.local, { address: '127.0.0.77', port: socket.remotePort })
  assert.equal(data.mode, 'active')
  assert.match(
    data.because.text,
    /the server dialled 127\.0\.0\.1:\d+ from 127\.0\.0\.77:\d+: 127\.0\.0\.1 announced/,
  )
  assert.ok(data.local.port > 1023)
})

test('the connection comes from the active range, from another port each time', async () => {
  const client = await listen()
  const range = await freeRange(8)
  const ports = new Set<number>()
  for (let i = 0; i < 4; i++) ports.add((await open(client.port, { range })).local.port)
  assert.equal(ports.size, 4)
  assert.ok([...ports].every(port => range.contains(port)))
})

test('the ports of the range are tried in random order until one is free', async () => {
  const client = await listen()
  const range = await freeRange(3)
  const data = await Promise.all([
    open(client.port, { range }),
    open(client.port, { range }),
    open(client.port, { range }),
  ])
  assert.deepEqual(data.map(({ local }) => local.port).sort(), [...range.ports()])
  await assert.rejects(promise(client.port, { range }).open(signal), {
    code: 'CHANNEL_DIAL',
    message: new RegExp(
      `all ports of the active range ${range} are busy towards 127\\.0\\.0\\.1:${client.port}: .*passive mode`,
    ),
  })
})

test('a port of the range is only busy towards the client that it serves', async () => {
  const [first, second] = [await listen(), await listen()]
  const range = await freeRange(1)
  await open(first.port, { range })
  assert.equal((await open(second.port, { range })).local.port, range.base)
})

test('a range that has just been used can be used again, whether the system lets the last port rest or not', async () => {
  const client = await listen()
  const range = await freeRange(2)
  const random = () => 0
  const first = await open(client.port, { range, random })
  const got = readToEnd(await client.arrival(0))
  // We end first, so TIME_WAIT is ours.
  await first.send(sourceOf(pattern(10)), unbounded())
  await got
  assert.ok(range.contains((await open(client.port, { range, random })).local.port))
})

test('a client on IPv6 that announces an IPv4 port is dialled from whatever address the system chooses', async () => {
  const client = await listen()
  const data = await open(client.port, { localAddress: '::1', controlPeer: '::1' })
  assert.equal(data.local.address, '127.0.0.1')
})

test('a port where nobody listens: the text says what to do', async () => {
  const client = await listen()
  client.listener.close()
  await assert.rejects(promise(client.port).open(signal), {
    code: 'CHANNEL_DIAL',
    message: new RegExp(
      `nothing listens at 127\\.0\\.0\\.1:${client.port}, or your firewall or NAT .*: use passive mode`,
    ),
  })
})

test('an address that does not answer: the text says what to do, in time', async () => {
  // 127.0.0.1 cannot reach an address outside of loopback: the system says so, or nothing answers.
  const promised = promiseActive({
    endpoint: { address: '192.0.2.1', port: 5000 },
    controlPeer: '192.0.2.1',
    localAddress: '0.0.0.0',
    connectMs: 100,
  })
  await assert.rejects(promised.open(signal), {
    code: 'CHANNEL_DIAL',
    message: /192\.0\.2\.1:5000.*use passive mode/,
  })
})

test('the signal ends the dialling', async () => {
  const client = await listen()
  await assert.rejects(promise(client.port).open(AbortSignal.abort()), { code: 'CHANNEL_ABORTED' })
})

test('what was given up is not dialled', async () => {
  const client = await listen()
  const promised = promise(client.port)
  await promised[Symbol.asyncDispose]()
  await assert.rejects(promised.open(signal), { code: 'CHANNEL_REPLACED' })
  assert.equal(client.came.length, 0)
})

test('IPv6 is dialled from IPv6', async () => {
  const client = await listen('::1')
  const data = await open(client.port, {
    endpoint: { address: '::1', port: client.port },
    controlPeer: '::1',
    localAddress: '::1',
  })
  assert.equal(data.local.address, '::1')
})
