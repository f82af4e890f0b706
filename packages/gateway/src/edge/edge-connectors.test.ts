import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testSegment } from './testing-config.ts'
import { createWorld } from './testing-edge.ts'

const TWO_GROUPS = {
  serverGroups: [{ name: 'servers', connectorGroups: ['group', 'spare'] }],
  connectorGroups: [
    { name: 'group', enabled: true, weight: 100, maxStreams: 1_000 },
    { name: 'spare', enabled: true, weight: 0, maxStreams: 1_000 },
  ],
}

test('control and data connections of a user to a server leave by one connector, whichever it is', async () => {
  await using world = await createWorld({})
  const connectors = [
    await world.connector('con-1'),
    await world.connector('con-2'),
    await world.connector('con-3'),
  ]
  const agent = await world.agent('agt-1')
  for (let round = 0; round < 5; round++) {
    const streams = [await agent.open('10.0.0.9', 21)]
    for (let port = 40_000; port < 40_005; port++) streams.push(await agent.open('10.0.0.9', port))
    const used = new Set(streams.map(({ opened }) => opened.connector.id))
    assert.equal(used.size, 1)
    for (const { stream } of streams) stream.reset({ code: 'AGT_CLIENT_RESET', text: 'over' })
  }
  assert.equal(connectors.flatMap(({ asked }) => asked.all).length, 30)
})

test('streams of a pin that are asked for at the same time leave by one connector', async () => {
  await using world = await createWorld({})
  await world.connector('con-1')
  await world.connector('con-2')
  const agent = await world.agent('agt-1')
  const opened = await Promise.all(
    Array.from({ length: 20 }, (_, port) => agent.open('10.0.0.9', 40_000 + port)),
  )
  assert.equal(new Set(opened.map(stream => stream.opened.connector.id)).size, 1)
})

test('other devices of the user and other servers have pins of their own', async () => {
  await using world = await createWorld({ segments: [testSegment({ applications: ['10.0.0.0/24'] })] })
  await world.connector('con-1')
  await world.connector('con-2')
  const agents = [await world.agent('agt-1'), await world.agent('agt-2')]
  const used = new Set<string>()
  // With each stream the other connector has fewer.
  for (let host = 1; host <= 6; host++)
    for (const agent of agents) used.add((await agent.open(`10.0.0.${host}`, 21)).opened.connector.id)
  assert.equal(used.size, 2)
})

for (const code of ['CON_TOO_MANY_STREAMS', 'CON_DRAINING'] as const) {
  test(`a connector that refuses with ${code} is followed by the next`, async () => {
    await using world = await createWorld(TWO_GROUPS)
    const first = await world.connector('con-1', { behave: () => code })
    await world.connector('con-2', { connectorGroup: 'spare' })
    const agent = await world.agent('agt-1')
    const { opened } = await agent.open('10.0.0.9', 21)
    assert.equal(opened.connector.id, 'con-2')
    assert.equal(first.asked.all.length, 1)
    assert.equal(world.controller.rows().filter(row => row.ConnectionStatus === 'refused').length, 0)
  })

  test(`a pinned connector that refuses with ${code} is the answer`, async () => {
    await using world = await createWorld(TWO_GROUPS)
    const first = await world.connector('con-1')
    const spare = await world.connector('con-2', { connectorGroup: 'spare' })
    const agent = await world.agent('agt-1')
    await agent.open('10.0.0.9', 21)
    first.behave = () => code
    assert.equal(await agent.refused('10.0.0.9', 40_000), code)
    assert.equal(spare.asked.all.length, 0)
  })
}

test('three connectors are tried, and not a fourth', async () => {
  await using world = await createWorld({})
  const connectors = []
  for (let index = 0; index < 5; index++)
    connectors.push(await world.connector(`con-${index}`, { behave: () => 'CON_TOO_MANY_STREAMS' }))
  const agent = await world.agent('agt-1')
  assert.equal(await agent.refused('10.0.0.9', 21), 'CON_TOO_MANY_STREAMS')
  assert.equal(connectors.flatMap(({ asked }) => asked.all).length, 3)
})

test('what the server did is the answer, and no other connector is asked', async () => {
  await using world = await createWorld({})
  const connectors = [
    await world.connector('con-1', { behave: () => 'SRV_REFUSED' }),
    await world.connector('con-2', { behave: () => 'SRV_REFUSED' }),
  ]
  const agent = await world.agent('agt-1')
  assert.equal(await agent.refused('10.0.0.9', 21), 'SRV_REFUSED')
  assert.equal(connectors.flatMap(({ asked }) => asked.all).length, 1)
})

