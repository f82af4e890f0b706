import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AccessStream } from '@portolan/console/contract'
import {
  asTold,
  fieldsOf,
  isOver,
  lastMovedAt,
  searched,
  statusOf,
  targetText,
  toldWith,
  toneOfCode,
  withChanged,
} from './stream-words.ts'

const stream: AccessStream = {
  SessionID: 's1',
  ConnectionID: 'c1',
  ConnectionStatus: 'close',
  InternalReason: 'SRV_FINISHED',
  Text: 'The server ended the connection first, in order.',
  Role: 'data',
  DoubleEncryption: false,
  Username: 'alice',
  Device: 'laptop',
  Host: 'ftp.corp.example',
  ServicePort: 21,
  ClientPublicIP: '192.0.2.1',
  ClientPrivateIP: '',
  ClientZEN: 'edge-1',
  Policy: 'Staff',
  Application: 'warehouse',
  AppGroup: 'stock',
  Connector: 'berlin-1',
  ConnectorIP: '10.0.0.4',
  ConnectorPort: 0,
  ServerIP: '10.0.0.9',
  ServerPort: 21,
  PolicyProcessingTime: 12,
  ConnectorZENSetupTime: 3,
  ConnectionSetupTime: 4,
  ServerSetupTime: 2,
  TimestampConnectionStart: 1_000,
  TimestampConnectionEnd: 0,
  TimestampZENFirstRxClient: 0,
  TimestampZENLastRxClient: 1_700,
  TimestampZENFirstTxClient: 0,
  TimestampZENLastTxClient: 1_500,
  ZENTotalBytesRxClient: 0,
  ZENTotalBytesTxClient: 4_096,
  Events: [],
}

test('a code is in order, wanted so, a matter of policy, or a fault', () => {
  for (const [code, tone] of [
    ['', 'info'],
    ['AGT_FINISHED', 'good'],
    ['SRV_FINISHED', 'good'],
    ['EDG_KICKED', 'warn'],
    ['POL_DENIED', 'warn'],
    ['POL_BYPASSED', 'idle'],
    ['SRV_RESET', 'bad'],
    ['CON_LOST', 'bad'],
  ] as const)
    assert.equal(toneOfCode(code), tone, code)
})

test('a stream that is over is looked at by how it ended', () => {
  assert.deepEqual(statusOf(stream), ['good', 'closed'])
  assert.deepEqual(statusOf({ ConnectionStatus: 'close', InternalReason: 'SRV_RESET' }), ['bad', 'closed'])
  assert.deepEqual(statusOf({ ConnectionStatus: 'refused', InternalReason: 'POL_NO_RULE' }), [
    'warn',
    'refused',
  ])
  assert.deepEqual(statusOf({ ConnectionStatus: 'active', InternalReason: '' }), ['info', 'open'])
  assert.ok(isOver(stream) && !isOver({ ConnectionStatus: 'open' }))
})

test('a stream last moved in whichever direction was later, or when it began', () => {
  assert.equal(lastMovedAt(stream), 1_700)
  assert.equal(lastMovedAt({ ...stream, TimestampZENLastRxClient: 0, TimestampZENLastTxClient: 0 }), 1_000)
})

test('a host and a port are one text', () => {
  for (const [host, text] of [
    ['10.0.0.9', '10.0.0.9:21'],
    ['2001:db8::9', '[2001:db8::9]:21'],
    ['', ''],
  ] as const)
    assert.equal(targetText(host, 21), text)
})

test('every field that says something is shown under its name, with its unit', () => {
  const fields = new Map(fieldsOf(stream).map(({ name, kind, value }) => [name, [kind, value]]))
  assert.deepEqual(fields.get('TimestampConnectionStart'), ['moment', 1_000])
  assert.deepEqual(fields.get('ZENTotalBytesRxClient'), ['bytes', 0])
  assert.deepEqual(fields.get('PolicyProcessingTime'), ['µs', 12])
  assert.deepEqual(fields.get('DoubleEncryption'), ['text', 'false'])
  for (const absent of ['TimestampConnectionEnd', 'ClientPrivateIP', 'ConnectorPort', 'Events'])
    assert.ok(!fields.has(absent), absent)
})

test('streams are found by who, where and through what, newest first', () => {
  const newer = { ...stream, ConnectionID: 'c2', Username: 'bob', TimestampConnectionStart: 2_000 }
  const names = (search: string) => searched([stream, newer], search).map(({ ConnectionID: id }) => id)
  assert.deepEqual(names(''), ['c2', 'c1'])
  assert.deepEqual(names('ALICE'), ['c1'])
  assert.deepEqual(names('berlin'), ['c2', 'c1'])
  assert.deepEqual(names('nobody'), [])
})

test('streams that have changed take the place of what was known, and those that are over go', () => {
  const open = { ...stream, ConnectionStatus: 'active' as const, InternalReason: '' }
  const others = [open, { ...open, ConnectionID: 'c2' }]
  const moved = { ...open, ZENTotalBytesTxClient: 9_000 }
  const fresh = { ...open, ConnectionID: 'c3' }
  const told = withChanged(others, [moved, { ...stream, ConnectionID: 'c2' }, fresh])
  assert.deepEqual(
    told.map(({ ConnectionID: id, ZENTotalBytesTxClient: bytes }) => [id, bytes]),
    [
      ['c1', 9_000],
      ['c3', 4_096],
    ],
  )
})

test('a log shows of streams what was told since, and what is over stays as it ended', () => {
  const open = { ...stream, ConnectionStatus: 'active' as const, InternalReason: '' }
  const other = { ...open, ConnectionID: 'c2', TimestampConnectionStart: 5_000 }
  const told = toldWith(toldWith([], [open]), [stream, other])
  assert.deepEqual(
    told.map(({ ConnectionID: id, ConnectionStatus: status }) => `${id} ${status}`),
    ['c2 active', 'c1 close'],
  )
  assert.deepEqual(asTold([open], told), [stream])
  assert.deepEqual(asTold([stream], [open]), [stream])
  const many = Array.from({ length: 300 }, (_, at) => ({
    ...open,
    ConnectionID: `n${at}`,
    TimestampConnectionStart: at,
  }))
  const kept = toldWith([], many)
  assert.deepEqual([kept.length, kept[0]?.ConnectionID], [200, 'n299'])
})
