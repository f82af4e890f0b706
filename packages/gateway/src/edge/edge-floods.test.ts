import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { test } from 'node:test'
import { dialPart } from '../transport/dial.ts'
import { createLink } from '../wire/link.ts'
import { StreamRefused } from '../wire/types.ts'
import { EDGE_CODES, type StubAgent } from './testing-agent.ts'
import { createWorld } from './testing-edge.ts'

const codeOf = (error: unknown) => (error instanceof StreamRefused ? error.status.code : String(error))
/** Asks for many streams at once; how each was answered, with numbers. */
async function flood(agent: StubAgent, streams: number): Promise<Record<string, number>> {
  const answers = await Promise.all(
    Array.from({ length: streams }, () => agent.open('10.0.0.9', 40_000).then(() => 'opened', codeOf)),
  )
  return Object.fromEntries(
    [...Map.groupBy(answers, answer => answer)].map(([answer, all]) => [answer, all.length]),
  )
}
const BOTH = { access: { rules: [{ name: 'all', enabled: true, when: {}, action: 'allow' as const }] } }
const PEOPLE = { people: { anna: [], bert: [] } }

test('an agent has so many streams and no more; others are not touched by it', async () => {
  await using world = await createWorld(BOTH, { ...PEOPLE, bounds: { streamsPerAgent: 10 } })
  await world.connector('con-1')
  const [agent, other] = [await world.agent('agt-1'), await world.agent('agt-2', { user: 'bert' })]
  assert.deepEqual(await flood(agent, 15), { opened: 10, AGT_TOO_MANY_STREAMS: 5 })
  assert.deepEqual(await flood(other, 10), { opened: 10 })
  const rows = await world.controller.heard.when(() => {
    const all = world.controller.rows()
    return all.length === 25 ? all : undefined
  })
  assert.equal(rows.filter(({ InternalReason }) => InternalReason === 'AGT_TOO_MANY_STREAMS').length, 5)
})

test('the edge has so many streams and no more, and takes others when some are over', async () => {
  await using world = await createWorld(BOTH, { ...PEOPLE, bounds: { streams: 10 } })
  await world.connector('con-1')
  const agent = await world.agent('agt-1')
  assert.deepEqual(await flood(agent, 12), { opened: 10, EDG_BUSY: 2 })
  world.controller.say({ type: 'kick', user: 'anna' })
  await world.controller.taken()
  assert.deepEqual(await flood(agent, 1), { opened: 1 })
})

test('an agent that asks faster than it may is refused, and another is served meanwhile', async () => {
  await using world = await createWorld(BOTH, { ...PEOPLE, bounds: { opensPerSecond: 50 } })
  await world.connector('con-1')
  const [agent, other] = [await world.agent('agt-1'), await world.agent('agt-2', { user: 'bert' })]
  const flooding = flood(agent, 300)
  const { stream, heard, text } = await other.open('10.0.0.9', 21)
  stream.write(Buffer.from('x'))
  await heard.when(() => text() === 'x')
  const { opened = 0, AGT_TOO_MANY_STREAMS: refused = 0 } = await flooding
  assert.equal(opened + refused, 300)
  assert.ok(refused >= 200, `${opened} were opened`)
})

test('an agent that asks far faster than it may is cut', async () => {
  await using world = await createWorld(BOTH, { ...PEOPLE, bounds: { opensPerSecond: 5 } })
  await world.connector('con-1')
  const [agent, other] = [await world.agent('agt-1'), await world.agent('agt-2', { user: 'bert' })]
  await flood(agent, 200)
  assert.equal((await agent.link.closed).code, 'AGT_PROTOCOL')
  await other.open('10.0.0.9', 21)
})

const NONSENSE: readonly [string, (agent: StubAgent) => void][] = [
  [
    'asks what is no question',
    agent => void agent.link.open({ host: 7 }, AbortSignal.timeout(5_000)).catch(() => {}),
  ],
  ['says what is no message', agent => agent.link.message({ type: 'hello' })],
  [
    'says more than a message may have',
    agent => agent.link.message({ type: 'hello', text: 'x'.repeat(100_000) }),
  ],
]
for (const [title, act] of NONSENSE) {
  test(`an agent that ${title} is cut, and others are not`, async () => {
    await using world = await createWorld(BOTH, PEOPLE)
    await world.connector('con-1')
    const [agent, other] = [await world.agent('agt-1'), await world.agent('agt-2', { user: 'bert' })]
    act(agent)
    assert.equal((await agent.link.closed).code, 'AGT_PROTOCOL')
    await other.open('10.0.0.9', 21)
  })
}

test('more agents than the edge may have are refused', async () => {
  await using world = await createWorld({}, { bounds: { agents: 2 } })
  const agents = [await world.agent('agt-1'), await world.agent('agt-2')]
  for (const { heard } of agents) await heard.find(({ type }) => type === 'definitions')
  const third = await world.agent('agt-3')
  assert.equal((await third.away.find(() => true)).code, 'EDG_BUSY')
  assert.equal(world.edge.figures().agents, 2)
})

test('garbage, half-open connections and strangers are counted, and nobody else notices', async () => {
  await using world = await createWorld({})
  await world.connector('con-1')
  const agent = await world.agent('agt-1')
  const { port } = world.edge.address
  const halfOpen = Array.from({ length: 10 }, () => connect(port, '127.0.0.1'))
  const garbage = connect(port, '127.0.0.1', () => garbage.end('GET / HTTP/1.0\r\n\r\n'))
  await world.events.find(event => event.type === 'refused-link' && event.status.code === 'POL_HANDSHAKE')
  const stranger = await createWorld({})
  try {
    const identity = await stranger.identity('agent', 'agt-1')
    const refused = await dialPart({
      identity: { ...identity, authority: agent.identity.authority },
      ...{ address: agent.address, protocol: 'agent', expects: 'edge', signal: AbortSignal.timeout(5_000) },
    }).then(
      ({ socket }) =>
        createLink(socket, { side: 'dialler', peer: EDGE_CODES, handlers: { onOpen() {}, onMessage() {} } })
          .closed,
      () => 'no handshake',
    )
    assert.ok(refused)
    await world.events.find(event => event.type === 'refused-link' && event.status.code !== 'POL_HANDSHAKE')
  } finally {
    await stranger[Symbol.asyncDispose]()
  }
  await agent.open('10.0.0.9', 21)
  for (const socket of halfOpen) socket.destroy()
  garbage.destroy()
  assert.ok(world.edge.figures().refusedLinks >= 2)
})

test('a connector that asks for streams is refused', async () => {
  await using world = await createWorld({})
  const connector = await world.connector('con-1')
  const asking = connector.link.open({ host: '10.0.0.9', port: 21 }, AbortSignal.timeout(5_000))
  assert.equal(await asking.then(() => 'opened', codeOf), 'CON_PROTOCOL')
})
