import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { StatusCode } from '../codes.ts'
import type { AccessConfig } from '../policy/types.ts'
import { testSegment } from './testing-config.ts'
import { createWorld } from './testing-edge.ts'

test('a stream that a rule allows goes through a connector and back, and is one row of the log', async () => {
  await using world = await createWorld({})
  const connector = await world.connector('con-1')
  const agent = await world.agent('agt-1')
  const { stream, heard, opened, text } = await agent.open('10.0.0.9', 21)
  stream.write(Buffer.from('USER anna\r\n'))
  await heard.when(() => text() === 'USER anna\r\n')
  stream.end()
  await heard.find(({ end }) => end === true)

  const { connection } = opened
  assert.deepEqual(opened, {
    ...{
      session: connection,
      connection,
      segment: 'ftp',
      connector: { id: 'con-1', name: 'Connector con-1' },
    },
    ...{ server: { address: '10.0.0.9', port: 21 }, doubleEncryption: false, inspected: false },
  })
  assert.deepEqual(connector.asked.all, [
    {
      ...{ connection, segment: 'ftp', host: '10.0.0.9', port: 21, user: 'anna' },
      ...{ inspect: false, doubleEncryption: false },
    },
  ])
  const row = await world.controller.row(({ ConnectionStatus }) => ConnectionStatus === 'close')
  assert.deepEqual(
    { ...row, ...TIMES },
    {
      ...TIMES,
      ...{ SessionID: connection, ConnectionID: connection, ConnectionStatus: 'close' },
      ...{ InternalReason: 'AGT_FINISHED', Text: 'The client ended the connection first, in order.' },
      ...{ Role: 'control', DoubleEncryption: false, Username: 'anna', Device: 'device-of-agt-1' },
      ...{ Host: '10.0.0.9', ServicePort: 21, ClientPublicIP: '127.0.0.1', ClientPrivateIP: '192.168.1.5' },
      ...{ ClientZEN: 'Edge One', Policy: 'anna', Application: 'ftp', AppGroup: 'all' },
      ...{ Connector: 'Connector con-1', ConnectorIP: '10.0.0.2', ConnectorPort: 50_000 },
      ...{ ServerIP: '10.0.0.9', ServerPort: 21, ServerSetupTime: 1 },
      ...{ ZENTotalBytesRxClient: 11, ZENTotalBytesTxClient: 11, Events: [] },
    },
  )
  const { TimestampConnectionStart: start, TimestampConnectionEnd: end } = row
  for (const time of [row.TimestampZENFirstRxClient, row.TimestampZENLastTxClient])
    assert.ok(start <= time && time <= end)
  assert.ok(row.PolicyProcessingTime > 0 && row.ConnectorZENSetupTime > 0 && row.ConnectionSetupTime > 0)
})

/** Of a row, what is another every time. */
const TIMES = {
  PolicyProcessingTime: 0,
  ConnectorZENSetupTime: 0,
  ConnectionSetupTime: 0,
  TimestampConnectionStart: 0,
  TimestampConnectionEnd: 0,
  TimestampZENFirstRxClient: 0,
  TimestampZENLastRxClient: 0,
  TimestampZENFirstTxClient: 0,
  TimestampZENLastTxClient: 0,
}

const deny = (message?: string): Partial<AccessConfig> => ({
  access: {
    rules: [{ name: 'no', enabled: true, when: {}, action: 'deny', ...(message && { message }) }],
  },
})
const ALLOWED: readonly [string, number] = ['10.0.0.9', 21]
const REFUSALS: readonly {
  readonly title: string
  readonly code: StatusCode
  readonly text?: string
  readonly config?: Partial<AccessConfig>
  readonly target?: readonly [string, number]
  readonly server?: StatusCode
}[] = [
  { title: 'an address without a segment', target: ['10.0.0.8', 21], code: 'POL_NO_SEGMENT' },
  { title: 'a port that is not in the segment', target: ['10.0.0.9', 22], code: 'POL_WRONG_PORT' },
  {
    title: 'a segment that is disabled',
    config: { segments: [testSegment({ enabled: false })] },
    code: 'POL_SEGMENT_DISABLED',
  },
  {
    title: 'a segment that is bypassed',
    config: { segments: [testSegment({ bypass: 'always' })] },
    code: 'POL_BYPASSED',
  },
  { title: 'what a rule denies', config: deny(), code: 'POL_DENIED' },
  {
    title: 'what a rule denies with a message',
    config: deny('Ask Bert.'),
    code: 'POL_DENIED',
    text: 'Ask Bert.',
  },
  { title: 'what no rule allows', config: { access: { rules: [] } }, code: 'POL_NO_RULE' },
  {
    title: 'a group of connectors that is disabled',
    config: { connectorGroups: [{ name: 'group', enabled: false, weight: 1, maxStreams: 9 }] },
    code: 'EDG_NO_CONNECTOR',
  },
  {
    title: 'a server group of which no connector is there',
    config: { serverGroups: [{ name: 'servers', connectorGroups: ['other'] }] },
    code: 'EDG_NO_CONNECTOR',
  },
  { title: 'a server that refuses', server: 'SRV_REFUSED', code: 'SRV_REFUSED' },
  { title: 'a server that does not answer', server: 'SRV_TIMEOUT', code: 'SRV_TIMEOUT' },
  { title: 'a server without a route', server: 'SRV_UNREACHABLE', code: 'SRV_UNREACHABLE' },
  {
    title: 'a name that the connector does not find',
    server: 'SRV_NAME_NOT_FOUND',
    code: 'SRV_NAME_NOT_FOUND',
  },
  { title: 'a connector that is full', server: 'CON_TOO_MANY_STREAMS', code: 'CON_TOO_MANY_STREAMS' },
]
for (const { title, code, text, config = {}, target = ALLOWED, server } of REFUSALS) {
  test(`${title} is refused with ${code}, and is one row of the log`, async () => {
    await using world = await createWorld(config)
    const connector = await world.connector('con-1', { behave: () => server ?? 'echo' })
    const agent = await world.agent('agt-1')
    assert.equal(await agent.refused(...target), code)
    const row = await world.controller.row(({ ConnectionStatus }) => ConnectionStatus === 'refused')
    assert.equal(row.InternalReason, code)
    assert.ok(row.Text.length > 0)
    if (text) assert.equal(row.Text, text)
    assert.deepEqual([row.Username, row.Host, row.ServicePort], ['anna', ...target])
    assert.equal(world.controller.rows().length, 1)
    assert.equal(connector.asked.all.length, server ? 1 : 0)
    assert.equal(world.edge.figures().streams, 0)
  })
}

