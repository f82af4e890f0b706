import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { describe, it } from 'node:test'
import { readIdentity } from '../pki/identity-file.ts'
import type { Identity } from '../pki/types.ts'
import { EdgeLinks } from './edge-links.ts'
import { openEdge } from './open-edge.ts'
import {
  CONFIGURE,
  issue,
  startStubEdge,
  startTestConnector,
  startTestServer,
  type TestConnector,
} from './testing-connector.ts'

/** A way to an edge that can go silent for the connections that stand. */
async function startRelay(to: string) {
  const [host = '', port] = to.split(':')
  const sockets = new Set<Socket>()
  const server = createServer(client => {
    const far = connect({ host, port: Number(port) })
    for (const [from, into] of [
      [client, far],
      [far, client],
    ] as const) {
      sockets.add(from)
      from.on('error', () => {}).on('close', () => into.destroy())
      from.on('data', bytes => into.write(bytes))
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const bound = server.address()
  assert.ok(bound && typeof bound === 'object')
  return {
    address: `127.0.0.1:${bound.port}`,
    freeze() {
      for (const socket of sockets) socket.pause()
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await new Promise(resolve => server.close(resolve))
    },
  }
}

const connected = ({ events }: Pick<TestConnector, 'events'>) =>
  events.find(event => event.type === 'edge' && event.state === 'connected')

describe('links to edges', () => {
  it('go to every edge that is named, and are remembered for the next start', async () => {
    await using first = await startStubEdge('e1')
    await using second = await startStubEdge('e2')
    first.configuration = { edges: [first.address, second.address] }
    await using started = await startTestConnector(first)
    await second.connected()
    await started.events.find(
      event => event.type === 'edge' && event.edge === 'e2' && event.state === 'connected',
    )
    assert.equal(started.connector.figures().edges, 2)
    const id = started.connector.id
    await started.connector[Symbol.asyncDispose]()
    const kept = await readIdentity(started.folder)
    assert.deepEqual(kept?.addresses, [first.address, second.address])
    await using again = await startTestConnector(first, { folder: started.folder })
    assert.equal((await second.connected(1)).peer.id, id)
    assert.equal(again.connector.id, id)
  })

  it('are dialled again when an edge comes back, and streams go over them', async () => {
    await using server = await startTestServer()
    const edge = await startStubEdge('e1')
    await using started = await startTestConnector(edge)
    await connected(started)
    const port = Number(edge.address.split(':')[1])
    await edge[Symbol.asyncDispose]()
    const lost = await started.events.find(event => event.type === 'edge' && event.state === 'lost')
    assert.ok(lost.type === 'edge' && lost.edge === 'e1')
    assert.equal(started.connector.figures().edges, 0)
    await using back = await startStubEdge('e1', port)
    await (await back.connected()).open({ port: server.port })
  })

  it('of a connector that is not let in are tried again, and told in words', async () => {
    await using edge = await startStubEdge('e1')
    edge.refusal = { code: 'POL_REVOKED', text: 'The certificate was revoked.' }
    await using started = await startTestConnector(edge)
    const refused = await started.events.find(event => event.type === 'edge')
    assert.ok(refused.type === 'edge' && refused.state === 'refused', JSON.stringify(refused))
    assert.match(
      refused.text,
      /does not let this connector in: The certificate was revoked\. \(POL_REVOKED\)$/,
    )
    edge.refusal = undefined
    await edge.connected()
    await started.events.find(event => event.type === 'edge' && event.state === 'connected')
  })

  it('are one for an edge that has two addresses', async () => {
    await using edge = await startStubEdge('e1')
    await using relay = await startRelay(edge.address)
    edge.configuration = { edges: [relay.address] }
    await using started = await startTestConnector(edge)
    const kept = await edge.connected()
    const spare = await edge.links.find(link => link !== kept)
    await spare.link.closed
    assert.equal(kept.link.draining, false)
    assert.equal(started.connector.figures().edges, 1)
    // The other address serves when the first link is gone.
    kept.link.destroy({ code: 'EDG_LOST', text: 'x' })
    await edge.links.find(link => link !== kept && link !== spare)
  })

  it('are made anew beside one that is silent', async () => {
    await using server = await startTestServer()
    await using edge = await startStubEdge('e1')
    await using relay = await startRelay(edge.address)
    edge.told = [relay.address]
    await using _started = await startTestConnector(edge)
    const silent = await edge.connected()
    relay.freeze()
    const fresh = await edge.links.find(link => link !== silent)
    assert.equal(silent.link.draining, false)
    await fresh.open({ port: server.port })
  })

  it('that say what no edge says are closed', async () => {
    await using edge = await startStubEdge('e1')
    await using _started = await startTestConnector(edge)
    const { link } = await edge.connected()
    link.message({ type: 'configure', maxStreams: 'many' })
    await link.closed
    await edge.connected(1)
  })

  it('are made anew when the certificate was renewed, and those that stand are left alone', async () => {
    await using edge = await startStubEdge('e1')
    const identityOf = async (): Promise<Identity> => ({
      ...(await issue('connector', 'c')),
      ...{ id: 'c', kind: 'connector', addresses: [edge.address], expiresAt: Date.now() + 1_000_000 },
    })
    let identity = await identityOf()
    const links = new EdgeLinks({
      addresses: [edge.address],
      identity: () => identity,
      random: Math.random,
      onEvent() {},
      open: (address, signal) =>
        openEdge({ ...{ address, signal, identity, version: '0', now: Date.now }, onOpen() {}, onSaid() {} }),
    })
    const before = await edge.connected()
    identity = await identityOf()
    links.renewed()
    const after = await edge.links.find(link => link !== before)
    assert.notEqual(after.peer.serial, before.peer.serial)
    assert.equal(before.link.draining, false)
    await links.destroy({ code: 'CON_STOPPED', text: 'x' })
    await Promise.all([before.link.closed, after.link.closed])
  })

  it('are not dialled beside one that was told to drain, as long as the connector drains itself', async () => {
    await using edge = await startStubEdge('e1')
    await using started = await startTestConnector(edge)
    await connected(started)
    await started.connector.drain(AbortSignal.timeout(10_000))
    assert.equal(edge.links.all.length, 1)
    assert.deepEqual(started.connector.figures(), { edges: 1, streams: 0 })
  })
})

describe('what an edge sets', () => {
  it('is told of health at once when it changes, on every edge, and of what is known when it comes', async () => {
    await using server = await startTestServer()
    const probes = [{ segment: 's', host: '127.0.0.1', ports: [server.port], mode: 'on-access' as const }]
    await using first = await startStubEdge('e1')
    first.configuration = { probes }
    await using started = await startTestConnector(first)
    const link = await first.connected()
    const { stream } = await link.open({ port: server.port })
    const health = await link.said.find(({ type }) => type === 'health')
    assert.ok(health.type === 'health')
    const [report] = health.reports
    assert.deepEqual(
      { ...report, ms: 0 },
      { segment: 's', host: '127.0.0.1', port: server.port, state: 'up', ms: 0 },
    )
    await started.events.find(event => event.type === 'health' && event.state === 'up')
    await using second = await startStubEdge('e2')
    second.configuration = { probes }
    link.tell({ ...CONFIGURE, probes, edges: [second.address] })
    const known = await (await second.connected()).said.find(({ type }) => type === 'health')
    assert.ok(known.type === 'health' && known.reports[0]?.state === 'up')
    stream.reset({ code: 'AGT_LOST', text: 'x' })
  })

  it('without probes sends the server no packet', async () => {
    await using server = await startTestServer()
    await using edge = await startStubEdge('e1')
    await using _started = await startTestConnector(edge)
    const link = await edge.connected()
    await link.open({ port: server.port })
    const { length } = link.said.all
    await link.said.find(({ type }) => type === 'load', length)
    await link.said.find(({ type }) => type === 'load', link.said.all.length)
    assert.equal(server.sockets.all.length, 1)
    assert.ok(link.said.all.every(({ type }) => type !== 'health'))
  })
})
