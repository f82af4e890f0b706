import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Status } from '../codes.ts'
import { joinStreams } from './join-streams.ts'
import { type LinkPair, linkPair, Notebook } from './testing-links.ts'

const soon = () => AbortSignal.timeout(10_000)
const DENIED: Status = { code: 'POL_DENIED', text: 'An access rule denies it.' }

/** The edge between an agent and a connector. */
async function edge() {
  const [left, right] = [await linkPair(), await linkPair()]
  const [client, server] = [await left.stream(), await right.stream()]
  const joined = joinStreams(client.edge, server.agent)
  return {
    ...{ left, right, joined, agent: client.agent, connector: server.edge, toServer: server.agent },
    async [Symbol.asyncDispose]() {
      await Promise.all([left[Symbol.asyncDispose](), right[Symbol.asyncDispose]()])
    },
  }
}

/** Until nothing moves any more. */
async function settle(...links: readonly LinkPair[]): Promise<void> {
  for (let i = 0; i < 4; i++)
    for (const { agent, edge: other } of links) await Promise.all([agent.ping(soon()), other.ping(soon())])
}

test('between a fast sender and a receiver that takes nothing no more waits than two windows', async () => {
  await using path = await edge()
  const stuck = new Notebook(path.agent, false)
  new Notebook(path.connector)
  path.connector.write(Buffer.alloc(5_000_000))
  await settle(path.left, path.right)
  assert.equal(stuck.bytes.length, 262_144)
  // What the edge has taken in and not given on.
  assert.equal(path.toServer.received - stuck.bytes.length, 262_144)
})

test('each direction ends by itself, and the order of the ends says who finished', async () => {
  await using path = await edge()
  const [client, server] = [new Notebook(path.agent), new Notebook(path.connector)]
  path.connector.write(Buffer.from('welcome'))
  path.connector.end()
  assert.equal(await client.happened.take(), 'end')
  path.agent.write(Buffer.from('late, but allowed'))
  path.agent.end()
  assert.equal(await server.happened.take(), 'end')
  const end = await path.joined.ended
  assert.deepEqual(
    [end.kind, end.status.code, end.sent, end.received],
    ['clean', 'SRV_FINISHED', 'late, but allowed'.length, 'welcome'.length],
  )
})

test('a reset of one side is a reset of the other, with the same words', async () => {
  await using path = await edge()
  const [client, server] = [new Notebook(path.agent), new Notebook(path.connector)]
  path.connector.reset({ code: 'SRV_RESET', text: 'gone' })
  assert.equal(await client.happened.take(), 'reset SRV_RESET')
  assert.equal(await server.happened.take(), 'reset SRV_RESET')
  assert.deepEqual(await path.joined.ended, {
    ...{ kind: 'abort', sent: 0, received: 0 },
    status: { code: 'SRV_RESET', text: 'gone' },
  })
})

test('a stream that is broken before it is joined breaks the other', async () => {
  await using left = await linkPair()
  await using right = await linkPair()
  const [client, server] = [await left.stream(), await right.stream()]
  const connector = new Notebook(server.edge)
  client.agent.reset(DENIED)
  await settle(left)
  const { status } = await joinStreams(client.edge, server.agent).ended
  assert.equal(status.code, 'POL_DENIED')
  assert.equal(await connector.happened.take(), 'reset POL_DENIED')
})
