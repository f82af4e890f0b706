import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { test } from 'node:test'
import { joinSocket } from './join-socket.ts'
import { joinStreams } from './join-streams.ts'
import { linkPair, readAll, tcpPair } from './testing-links.ts'

/** A client and a server whose connection goes over two links, as over agent, edge and connector. */
async function relayed() {
  const first = await linkPair()
  const second = await linkPair()
  const [client, agentSocket] = await tcpPair()
  const [connectorSocket, server] = await tcpPair()
  const toEdge = await first.stream()
  const toConnector = await second.stream()
  return {
    client,
    server,
    agent: joinSocket(toEdge.agent, agentSocket, { socketIs: 'client' }),
    edge: joinStreams(toEdge.edge, toConnector.agent),
    connector: joinSocket(toConnector.edge, connectorSocket, { socketIs: 'server' }),
    first,
    second,
    async [Symbol.asyncDispose]() {
      await Promise.all([first[Symbol.asyncDispose](), second[Symbol.asyncDispose]()])
      for (const socket of [client, server]) socket.destroy()
    },
  }
}

test('what a client sends arrives whole with its end, and the answer after it, too', async () => {
  await using path = await relayed()
  const upload = randomBytes(5_000_000)
  const download = randomBytes(3_000_000)
  path.client.end(upload)
  const got = await readAll(path.server)
  assert.ok(got.equals(upload))
  path.server.end(download)
  const answer = await readAll(path.client)
  assert.ok(answer.equals(download))
  const ends = await Promise.all([path.agent.ended, path.edge.ended, path.connector.ended])
  for (const end of ends) {
    assert.equal(end.kind, 'clean')
    assert.equal(end.status.code, 'AGT_FINISHED')
    assert.deepEqual([end.sent, end.received], [upload.length, download.length])
  }
  assert.equal(path.first.edge.streams + path.first.agent.streams + path.second.edge.streams, 0)
})

test('a reset of the client reaches the server as a reset', async () => {
  await using path = await relayed()
  path.client.write('abc')
  path.server.resume()
  await once(path.server, 'data')
  path.client.resetAndDestroy()
  const [error] = await once(path.server, 'error')
  assert.equal(error.code, 'ECONNRESET')
  const end = await path.edge.ended
  assert.equal(end.kind, 'abort')
  assert.equal(end.status.code, 'AGT_CLIENT_RESET')
})
