import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { AccessStream } from '../../contract/index.ts'
import { streamReport } from '../../routes/gateway/testing-access.ts'
import { sessionTimeline } from './session-timeline.ts'

const control = (change: Partial<AccessStream> = {}) =>
  streamReport({
    ConnectionStatus: 'close',
    InternalReason: 'AGT_FINISHED',
    Text: 'The client ended the connection first, in order.',
    TimestampConnectionEnd: 9_000,
    ...change,
  })

const data = (id: string, change: Partial<AccessStream> = {}) =>
  streamReport({
    ConnectionID: id,
    Role: 'data',
    ServicePort: 61_000,
    ConnectionStatus: 'close',
    InternalReason: 'SRV_FINISHED',
    Text: 'The server ended the connection first, in order.',
    TimestampConnectionStart: 2_000,
    TimestampConnectionEnd: 3_000,
    ZENTotalBytesRxClient: 0,
    ZENTotalBytesTxClient: 5_000,
    ...change,
  })

const lines = (streams: readonly AccessStream[]) =>
  sessionTimeline('s1', streams)?.entries.map(({ at, kind, text, code }) =>
    [at, kind, ...(code ? [code] : []), text].join(' '),
  )

test('a session is told in the order of time, with the file and the reply at the end of its data connection', () => {
  const streams = [
    data('d1'),
    control({
      Events: [
        { at: 1_200, text: 'USER alice → 331 Password.' },
        { at: 1_900, text: 'PASV: the server waits at 10.0.0.9 port 61000' },
        { at: 3_100, text: 'RETR June report.pdf → 226 Transfer complete' },
      ],
    }),
  ]
  assert.deepEqual(lines(streams), [
    '1000 opened control connection to 10.0.0.9:21 through berlin, allowed by finance',
    '1200 ftp USER alice → 331 Password.',
    '1900 ftp PASV: the server waits at 10.0.0.9 port 61000',
    '2000 opened data connection to 10.0.0.9:61000 through berlin, allowed by finance',
    '3000 ended SRV_FINISHED data connection of RETR June report.pdf ended: The server ended the connection first, in order; the server answered 226 Transfer complete',
    '3100 ftp RETR June report.pdf → 226 Transfer complete',
    '9000 ended AGT_FINISHED control connection ended: The client ended the connection first, in order.',
  ])
  const timeline = sessionTimeline('s1', streams)
  assert.deepEqual(
    { ...timeline, entries: 0, streams: 0 },
    {
      session: 's1',
      user: 'alice',
      device: 'laptop',
      server: '10.0.0.9:21',
      segment: 'Reports',
      connector: 'berlin',
      startedAt: 1_000,
      endedAt: 9_000,
      sent: 100,
      received: 5_300,
      verdict: 'It ended in order; 1 data connection, 100 bytes to the server and 5300 bytes from it.',
      entries: 0,
      streams: 0,
    },
  )
  const ended = timeline?.entries.find(({ kind, role }) => kind === 'ended' && role === 'data')
  assert.deepEqual([ended?.bytes, ended?.ms, ended?.connection], [5_000, 1_000, 'd1'])
})

test('each data connection is that of the command that was answered after it', () => {
  const streams = [
    control({
      Events: [
        { at: 3_100, text: 'MLSD → 226 Listed' },
        { at: 5_100, text: 'STOR a b.txt → 426 Broken off' },
      ],
    }),
    data('d2', {
      TimestampConnectionStart: 4_000,
      TimestampConnectionEnd: 5_000,
      InternalReason: 'AGT_CLIENT_RESET',
      Text: 'The client program broke the connection off.',
    }),
    data('d1'),
  ]
  const told = lines(streams)?.filter(line => /ended .*data/.test(line))
  assert.deepEqual(told, [
    '3000 ended SRV_FINISHED data connection of MLSD ended: The server ended the connection first, in order; the server answered 226 Listed',
    '5000 ended AGT_CLIENT_RESET data connection of STOR a b.txt ended: The client program broke the connection off; the server answered 426 Broken off',
  ])
})