test('a data connection belongs to the session of the control connection, and each to that of its own server', async () => {
  await using world = await createWorld({ segments: [testSegment({ applications: ['10.0.0.8/30'] })] })
  await world.connector('con-1')
  const agent = await world.agent('agt-1')
  const first = await agent.open('10.0.0.9', 21)
  const other = await agent.open('10.0.0.10', 21)
  const data = await agent.open('10.0.0.9', 40_000)
  const newer = await agent.open('10.0.0.9', 21)
  const newest = await agent.open('10.0.0.9', 40_001)
  assert.deepEqual(
    [first, other, data, newer, newest].map(({ opened }) => opened.session),
    [first, other, first, newer, newer].map(({ opened }) => opened.connection),
  )
  const rows = await world.controller.heard.when(() => {
    const all = world.controller.rows()
    return all.length === 5 && all.every(row => row.ConnectionStatus === 'active') ? all : undefined
  })
  assert.deepEqual(rows.map(({ Role }) => Role).sort(), ['control', 'control', 'control', 'data', 'data'])
})

test('a segment with double encryption is told to agent and connector', async () => {
  await using world = await createWorld({ segments: [testSegment({ doubleEncryption: true })] })
  const connector = await world.connector('con-1')
  const agent = await world.agent('agt-1')
  const { opened } = await agent.open('10.0.0.9', 21)
  assert.equal(opened.doubleEncryption, true)
  assert.equal(connector.asked.all[0]?.doubleEncryption, true)
  const definitions = await agent.heard.when(([said]) =>
    said?.type === 'definitions' ? said.definitions : undefined,
  )
  assert.equal(definitions[0]?.doubleEncryption, true)
})

test('agents are told their definitions, and anew when the configuration or the user changes', async () => {
  await using world = await createWorld({
    access: { rules: [{ name: 'staff', enabled: true, when: { groups: ['staff'] }, action: 'allow' }] },
    forwarding: { rules: [{ name: 'some', enabled: true, when: {}, action: 'forward-allowed' }] },
    segments: [testSegment({ bypass: 'use-client-forwarding-policy' })],
  })
  const agent = await world.agent('agt-1')
  const names = () =>
    agent.heard.all.map(said =>
      said.type === 'definitions' ? said.definitions.map(({ segment }) => segment) : [],
    )
  await agent.heard.when(() => names().length === 1)
  world.controller.say({ type: 'identity', user: 'anna', found: true, groups: ['staff'] })
  await agent.heard.when(() => names().length === 2)
  // A change that says the same to that agent is no news.
  world.controller.config({ connectorGroups: [] })
  world.controller.config({
    segments: [testSegment({ name: 'new', bypass: 'use-client-forwarding-policy' })],
  })
  await agent.heard.when(() => names().length === 3)
  assert.deepEqual(names(), [[], ['ftp'], ['new']])
})

test('definitions change by themselves when a time window ends', async () => {
  // The edge's clock is set so that a minute, and the window with it, ends in a moment.
  const minute = Math.ceil(Date.now() / 60_000) * 60_000
  const ahead = minute - 1_500 - Date.now()
  const clockTime = (time: number) => new Date(time).toISOString().slice(11, 16)
  const days = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const
  const times = [
    { days: [...days], from: clockTime(minute - 3_600_000), to: clockTime(minute), timeZone: 'UTC' },
  ]
  await using world = await createWorld(
    {
      access: { rules: [{ name: 'hour', enabled: true, when: { times }, action: 'allow' }] },
      forwarding: { rules: [{ name: 'some', enabled: true, when: {}, action: 'forward-allowed' }] },
      segments: [testSegment({ bypass: 'use-client-forwarding-policy' })],
    },
    { now: () => Date.now() + ahead },
  )
  const agent = await world.agent('agt-1')
  const numbers = () =>
    agent.heard.all.map(said => (said.type === 'definitions' ? said.definitions.length : -1))
  await agent.heard.when(() => numbers().length === 2)
  assert.deepEqual(numbers(), [1, 0])
  assert.equal(await agent.refused('10.0.0.9', 21), 'POL_BYPASSED')
})
