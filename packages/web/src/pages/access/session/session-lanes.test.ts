import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AccessSession, AccessStream } from '@portolan/console/contract'
import { lanesOfSession, namesOfConnections, toneOfSession } from './session-lanes.ts'

function stream(change: Partial<AccessStream>): AccessStream {
  return {
    SessionID: 's',
    ConnectionID: 'c',
    ConnectionStatus: 'close',
    InternalReason: 'SRV_FINISHED',
    Text: '',
    Role: 'data',
    DoubleEncryption: false,
    Username: 'alice',
    Device: 'laptop',
    Host: '10.0.0.9',
    ServicePort: 21,
    ClientPublicIP: '',
    ClientPrivateIP: '',
    ClientZEN: 'edge',
    Policy: '',
    Application: '',
    AppGroup: '',
    Connector: '',
    ConnectorIP: '',
    ConnectorPort: 0,
    ServerIP: '',
    ServerPort: 0,
    PolicyProcessingTime: 0,
    ConnectorZENSetupTime: 0,
    ConnectionSetupTime: 0,
    ServerSetupTime: 0,
    TimestampConnectionStart: 0,
    TimestampConnectionEnd: 0,
    TimestampZENFirstRxClient: 0,
    TimestampZENLastRxClient: 0,
    TimestampZENFirstTxClient: 0,
    TimestampZENLastTxClient: 0,
    ZENTotalBytesRxClient: 0,
    ZENTotalBytesTxClient: 0,
    Events: [],
    ...change,
  }
}

const span = (id: string, from: number, to: number, change: Partial<AccessStream> = {}) =>
  stream({ ConnectionID: id, TimestampConnectionStart: from, TimestampConnectionEnd: to, ...change })

const session: AccessSession = {
  session: 's',
  user: 'alice',
  device: 'laptop',
  server: '10.0.0.9',
  segment: 'warehouse',
  connector: 'berlin-1',
  startedAt: 1_000,
  endedAt: 9_000,
  sent: 0,
  received: 0,
  verdict: 'All in order.',
  entries: [
    { at: 2_000, kind: 'ftp', connection: 'control', role: 'control', text: 'RETR a' },
    { at: 3_000, kind: 'opened', connection: 'd1', role: 'data', text: 'opened' },
    { at: 4_000, kind: 'warning', connection: 'control', role: 'control', text: 'PORT was refused' },
  ],
  streams: [
    span('d2', 4_000, 6_000),
    span('d1', 3_000, 5_000),
    span('d3', 7_000, 8_000, { InternalReason: 'SRV_RESET' }),
    span('control', 1_000, 9_000, { Role: 'control' }),
  ],
}

test('the control connection stands on top, and data connections share lanes as they can', () => {
  const { lanes, marks, left } = lanesOfSession(session, 20_000)
  assert.deepEqual(
    lanes.map(({ label, bars }) => [label, ...bars.map(({ connection }) => connection)]),
    [
      ['Control', 'control'],
      ['Data', 'd1', 'd3'],
      ['', 'd2'],
    ],
  )
  assert.deepEqual(
    marks.map(({ text, tone }) => [text, tone]),
    [
      ['RETR a', 'info'],
      ['PORT was refused', 'warn'],
    ],
  )
  assert.equal(left, 0)
  const [control] = lanes[0]?.bars ?? []
  assert.deepEqual([control?.from, control?.to], [0, 1])
})

test('what is open is drawn up to now', () => {
  const open = span('d4', 8_500, 0, { ConnectionStatus: 'active', InternalReason: '' })
  const { endedAt: _, ...rest } = session
  const { lanes, until } = lanesOfSession({ ...rest, streams: [...session.streams, open] }, 12_000)
  assert.equal(until, 12_000)
  const bar = lanes.flatMap(({ bars }) => bars).find(({ connection }) => connection === 'd4')
  assert.deepEqual([bar?.to, bar?.tone], [1, 'info'])
})

test('of a thousand data connections the last are drawn, and the control connection', () => {
  const many = Array.from({ length: 1_000 }, (_, at) => span(`d${at}`, 1_000 + at, 1_001 + at))
  const { lanes, left } = lanesOfSession({ ...session, streams: [...many, ...session.streams.slice(-1)] }, 0)
  assert.equal(left, 700)
  assert.equal(lanes[0]?.bars.length, 1)
  assert.ok(lanes.flatMap(({ bars }) => bars).some(({ connection }) => connection === 'd999'))
})

test('connections have names that people can say', () => {
  assert.deepEqual(
    [...namesOfConnections(session.streams)],
    [
      ['control', 'control'],
      ['d1', 'data 1'],
      ['d2', 'data 2'],
      ['d3', 'data 3'],
    ],
  )
})

test('a session looks like its worst end', () => {
  assert.equal(toneOfSession(session), 'bad')
  const clean = session.streams.filter(one => one.InternalReason === 'SRV_FINISHED')
  assert.equal(toneOfSession({ streams: clean, endedAt: 1 }), 'good')
  assert.equal(toneOfSession({ streams: clean }), 'info')
})
