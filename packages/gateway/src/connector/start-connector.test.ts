import assert from 'node:assert/strict'
import { once } from 'node:events'
import { stat } from 'node:fs/promises'
import { createServer } from 'node:net'
import { describe, it } from 'node:test'
import { StreamRefused } from '../wire/types.ts'
import {
  CONFIGURE,
  readStream,
  startDeafServer,
  startStubEdge,
  startTestConnector,
  startTestServer,
} from './testing-connector.ts'

const refusedWith = (code: string) => (error: unknown) =>
  error instanceof StreamRefused && error.status.code === code

describe('a connector', () => {
  it('enrols, connects to its edge, says hello and what it carries', async () => {
    await using edge = await startStubEdge('e1')
    await using started = await startTestConnector(edge)
    const { said, peer } = await edge.connected()
    assert.equal(peer.id, started.connector.id)
    const hello = await said.find(({ type }) => type === 'hello')
    assert.ok(hello.type === 'hello' && hello.version === '0' && hello.privateAddress === '127.0.0.1')
    const load = await said.find(({ type }) => type === 'load')
    assert.ok(load.type === 'load' && load.streams === 0 && load.residentBytes > 1_000_000)
    await started.events.find(event => event.type === 'edge' && event.state === 'connected')
    assert.deepEqual(started.connector.figures(), { edges: 1, streams: 0 })
    assert.equal((await stat(started.folder)).mode & 0o777, 0o700)
  })

  it('keeps its identity: it needs no invitation the second time', async () => {
    await using edge = await startStubEdge('e1')
    await using first = await startTestConnector(edge)
    const { id } = first.connector
    await edge.connected()
    await first.connector[Symbol.asyncDispose]()
    await using second = await startTestConnector(edge, { folder: first.folder })
    assert.equal(second.connector.id, id)
    assert.equal((await edge.connected(1)).peer.id, id)
  })

  it('without identity and invitation says what is needed', async () => {
    await assert.rejects(startTestConnector({ address: '127.0.0.1:1' }, { invitation: 'ptl1.x' }), {
      code: 'GATEWAY_INVITATION',
    })
  })
})

describe('a stream', () => {
  it('is opened once the server has accepted, and carries bytes both ways to a clean end', async () => {
    await using server = await startTestServer(socket => {
      socket.on('data', bytes => socket.write(String(bytes).toUpperCase()))
      socket.on('end', () => socket.end('!'))
    })
    await using edge = await startStubEdge('e1')
    await using started = await startTestConnector(edge)
    const link = await edge.connected()
    const { stream, opened } = await link.open({ port: server.port })
    assert.equal(opened.remote.address, '127.0.0.1')
    assert.equal(opened.remote.port, server.port)
    const [socket] = server.sockets.all
    assert.equal(opened.local.port, socket?.remotePort)
    assert.ok(opened.serverSetupMs >= 0)
    const log = readStream(stream)
    stream.write(Buffer.from('hello'))
    stream.end()
    await log.events.find(event => event === 'delivered')
    assert.equal(log.text(), 'HELLO!')
    const ended = await started.events.find(event => event.type === 'stream' && event.status !== undefined)
    assert.ok(ended.type === 'stream' && ended.status?.code === 'AGT_FINISHED')
    assert.equal(ended.target, `127.0.0.1:${server.port}`)
  })

  it('gets a name looked up', async () => {
    await using server = await startTestServer()
    await using edge = await startStubEdge('e1')
    await using _started = await startTestConnector(edge)
    const { opened } = await (await edge.connected()).open({ host: 'localhost', port: server.port })
    assert.equal(opened.remote.address, '127.0.0.1')
  })

  it('is refused as the server or the network did', async () => {
    const closed = createServer().listen(0, '127.0.0.1')
    await once(closed, 'listening')
    const address = closed.address()
    assert.ok(address && typeof address === 'object')
    await new Promise(resolve => closed.close(resolve))
    await using edge = await startStubEdge('e1')
    await using started = await startTestConnector(edge, { dialMs: 500 })
    const link = await edge.connected()
    await assert.rejects(link.open({ port: address.port }), refusedWith('SRV_REFUSED'))
    await assert.rejects(link.open({ host: 'no..such.host', port: 21 }), refusedWith('SRV_NAME_NOT_FOUND'))
    await using deaf = await startDeafServer()
    await assert.rejects(link.open({ port: deaf.port }), refusedWith('SRV_TIMEOUT'))
    assert.equal(started.connector.figures().streams, 0)
  })

  it('that is reset leaves the server with RST, and a server that resets resets it', async () => {
    await using server = await startTestServer()
    await using edge = await startStubEdge('e1')
    await using _started = await startTestConnector(edge)
    const link = await edge.connected()
    const first = await link.open({ port: server.port })
    readStream(first.stream)
    const socket = await server.sockets.find(() => true)
    socket.resume()
    const broken = once(socket, 'error')
    first.stream.reset({ code: 'AGT_CLIENT_RESET', text: 'x' })
    const [error] = await broken
    assert.equal((error as NodeJS.ErrnoException).code, 'ECONNRESET')

    const second = await link.open({ port: server.port })
    const log = readStream(second.stream)
    ;(await server.sockets.find(() => true, 1)).resetAndDestroy()
    assert.deepEqual(await log.events.find(event => typeof event === 'object' && 'reset' in event), {
      reset: 'SRV_RESET',
    })
  })

  it('that is given up while the server is dialled leaves nothing behind', async () => {
    await using edge = await startStubEdge('e1')
    await using started = await startTestConnector(edge, { dialMs: 60_000 })
    await using deaf = await startDeafServer()
    const link = await edge.connected()
    const giveUp = new AbortController()
    const opening = link.open({ port: deaf.port }, giveUp.signal)
    giveUp.abort({ code: 'AGT_CLIENT_RESET', text: 'x' })
    await assert.rejects(opening)
    await started.events.find(event => event.type === 'stream')
    assert.equal(started.connector.figures().streams, 0)
  })

  it('is refused beyond the bound of the group, and while the connector drains', async () => {
    await using server = await startTestServer()
    await using edge = await startStubEdge('e1')
    edge.configuration = { maxStreams: 1 }
    await using started = await startTestConnector(edge)
    const link = await edge.connected()
    await started.events.find(event => event.type === 'edge' && event.state === 'connected')
    const { stream } = await link.open({ port: server.port })
    readStream(stream)
    await assert.rejects(link.open({ port: server.port }), refusedWith('CON_TOO_MANY_STREAMS'))
    // OPEN may overtake what is said before it.
    const untilRefused = async (code: string) => {
      for (;;) {
        const opened = await link.open({ port: server.port }).catch((error: unknown) => {
          if (refusedWith(code)(error)) return undefined
          if (error instanceof StreamRefused) return 'not yet'
          throw error
        })
        if (opened === undefined) return
      }
    }
    link.tell({ ...CONFIGURE, draining: true })
    await untilRefused('CON_DRAINING')
    link.tell({ ...CONFIGURE, maxStreams: 3 })
    await untilRefused('CON_TOO_MANY_STREAMS')
  })

  it('that asks for what is none closes the link', async () => {
    await using edge = await startStubEdge('e1')
    await using _started = await startTestConnector(edge)
    const { link } = await edge.connected()
    await assert.rejects(link.open({ port: 'x' }, AbortSignal.timeout(10_000)))
    await link.closed
  })
})
