import assert from 'node:assert/strict'
import { fork } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { joinSocket } from './join-socket.ts'
import { joinStreams } from './join-streams.ts'
import { linkPair, outcome, readAll, tcpPair } from './testing-links.ts'
import type { Json } from './types.ts'

/** A client and a server whose connection goes over two links, as over agent, edge and connector. */
async function relayed(options: { stallMs?: number; onServerNote?(note: Json): void } = {}) {
  const first = await linkPair()
  const second = await linkPair()
  const [client, agentSocket] = await tcpPair()
  const [connectorSocket, server] = await tcpPair()
  const toEdge = await first.stream()
  const toConnector = await second.stream()
  const { stallMs, onServerNote } = options
  return {
    client,
    server,
    agent: joinSocket(toEdge.agent, agentSocket, { socketIs: 'client', ...(stallMs && { stallMs }) }),
    edge: joinStreams(toEdge.edge, toConnector.agent, { ...(onServerNote && { onServerNote }) }),
    connector: joinSocket(toConnector.edge, connectorSocket, { socketIs: 'server' }),
    connectorStream: toConnector.edge,
    first,
    second,
    async [Symbol.asyncDispose]() {
      await Promise.all([first[Symbol.asyncDispose](), second[Symbol.asyncDispose]()])
      for (const socket of [client, server, agentSocket, connectorSocket]) socket.destroy()
    },
  }
}
type Relayed = Awaited<ReturnType<typeof relayed>>

const endsOf = ({ agent, edge, connector }: Relayed) =>
  Promise.all([agent.ended, edge.ended, connector.ended])

const CLEAN = [
  ['an upload and an answer', 5_000_000, 3_000_000],
  ['an empty upload', 0, 0],
  ['one byte each way', 1, 1],
  ['an upload alone', 3_000_000, 0],
] as const

for (const [what, up, down] of CLEAN) {
  test(`${what} arrive whole, with their ends, and everybody counts the same`, async () => {
    await using path = await relayed()
    const [upload, download] = [randomBytes(up), randomBytes(down)]
    path.client.end(upload)
    assert.ok((await readAll(path.server)).equals(upload))
    path.server.end(download)
    assert.ok((await readAll(path.client)).equals(download))
    for (const end of await endsOf(path)) {
      assert.deepEqual(
        [end.kind, end.status.code, end.sent, end.received],
        ['clean', 'AGT_FINISHED', up, down],
      )
    }
    const { edge, first, second } = path
    assert.deepEqual(
      [first.edge.streams, first.agent.streams, second.edge.streams, second.agent.streams],
      [0, 0, 0, 0],
    )
    assert.equal(edge.times.firstSent > 0, up > 0)
    assert.ok(edge.times.lastSent >= edge.times.firstSent)
    assert.equal(edge.times.lastReceived > 0, down > 0)
  })
}

test('a download ends by its server, and that is who finished', async () => {
  await using path = await relayed()
  const download = randomBytes(4_000_000)
  path.server.end(download)
  assert.ok((await readAll(path.client)).equals(download))
  path.client.end()
  assert.equal(await outcome(path.server), 'end')
  for (const end of await endsOf(path))
    assert.deepEqual([end.kind, end.status.code, end.received], ['clean', 'SRV_FINISHED', 4_000_000])
})

test('a slow reader that half-closed first gets every byte, though everything else is over', async () => {
  await using path = await relayed()
  const download = randomBytes(2_000_000)
  path.client.end('RETR')
  assert.equal((await readAll(path.server)).toString(), 'RETR')
  path.server.end(download)
  await path.connector.ended
  await path.agent.ended
  assert.ok((await readAll(path.client)).equals(download))
})

/** Each happens in the middle of a transfer in both directions; what the two ends see of it, and what is written down. */
const BREAKS: readonly (readonly [string, (path: Relayed) => void, string, string, string])[] = [
  ['a reset of the client', p => p.client.resetAndDestroy(), 'closed', 'ECONNRESET', 'AGT_CLIENT_RESET'],
  ['a reset of the server', p => p.server.resetAndDestroy(), 'ECONNRESET', 'closed', 'SRV_RESET'],
  [
    'a FIN under the first link',
    p => p.first.tls.below.dialler.end(),
    'ECONNRESET',
    'ECONNRESET',
    'AGT_LOST',
  ],
  [
    'a RST under the first link',
    p => p.first.tls.below.dialler.resetAndDestroy(),
    'ECONNRESET',
    'ECONNRESET',
    'AGT_LOST',
  ],
  [
    'a close_notify on the first link',
    p => p.first.tls.dialler.end(),
    'ECONNRESET',
    'ECONNRESET',
    'AGT_LOST',
  ],
  [
    'a FIN under the second link',
    p => p.second.tls.below.acceptor.end(),
    'ECONNRESET',
    'ECONNRESET',
    'EDG_LOST',
  ],
  [
    'a kick',
    p => p.edge.abort({ code: 'EDG_KICKED', text: 'out' }),
    'ECONNRESET',
    'ECONNRESET',
    'EDG_KICKED',
  ],
]

