import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import fc from 'fast-check'
import { statusOf } from '../wire/status.ts'
import { createReports } from './reports.ts'
import type { Moved } from './stream-record.ts'
import { testChannel, testRecord } from './testing-record.ts'

const moved = (bytes: number): Moved => ({
  TimestampZENFirstRxClient: 1,
  TimestampZENLastRxClient: 2,
  TimestampZENFirstTxClient: 0,
  TimestampZENLastTxClient: 0,
  ZENTotalBytesRxClient: bytes,
  ZENTotalBytesTxClient: 0,
})
const clean = { kind: 'clean', status: statusOf('AGT_FINISHED'), sent: 5, received: 7 } as const

test('a stream is told when it opens, when bytes have moved, and when it ends', async () => {
  const channel = testChannel()
  const reports = createReports(channel)
  const record = testRecord('c1', reports)
  reports.tick()
  reports.tick()
  let bytes = 0
  record.opened(() => moved(bytes))
  reports.tick()
  bytes = 100
  reports.tick()
  reports.tick()
  record.ended(clean)
  reports.tick()
  await turn()
  reports.tick()
  assert.deepEqual(
    channel.rows().map(row => [row.ConnectionStatus, row.ZENTotalBytesRxClient]),
    [
      ['open', 0],
      ['active', 0],
      ['active', 100],
      ['close', 5],
    ],
  )
  assert.equal(reports.open + reports.waiting, 0)
})

test('a stream that is over between two ticks is one row', () => {
  const channel = testChannel()
  const reports = createReports(channel)
  testRecord('c1', reports).refused(statusOf('POL_NO_RULE'))
  reports.tick()
  assert.deepEqual(
    channel.rows().map(row => [row.ConnectionStatus, row.InternalReason]),
    [['refused', 'POL_NO_RULE']],
  )
})

test('a record ends once, with the first end that it is told', () => {
  const channel = testChannel()
  const reports = createReports(channel)
  const record = testRecord('c1', reports)
  record.refused(statusOf('EDG_BUSY'))
  record.ended(clean)
  record.change({ Policy: 'late' })
  record.event('late')
  reports.tick()
  assert.deepEqual(
    channel.rows().map(({ InternalReason, Policy, Events }) => [InternalReason, Policy, Events.length]),
    [['EDG_BUSY', '', 0]],
  )
})

test('ends that a controller did not take are told to the next, with all that is open', async () => {
  const channel = testChannel()
  const reports = createReports(channel)
  const [gone, open] = [testRecord('gone', reports), testRecord('open', reports)]
  open.opened(() => moved(1))
  gone.ended(clean)
  channel.takes = false
  reports.tick()
  await turn()
  assert.equal(reports.waiting, 1)
  channel.said.length = 0
  channel.takes = true
  reports.tellAll()
  await turn()
  assert.deepEqual(
    channel
      .rows()
      .map(row => row.ConnectionID)
      .sort(),
    ['gone', 'open'],
  )
  assert.equal(reports.waiting, 0)
})

test('without a controller the newest ten thousand ends are kept, and what was dropped is counted', async () => {
  const channel = testChannel()
  channel.isThere = false
  const reports = createReports(channel)
  for (let index = 0; index < 10_250; index++) testRecord(`c${index}`, reports).ended(clean)
  reports.tick()
  assert.equal(reports.dropped, 250)
  assert.equal(reports.waiting, 10_000)
  channel.isThere = true
  reports.tellAll()
  await turn()
  const told = new Set(channel.rows().map(row => row.ConnectionID))
  assert.equal(told.size, 10_000)
  assert.ok(!told.has('c249') && told.has('c250'))
})

test('no message has more rows or more text than fits', () => {
  const channel = testChannel()
  const reports = createReports(channel)
  for (let index = 0; index < 3_000; index++) {
    const record = testRecord(`c${index}`, reports)
    if (index % 3 === 0) for (let line = 0; line < 300; line++) record.event('x'.repeat(2_000))
    record.ended(clean)
  }
  reports.tick()
  assert.equal(channel.rows().length, 3_000)
  for (const message of channel.said) {
    if (message.type !== 'streams') continue
    assert.ok(message.streams.length <= 1_000)
    assert.ok(JSON.stringify(message).length < 1_000_000)
  }
})

test('the timeline of a record is bounded, and says how much is not in it', () => {
  const reports = createReports(testChannel())
  const record = testRecord('c1', reports)
  for (let line = 0; line < 1_000; line++) record.event(`line ${line}`)
  const { Events } = record.row()
  assert.equal(Events.length, 200)
  assert.equal(Events[198]?.text, 'line 198')
  assert.equal(Events[199]?.text, '801 more lines were left out.')
})

test('however the controller comes and goes, each end reaches it, and nothing follows an end', async () => {
  const step = fc.constantFrom('open', 'end', 'tick', 'lose', 'return')
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async steps => {
      const channel = testChannel()
      const reports = createReports(channel)
      const records: ReturnType<typeof testRecord>[] = []
      let ended = 0
      for (const what of steps) {
        if (what === 'open') records.push(testRecord(`c${records.length}`, reports))
        else if (what === 'end' && ended < records.length) records[ended++]?.ended(clean)
        else if (what === 'tick') reports.tick()
        else if (what === 'lose') channel.isThere = channel.takes = false
        else if (what === 'return' && !channel.isThere) {
          channel.isThere = channel.takes = true
          reports.tellAll()
        }
        await turn()
      }
      channel.isThere = channel.takes = true
      reports.tick()
      await turn()
      reports.tick()
      const over = new Set<string>()
      for (const { ConnectionID, ConnectionStatus } of channel.rows()) {
        if (ConnectionStatus === 'close') over.add(ConnectionID)
        else assert.ok(!over.has(ConnectionID))
      }
      assert.equal(over.size, ended)
      assert.equal(reports.open, records.length - ended)
    }),
    { numRuns: 100 },
  )
})
