import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createWorld } from './testing-edge.ts'

test('an edge that drains says so, takes nothing new, and waits for what is open', async () => {
  await using world = await createWorld({})
  await world.connector('con-1')
  const agent = await world.agent('agt-1')
  const { stream, heard } = await agent.open('10.0.0.9', 21)
  const drained = world.edge.drain(AbortSignal.timeout(10_000))
  assert.equal((await agent.away.find(() => true)).code, 'EDG_DRAINING')
  assert.equal(await agent.refused('10.0.0.9', 40_000), 'EDG_DRAINING')
  stream.end()
  await heard.find(({ end }) => end === true)
  await drained
  assert.equal(world.edge.figures().streams, 0)
})

test('a drain waits no longer than its signal', async () => {
  await using world = await createWorld({})
  await world.connector('con-1')
  const agent = await world.agent('agt-1')
  await agent.open('10.0.0.9', 21)
  await world.edge.drain(AbortSignal.timeout(50))
  assert.equal(world.edge.figures().streams, 1)
})

test('an edge that an administrator drains takes streams again when that is taken back', async () => {
  await using world = await createWorld({})
  await world.connector('con-1')
  const agent = await world.agent('agt-1')
  world.controller.drain(true)
  await world.controller.taken()
  assert.equal(await agent.refused('10.0.0.9', 21), 'EDG_DRAINING')
  world.controller.drain(false)
  await world.controller.taken()
  await agent.open('10.0.0.9', 21)
})

test('an edge that is stopped breaks off what is open, and tells the controller', async () => {
  await using world = await createWorld({})
  const connector = await world.connector('con-1')
  const agent = await world.agent('agt-1')
  const { heard, opened } = await agent.open('10.0.0.9', 21)
  await world.edge[Symbol.asyncDispose]()
  await heard.find(({ reset }) => reset?.code === 'EDG_DRAINING')
  assert.equal((await connector.ended.find(() => true)).end.kind, 'abort')
  const row = await world.controller.row(({ ConnectionStatus }) => ConnectionStatus === 'close')
  assert.deepEqual([row.ConnectionID, row.InternalReason], [opened.connection, 'EDG_DRAINING'])
})
