import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { StatusCode } from '../codes.ts'
import { createReports } from './reports.ts'
import { createStreamBook, type EdgeStream, type Kick } from './stream-book.ts'
import { testChannel, testRecord } from './testing-record.ts'

const setup = () => {
  let now = 0
  const book = createStreamBook(() => now)
  const reports = createReports(testChannel())
  const cut: [string, StatusCode][] = []
  const enter = (connection: string, session: string, user = 'anna') => {
    let movedAt = now
    const stream: EdgeStream = {
      record: testRecord(connection, reports),
      user,
      agent: `agent of ${user}`,
      session,
      lastMovedAt: () => movedAt,
      cut({ code }) {
        cut.push([connection, code])
        book.leave(stream)
      },
    }
    book.enter(stream, user)
    return { stream, move: () => (movedAt = now) }
  }
  return { book, cut, enter, pass: (ms: number) => (now += ms) }
}

test('a session is idle only when nothing moved in any of its streams', () => {
  const { book, cut, enter, pass } = setup()
  enter('control', 's1')
  const data = enter('data', 's1')
  enter('other', 's2')
  pass(900)
  data.move()
  pass(200)
  book.endIdle(1_000)
  assert.deepEqual(cut, [['other', 'EDG_IDLE_TIMEOUT']])
  pass(799)
  book.endIdle(1_000)
  assert.equal(cut.length, 1)
  pass(1)
  book.endIdle(1_000)
  assert.deepEqual(cut.slice(1), [
    ['control', 'EDG_IDLE_TIMEOUT'],
    ['data', 'EDG_IDLE_TIMEOUT'],
  ])
})

const KICKS: readonly [Kick, readonly string[]][] = [
  [{ connection: 'c1' }, ['c1']],
  [{ session: 's1' }, ['c1', 'c2']],
  [{ user: 'bert' }, ['c3']],
  [{ user: 'bert', session: 's1' }, []],
  [{ user: 'nobody' }, []],
  [{}, []],
]
for (const [kick, ended] of KICKS) {
  test(`a kick of ${JSON.stringify(kick)} ends ${ended.join(' and ') || 'nothing'}`, () => {
    const { book, cut, enter } = setup()
    enter('c1', 's1')
    enter('c2', 's1')
    enter('c3', 's3', 'bert')
    assert.equal(book.kick(kick), ended.length)
    assert.deepEqual(
      cut.map(([connection]) => connection),
      ended,
    )
  })
}

test('streams are counted by whose they are, and leaving twice counts once', () => {
  const { book, enter } = setup()
  const { stream } = enter('c1', 's1')
  enter('c2', 's1')
  book.leave(stream)
  book.leave(stream)
  assert.equal(book.countOf('anna'), 1)
  assert.equal(book.size, 1)
})

test('waiting for the book to be empty ends with the last stream, or with the signal', async () => {
  const { book, enter } = setup()
  await book.empty(new AbortController().signal)
  const { stream } = enter('c1', 's1')
  const stop = new AbortController()
  const given = book.empty(stop.signal)
  stop.abort()
  await given
  const last = book.empty(new AbortController().signal)
  book.leave(stream)
  await last
})