test('a connector that drains gets no new sessions, and data connections of those that are open', async () => {
  await using world = await createWorld(TWO_GROUPS)
  const first = await world.connector('con-1')
  await world.connector('con-2', { connectorGroup: 'spare' })
  const [agent, other] = [await world.agent('agt-1'), await world.agent('agt-2')]
  await agent.open('10.0.0.9', 21)
  world.controller.change('con-1', { draining: true })
  await first.heard.find(said => said.type === 'configure' && said.draining)
  assert.equal((await other.open('10.0.0.9', 21)).opened.connector.id, 'con-2')
  assert.equal((await agent.open('10.0.0.9', 40_000)).opened.connector.id, 'con-1')
})

test('a connector that sees the server down comes after one that does not', async () => {
  await using world = await createWorld({
    ...TWO_GROUPS,
    segments: [testSegment({ healthReporting: 'continuous' })],
  })
  const first = await world.connector('con-1')
  await world.connector('con-2', { connectorGroup: 'spare' })
  const agent = await world.agent('agt-1')
  first.say({ type: 'health', reports: [{ segment: 'ftp', host: '10.0.0.9', port: 21, state: 'down' }] })
  await world.controller.heard.find(
    said => said.type === 'connected' && said.connectors.some(({ health }) => health[0]?.state === 'down'),
  )
  assert.equal((await agent.open('10.0.0.9', 21)).opened.connector.id, 'con-2')
})

test('a connector that is lost breaks its streams, and the next stream of the pin goes by another', async () => {
  await using world = await createWorld(TWO_GROUPS)
  const first = await world.connector('con-1')
  await world.connector('con-2', { connectorGroup: 'spare' })
  const agent = await world.agent('agt-1')
  const control = await agent.open('10.0.0.9', 21)
  const data = await agent.open('10.0.0.9', 40_000)
  first.link.destroy({ code: 'CON_LOST', text: 'killed' })
  for (const { heard } of [control, data]) await heard.find(({ reset }) => reset?.code === 'CON_LOST')
  assert.equal((await agent.open('10.0.0.9', 21)).opened.connector.id, 'con-2')
  const rows = await world.controller.heard.when(() => {
    const closed = world.controller.rows().filter(row => row.ConnectionStatus === 'close')
    return closed.length === 2 ? closed : undefined
  })
  assert.deepEqual(
    rows.map(row => row.InternalReason),
    ['CON_LOST', 'CON_LOST'],
  )
})

test('a stream to a connector that has fallen silent is opened by another within three seconds', async () => {
  // Whoever takes longer is refused.
  await using world = await createWorld(TWO_GROUPS, { bounds: { openMs: 3_000 } })
  const first = await world.connector('con-1', { behave: () => 'silence' })
  await world.connector('con-2', { connectorGroup: 'spare' })
  const agent = await world.agent('agt-1')
  first.freeze()
  const { opened } = await agent.open('10.0.0.9', 21)
  assert.equal(opened.connector.id, 'con-2')
})

test('a new session leaves a connector that has fallen silent; a data connection does not', async () => {
  await using world = await createWorld(TWO_GROUPS)
  const first = await world.connector('con-1')
  const spare = await world.connector('con-2', { connectorGroup: 'spare' })
  const agent = await world.agent('agt-1')
  await agent.open('10.0.0.9', 21)
  first.freeze()
  const stop = new AbortController()
  const data = agent.open('10.0.0.9', 40_000, stop.signal).catch(() => 'refused')
  assert.equal((await agent.open('10.0.0.9', 21)).opened.connector.id, 'con-2')
  assert.deepEqual(
    spare.asked.all.map(({ port }) => port),
    [21],
  )
  stop.abort()
  assert.equal(await data, 'refused')
})

test('a stream that is not opened in time is refused, whoever would still answer', async () => {
  await using world = await createWorld({}, { bounds: { openMs: 200 } })
  await world.connector('con-1', { behave: () => 'silence' })
  const agent = await world.agent('agt-1')
  assert.equal(await agent.refused('10.0.0.9', 21), 'EDG_OPEN_TIMEOUT')
})

test('an agent that gives up while a stream is opened leaves nothing behind', async () => {
  await using world = await createWorld({})
  const connector = await world.connector('con-1', { behave: () => 'silence' })
  const agent = await world.agent('agt-1')
  const stop = new AbortController()
  const asking = agent.open('10.0.0.9', 21, stop.signal).catch(() => 'given up')
  await connector.asked.find(() => true)
  stop.abort()
  assert.equal(await asking, 'given up')
  await world.controller.row(({ ConnectionStatus }) => ConnectionStatus === 'refused')
  assert.equal(world.edge.figures().streams, 0)
})

test('a connector that answers what is no answer is cut, and another is asked', async () => {
  await using world = await createWorld(TWO_GROUPS)
  const first = await world.connector('con-1', { behave: () => 'nonsense' })
  await world.connector('con-2', { connectorGroup: 'spare' })
  const agent = await world.agent('agt-1')
  assert.equal((await agent.open('10.0.0.9', 21)).opened.connector.id, 'con-2')
  assert.equal((await first.link.closed).code, 'CON_PROTOCOL')
})
