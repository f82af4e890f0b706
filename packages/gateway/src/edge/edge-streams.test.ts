import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createWorld } from './testing-edge.ts'

test('a stream that a rule allows goes through a connector and back', async () => {
  await using world = await createWorld({})
  const connector = await world.connector('con-1')
  const agent = await world.agent('agt-1')
  const { stream, heard, opened, text } = await agent.open('10.0.0.9', 21)
  stream.write(Buffer.from('USER anna\r\n'))
  await heard.when(() => text() === 'USER anna\r\n')
  stream.end()
  await heard.find(({ end }) => end === true)
  const row = await world.controller.row(({ ConnectionStatus }) => ConnectionStatus === 'close')
  console.log(row, opened, connector.asked.all, agent.heard.all)
  assert.equal(row.InternalReason, 'AGT_FINISHED')
})
