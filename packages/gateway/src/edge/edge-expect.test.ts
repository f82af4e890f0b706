import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inspectedSegment } from './testing-config.ts'
import { createWorld } from './testing-edge.ts'

const READ = {
  segments: [inspectedSegment({ applications: ['10.0.0.9', 'ftp.corp.example'] })],
  access: { rules: [{ name: 'all', enabled: true, when: {}, action: 'allow' as const }] },
}

/** A control connection of `anna` that is read, and a port that the server has named on it. */
async function named(
  o: { address?: string; host?: string; port?: number; by?: 'PASV' | 'EPSV'; seconds?: number } = {},
) {
  const world = await createWorld(READ, { people: { anna: [], bert: [] } })
  const connector = await world.connector('con-1')
  const agent = await world.agent('agt-1')
  const control = await agent.open(o.host ?? '10.0.0.9', 21)
  const { address = '10.0.0.9', port = 40_001, by = 'PASV', seconds = 30 } = o
  const { connection } = control.opened
  connector.note(connection, { type: 'expect', address, port, by, seconds })
  await control.heard.find(({ note }) => note !== undefined, 'the note')
  return {
    ...{ world, connector, agent, control, connection },
    [Symbol.asyncDispose]: () => world[Symbol.asyncDispose](),
  }
}

test('the agent hears of a port before the reply that names it, and may open it once, unread, by the same connector', async () => {
  await using world = await createWorld(READ)
  const connectors = [
    await world.connector('con-1'),
    await world.connector('con-2'),
    await world.connector('con-3'),
  ]
  const agent = await world.agent('agt-1')
  const control = await agent.open('10.0.0.9', 21)
  assert.equal(control.opened.inspected, true)
  const connector = connectors.find(({ id }) => id === control.opened.connector.id)
  assert.ok(connector)
  assert.equal(connector.asked.all[0]?.inspect, true)

  const { connection } = control.opened
  connector.note(connection, { type: 'expect', address: '10.0.0.9', port: 40_001, by: 'PASV', seconds: 30 })
  connector.stream(connection).write(Buffer.from('227 Entering Passive Mode'))
  await control.heard.when(() => control.text().startsWith('227'))
  const [note, reply] = control.heard.all
  assert.deepEqual(note, {
    note: { type: 'expect', address: '10.0.0.9', port: 40_001, by: 'PASV', seconds: 30 },
  })
  assert.ok(reply?.data)

  const data = await agent.open('10.0.0.9', 40_001)
  assert.equal(data.opened.session, connection)
  assert.equal(data.opened.connector.id, connector.id)
  assert.equal(data.opened.inspected, false)
  const { connection: _, ...asked } = connector.asked.all[1] ?? {}
  assert.deepEqual(asked, {
    ...{ segment: 'ftp', host: '10.0.0.9', port: 40_001, user: 'anna' },
    ...{ inspect: false, doubleEncryption: false },
  })
  assert.equal(await agent.refused('10.0.0.9', 40_001), 'POL_NOT_EXPECTED')
})

test('a server that was asked for by name is dialled for data where it was reached for control', async () => {
  await using given = await named({ host: 'ftp.corp.example', by: 'EPSV', address: 'ftp.corp.example' })
  await given.agent.open('FTP.corp.example', 40_001)
  // The stub of a connector says that it reached the name itself.
  assert.equal(given.connector.asked.all[1]?.host, 'ftp.corp.example')
  assert.equal(await given.agent.refused('10.0.0.9', 40_001), 'POL_WRONG_PORT')
})

test('a server that names another machine sends nobody there: the server itself is dialled', async () => {
  await using given = await named({ address: '10.0.0.77', port: 22 })
  await given.agent.open('10.0.0.77', 22)
  assert.deepEqual(
    given.connector.asked.all.map(({ host, port }) => [host, port]),
    [
      ['10.0.0.9', 21],
      ['10.0.0.9', 22],
    ],
  )
})

test('another user, another device, another port and another address get nothing of it', async () => {
  await using given = await named()
  const bert = await given.world.agent('agt-2', { user: 'bert' })
  const phone = await given.world.agent('agt-3', { name: 'phone' })
  assert.equal(await bert.refused('10.0.0.9', 40_001), 'POL_WRONG_PORT')
  assert.equal(await phone.refused('10.0.0.9', 40_001), 'POL_WRONG_PORT')
  assert.equal(await given.agent.refused('10.0.0.9', 40_002), 'POL_NOT_EXPECTED')
  assert.equal(await given.agent.refused('10.0.0.8', 40_001), 'POL_NO_SEGMENT')
  // And it is still there for whom it is.
  await given.agent.open('10.0.0.9', 40_001)
})

test('it is too late when its seconds are over', async () => {
  await using given = await named({ seconds: 0 })
  assert.equal(await given.agent.refused('10.0.0.9', 40_001), 'POL_NOT_EXPECTED')
})