const verdicts: readonly (readonly [what: string, streams: AccessStream[], verdict: RegExp])[] = [
  [
    'is open',
    [streamReport()],
    /^It is open; 0 data connections, 100 bytes to the server and 300 bytes from it\.$/,
  ],
  [
    'was refused',
    [
      streamReport({
        ConnectionStatus: 'refused',
        InternalReason: 'POL_NO_RULE',
        Text: 'No access rule allows it.',
      }),
    ],
    /^It was refused: no access rule allows it\.$/,
  ],
  [
    'broke off',
    [control({ InternalReason: 'EDG_LOST', Text: 'The edge was lost; what it carried was broken off.' })],
    /^It was broken off: The edge was lost; what it carried was broken off; 0 data connections/,
  ],
  [
    'had a data connection that broke off',
    [control(), data('d1', { InternalReason: 'SRV_RESET', Text: 'The server broke the connection off.' })],
    /in order; 1 data connection, .*; one data connection was broken off: the server broke the connection off\.$/,
  ],
  [
    'had two that were refused',
    [
      control(),
      ...['d1', 'd2'].map(id =>
        data(id, {
          ConnectionStatus: 'refused',
          InternalReason: 'POL_NOT_EXPECTED',
          Text: 'The server did not name it.',
        }),
      ),
    ],
    /in order; 0 data connections, .*; 2 data connections were refused, the first: the server did not name it\.$/,
  ],
  [
    'tried active mode',
    [control({ Events: [{ at: 2, text: 'CON_FTP_ACTIVE_REFUSED: PORT was refused.' }] })],
    /; active mode was refused, because/,
  ],
  [
    'had a command that failed',
    [control({ Events: [{ at: 2_000, text: 'RETR x → 550 No such file.' }] })],
    /; RETR x failed: 550 No such file\.$/,
  ],
]

for (const [what, streams, verdict] of verdicts) {
  test(`the verdict of a session that ${what} is one sentence`, () => {
    assert.match(sessionTimeline('s1', streams)?.verdict ?? '', verdict)
  })
}

test('a warning of the connector has its code, and a session without streams is none', () => {
  const Events = [{ at: 1_500, text: 'CON_FTP_ENCRYPTED: The control connection is encrypted.' }]
  const told = lines([control({ Events })])
  assert.ok(
    told?.includes('1500 warning CON_FTP_ENCRYPTED The control connection is encrypted.'),
    String(told),
  )
  assert.equal(sessionTimeline('s1', []), undefined)
})

test('whatever is in the rows, each stream is opened or refused once, entries are in order, and nothing is lost', () => {
  const stream = fc.record({
    ConnectionID: fc.uuid(),
    ConnectionStatus: fc.constantFrom('open', 'active', 'close', 'refused'),
    Role: fc.constantFrom('control', 'data', 'other'),
    Text: fc.string({ unit: 'binary' }),
    TimestampConnectionStart: fc.nat(10_000),
    TimestampConnectionEnd: fc.nat(10_000),
    Events: fc.array(
      fc.record({
        at: fc.nat(10_000),
        text: fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.constantFrom('RETR a → 226 Done', 'STOR  → ', 'LIST → 999', 'CON_X: y'),
        ),
      }),
      { maxLength: 5 },
    ),
  })
  fc.assert(
    fc.property(
      fc.uniqueArray(stream, { minLength: 1, maxLength: 8, selector: one => one.ConnectionID }),
      some => {
        const timeline = sessionTimeline(
          's1',
          some.map(one => streamReport(one)),
        )
        assert.ok(timeline)
        const times = timeline.entries.map(({ at }) => at)
        assert.deepEqual(
          times,
          times.toSorted((a, b) => a - b),
        )
        for (const { ConnectionID } of some) {
          const kinds: string[] = timeline.entries.flatMap(entry =>
            entry.connection === ConnectionID ? [entry.kind] : [],
          )
          assert.equal(kinds.filter(kind => kind === 'opened' || kind === 'refused').length, 1)
        }
        assert.equal(timeline.streams.length, some.length)
        assert.match(timeline.verdict, /\.$/)
      },
    ),
  )
})