for (const [what, doBreak, atClient, atServer, code] of BREAKS) {
  test(`${what} is a reset for everybody, never an end`, async () => {
    await using path = await relayed()
    const seen = Promise.all([outcome(path.client), outcome(path.server)])
    const feed = (socket: Socket) => {
      const piece = Buffer.alloc(100_000)
      const more = () => {
        while (!socket.destroyed && socket.write(piece));
      }
      socket.on('drain', more)
      more()
    }
    feed(path.client)
    feed(path.server)
    await Promise.all([once(path.client, 'data'), once(path.server, 'data')])
    doBreak(path)
    const [client, server] = await seen
    assert.ok(client === atClient || (client === 'EPIPE' && atClient === 'ECONNRESET'), client)
    assert.ok(server === atServer || (server === 'EPIPE' && atServer === 'ECONNRESET'), server)
    const ends = await endsOf(path)
    for (const end of ends) assert.equal(end.kind, 'abort')
    assert.equal(ends[1].status.code, code)
  })
}

test('the same breaks of a path on which nothing moves are resets, too', async () => {
  for (const [what, doBreak, atClient, atServer] of BREAKS) {
    await using path = await relayed()
    path.client.write('x')
    path.server.resume()
    await once(path.server, 'data')
    const seen = Promise.all([outcome(path.client), outcome(path.server)])
    doBreak(path)
    assert.deepEqual(await seen, [atClient, atServer], what)
  }
})

test('a break after one end is a reset for who still waits', async () => {
  await using path = await relayed()
  path.client.end('all of it')
  assert.equal((await readAll(path.server)).toString(), 'all of it')
  const seen = outcome(path.client)
  path.first.tls.below.dialler.resetAndDestroy()
  assert.equal(await seen, 'ECONNRESET')
  for (const end of await endsOf(path)) assert.equal(end.kind, 'abort')
})

test('a receiver that takes nothing is given up', async () => {
  await using path = await relayed({ stallMs: 200 })
  path.client.pause()
  path.server.write(Buffer.alloc(20_000_000))
  const seen = outcome(path.server)
  const { kind, status } = await path.agent.ended
  assert.deepEqual([kind, status.code], ['abort', 'EDG_STALLED'])
  assert.match(await seen, /ECONNRESET|EPIPE/)
})

test('one that takes a little now and then is not', async () => {
  await using path = await relayed({ stallMs: 1_000 })
  const bytes = randomBytes(20_000_000)
  path.server.end(bytes)
  const got: Buffer[] = []
  let count = 0
  path.client.on('data', (piece: Buffer) => {
    got.push(piece)
    count += piece.length
  })
  for (let i = 1; i <= 6; i++) {
    path.client.pause()
    await sleep(300)
    path.client.resume()
    while (count < i * 3_000_000) await once(path.client, 'data')
  }
  path.client.end()
  assert.equal((await path.agent.ended).kind, 'clean')
  assert.ok(Buffer.concat(got).equals(bytes))
})

test('notes come in their place, and are not passed on', async () => {
  const notes: Json[] = []
  await using path = await relayed({
    onServerNote: note => notes.push([note, path.edge.received]),
  })
  path.connectorStream.write(Buffer.from('220 hello\r\n'))
  path.connectorStream.note({ type: 'expect' })
  path.connectorStream.write(Buffer.from('227 here\r\n'))
  path.server.end()
  assert.equal((await readAll(path.client)).toString(), '220 hello\r\n227 here\r\n')
  assert.deepEqual(notes, [[{ type: 'expect' }, 11]])
})

test('when the process is killed both ends see a reset, also when nothing moved', async () => {
  for (const moving of [true, false]) {
    const server = createServer({ allowHalfOpen: true }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    assert.ok(typeof address === 'object' && address)
    const relay = fork(join(import.meta.dirname, 'testing-relay.ts'), ['127.0.0.1', String(address.port)])
    const [listener] = await once(relay, 'message')
    const accepted: Promise<[Socket]> = once(server, 'connection').then(([socket]) => [socket])
    const client = connect({ host: '127.0.0.1', port: listener.port, allowHalfOpen: true })
    client.write(Buffer.alloc(moving ? 50_000_000 : 1))
    const [atServer] = await accepted
    await once(atServer, 'data')
    const seen = Promise.all([outcome(client), outcome(atServer)])
    relay.kill('SIGKILL')
    for (const one of await seen) assert.match(one, /ECONNRESET|EPIPE/)
    client.destroy()
    atServer.destroy()
    server.close()
  }
})