test('it is gone when the control connection has ended', async () => {
  await using given = await named()
  given.control.stream.end()
  await given.control.heard.find(({ end }) => end === true)
  await given.world.controller.row(({ ConnectionStatus }) => ConnectionStatus === 'close')
  assert.equal(await given.agent.refused('10.0.0.9', 40_001), 'POL_WRONG_PORT')
})

test('it is gone when the connector of the control connection is lost', async () => {
  await using given = await named()
  await given.world.connector('con-2')
  given.connector.link.destroy({ code: 'CON_LOST', text: 'killed' })
  await given.control.heard.find(({ reset }) => reset !== undefined)
  await given.world.controller.row(({ ConnectionStatus }) => ConnectionStatus === 'close')
  assert.equal(await given.agent.refused('10.0.0.9', 40_001), 'POL_WRONG_PORT')
})

test('it is refused when the rule that allowed the control connection is gone', async () => {
  await using given = await named()
  given.world.controller.config({ access: { rules: [] } })
  await given.world.controller.taken()
  assert.equal(await given.agent.refused('10.0.0.9', 40_001), 'POL_NO_RULE')
})

test('ports that a connector names on a stream that it was not asked to read are not expected', async () => {
  await using world = await createWorld({ segments: [inspectedSegment({ inspection: 'off' })] })
  const connector = await world.connector('con-1')
  const agent = await world.agent('agt-1')
  const { opened } = await agent.open('10.0.0.9', 21)
  connector.note(opened.connection, {
    type: 'expect',
    address: '10.0.0.9',
    port: 22,
    by: 'PASV',
    seconds: 30,
  })
  assert.equal(await agent.refused('10.0.0.9', 22), 'POL_WRONG_PORT')
})

test('what the connector reads becomes the timeline, and warnings are told', async () => {
  await using given = await named()
  const { connector, connection, control, world } = given
  connector.note(connection, {
    type: 'ftp',
    verb: 'RETR',
    argument: 'a.bin',
    reply: 226,
    text: 'Transfer complete.',
  })
  connector.note(connection, {
    type: 'ftp',
    verb: 'QUIT',
    argument: '',
    text: 'The connection ended before the reply.',
  })
  connector.note(connection, {
    type: 'warning',
    status: { code: 'CON_FTP_ACTIVE_REFUSED', text: 'PORT was refused.' },
  })
  await world.events.find(event => event.type === 'warning' && event.code === 'CON_FTP_ACTIVE_REFUSED')
  control.stream.end()
  const row = await world.controller.row(({ ConnectionStatus }) => ConnectionStatus === 'close')
  assert.deepEqual(
    row.Events.map(({ text }) => text),
    [
      'PASV: the server waits at 10.0.0.9 port 40001',
      'RETR a.bin → 226 Transfer complete.',
      'QUIT → The connection ended before the reply.',
      'CON_FTP_ACTIVE_REFUSED: PORT was refused.',
    ],
  )
})

test('a port of a session that was encrypted is refused for that reason, on its timeline, and the agent is told before', async () => {
  await using given = await named()
  const { agent, connector, connection, control, world } = given
  assert.equal(await agent.refused('10.0.0.9', 40_002), 'POL_NOT_EXPECTED')
  const status = { code: 'CON_FTP_ENCRYPTED', text: 'It is encrypted.' } as const
  connector.note(connection, { type: 'warning', status })
  await control.heard.find(({ note }) => note?.type === 'warning' && note.status.code === status.code)
  assert.equal(await agent.refused('10.0.0.9', 40_002), 'CON_FTP_ENCRYPTED')
  const row = await world.controller.row(({ InternalReason }) => InternalReason === 'CON_FTP_ENCRYPTED')
  assert.deepEqual([row.Role, row.SessionID, row.ConnectionStatus], ['data', connection, 'refused'])
  control.stream.end()
  await world.controller.row(({ ConnectionStatus }) => ConnectionStatus === 'close')
  assert.equal(await agent.refused('10.0.0.9', 40_002), 'POL_WRONG_PORT')
})

test('a connector that notes what is no note is cut', async () => {
  await using given = await named()
  given.connector.stream(given.connection).note({ type: 'expect', address: 7 })
  assert.equal((await given.connector.link.closed).code, 'CON_PROTOCOL')
})

test('a server that names two hundred ports has the last 64 expected', async () => {
  await using given = await named()
  const { connector, connection, agent, control } = given
  for (let port = 41_000; port < 41_200; port++)
    connector.note(connection, { type: 'expect', address: '10.0.0.9', port, by: 'EPSV', seconds: 30 })
  await control.heard.find(({ note }) => note?.type === 'expect' && note.port === 41_199)
  assert.equal(await agent.refused('10.0.0.9', 41_135), 'POL_NOT_EXPECTED')
  await agent.open('10.0.0.9', 41_136)
})
