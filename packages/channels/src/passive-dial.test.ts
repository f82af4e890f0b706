import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type Server, type Socket } from 'node:net'
import { afterEach, test } from 'node:test'
import { decide } from './decision.ts'
import { createDialler, type Dialler } from './dialler.ts'
import { type PassiveDialOptions, promisePassiveDial } from './passive-dial.ts'
import { collector, freeRange, pattern, portOf, readToEnd, sourceOf, unbounded } from './testing.ts'
import { socksProxy } from './testing-proxies.ts'

const leftovers: (() => void)[] = []
const { signal } = new AbortController()

afterEach(() => {
  for (const end of leftovers.splice(0)) end()
})

/** A server in passive mode. */
async function passiveServer(serve: (socket: Socket) => void = () => {}): Promise<Server> {
  const server = createServer({ allowHalfOpen: true }, socket => {
    socket.on('error', () => {})
    leftovers.push(() => socket.destroy())
    serve(socket)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  leftovers.push(() => server.close())
  return server
}

function promise(port: number, more: Partial<PassiveDialOptions> = {}) {
  const value = { address: '127.0.0.1', port }
  return promisePassiveDial({
    endpoint: decide(value, 'pasv-control', 'it is the control address'),
    target: { host: value.address, port },
    dialler: createDialler(),
    connectMs: 5_000,
    ...more,
  })
}

test('nothing is dialled before open', async () => {
  let came = 0
  const server = await passiveServer(() => came++)
  await using promised = promise(portOf(server))
  assert.equal(promised.mode, 'passive')
  assert.equal(promised.endpoint.because.code, 'pasv-control')
  await new Promise(resolve => setTimeout(resolve, 20))
  assert.equal(came, 0)
  const data = await promised.open(signal)
  assert.deepEqual(data.remote, { address: '127.0.0.1', port: portOf(server) })
  assert.equal(data.because.text, `the client dialled 127.0.0.1:${portOf(server)}: it is the control address`)
  data.destroy({ code: 'aborted', text: 'done' })
})

test('bytes that come long before receive are read the fast way, and all of them', async () => {
  const bytes = pattern(3_000_000)
  const sent = Promise.withResolvers<void>()
  const server = await passiveServer(socket => {
    socket.write(bytes.subarray(0, 50_000), () => sent.resolve())
    socket.end(bytes.subarray(50_000))
  })
  let dialled: Socket | undefined
  const dialler: Dialler = {
    proxy: undefined,
    dial: async (target, options) => {
      dialled = await createDialler().dial(target, options)
      return dialled
    },
  }
  const data = await promise(portOf(server), { dialler }).open(signal)
  await sent.promise
  const sink = collector()
  const received = data.receive(sink, unbounded())
  assert.equal(dialled?.destroyed, true, 'its connection was to be moved to a faster socket')
  assert.deepEqual(await received, { kind: 'clean', bytes: bytes.length })
  assert.ok(bytes.equals(sink.bytes))
})

test('an upload arrives whole, and a server that resets is named', async () => {
  const bytes = pattern(500_000)
  const got = Promise.withResolvers<Buffer>()
  const server = await passiveServer(socket => got.resolve(readToEnd(socket)))
  const data = await promise(portOf(server)).open(signal)
  assert.deepEqual(await data.send(sourceOf(bytes), unbounded()), { kind: 'clean', bytes: bytes.length })
  assert.ok(bytes.equals(await got.promise))

  const rude = await passiveServer(socket => socket.once('data', () => socket.resetAndDestroy()))
  const cut = await promise(portOf(rude)).open(signal)
  const end = await cut.send(sourceOf(pattern(20_000_000)), unbounded())
  assert.ok(end.kind === 'broken')
  assert.match(end.cause.text, /^the server (reset|closed) the data connection/)
})

test('a stalled server is named', async () => {
  const data = await promise(portOf(await passiveServer())).open(signal)
  const end = await data.receive(collector(), { ...unbounded(), stallMs: 20 })
  assert.ok(end.kind === 'broken')
  assert.equal(end.cause.text, 'the server sent no byte for 0 seconds')
})

test('it dials from the address of the control connection', async () => {
  const from = Promise.withResolvers<string | undefined>()
  const server = await passiveServer(socket => from.resolve(socket.remoteAddress))
  const data = await promise(portOf(server), { localAddress: '127.0.0.7' }).open(signal)
  assert.equal(await from.promise, '127.0.0.7')
  assert.equal(data.local.address, '127.0.0.7')
  data.destroy({ code: 'aborted', text: 'done' })
})

test('behind a proxy the name is dialled, and bytes move both ways', async () => {
  await using through = await socksProxy()
  const dialler = createDialler({ proxy: { kind: 'socks5', host: '127.0.0.1', port: through.port } })
  const bytes = pattern(300_000)
  const server = await passiveServer(socket => void socket.end(bytes))
  const port = portOf(server)
  const data = await promise(port, { dialler, target: { host: 'ftp.example', port } }).open(signal)
  assert.deepEqual(through.asked, [`ftp.example:${port}`])
  assert.equal(data.remote.port, through.port)
  assert.match(data.because.text, /dialled ftp\.example:\d+ through the proxy/)
  const sink = collector()
  assert.deepEqual(await data.receive(sink, unbounded()), { kind: 'clean', bytes: bytes.length })
  assert.ok(bytes.equals(sink.bytes))
})

test('what ended the dialling is told', async () => {
  await assert.rejects(promise((await freeRange(1)).base).open(signal), {
    code: 'CHANNEL_DIAL',
    outcome: 'refused',
  })
  const hanging: Dialler = createDialler({ lookup: () => {} })
  const target = { host: 'ftp.example', port: 21 }
  await assert.rejects(promise(21, { dialler: hanging, target, connectMs: 20 }).open(signal), {
    code: 'CHANNEL_DIAL',
    outcome: 'timeout',
  })
  const stop = new AbortController()
  const stopped = promise(21, { dialler: hanging, target }).open(stop.signal)
  stop.abort()
  await assert.rejects(stopped, { code: 'CHANNEL_ABORTED' })

  const given = promise(21, { dialler: hanging, target })
  const opened = given.open(signal)
  await given[Symbol.asyncDispose]()
  await assert.rejects(opened, { code: 'CHANNEL_REPLACED' })
  await assert.rejects(given.open(signal), /opened once/)
  const early = promise(21)
  await early[Symbol.asyncDispose]()
  await assert.rejects(early.open(signal), { code: 'CHANNEL_REPLACED' })
})
