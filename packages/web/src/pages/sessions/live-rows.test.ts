import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { LiveSessions, Session } from '@portolan/console/contract'
import fc from 'fast-check'
import { applyLive, type LiveRows, rateNow, shownRows } from './live-rows.ts'

const session = (name: string, more: Partial<Session> = {}): Session => ({
  session: name,
  address: '192.0.2.1',
  listener: 'public',
  tls: false,
  since: 1_000,
  idleMs: 0,
  ...more,
})
const none: LiveRows = new Map()
const sending = (bytes: number) => ({ transfer: { command: 'RETR', path: '/a', bytes } })

const anySession = fc.record({
  session: fc.constantFrom('1', '2', '3', '4', '5'),
  address: fc.constantFrom('192.0.2.1', '192.0.2.2'),
  listener: fc.constant('public'),
  tls: fc.boolean(),
  since: fc.nat(1_000_000),
  idleMs: fc.nat(100_000),
  transfer: fc.option(
    fc.record({ command: fc.constant('RETR'), path: fc.constantFrom('/a', '/b'), bytes: fc.nat() }),
    { nil: undefined },
  ),
})
const snapshot = fc.uniqueArray(anySession, { selector: one => one.session })

/** What a server tells between two snapshots. */
function difference(before: readonly Session[], after: readonly Session[]): LiveSessions {
  const old = new Map(before.map(one => [one.session, JSON.stringify(one)]))
  return {
    changed: after.filter(one => old.get(one.session) !== JSON.stringify(one)),
    gone: before.flatMap(({ session: name }) => (after.some(one => one.session === name) ? [] : [name])),
  }
}

const withoutIdle = ({ idleMs: _, ...rest }: Session) => rest

test('applying the differences gives what the whole would give', () => {
  fc.assert(
    fc.property(fc.array(snapshot, { minLength: 1, maxLength: 8 }), snapshots => {
      let rows = none
      let before: readonly Session[] | undefined
      let at = 10_000
      for (const now of snapshots) {
        at += 1_000
        rows = applyLive(rows, before ? difference(before, now) : { all: now }, at)
        before = now
      }
      const last = snapshots.at(-1) ?? []
      assert.deepEqual(
        new Map([...rows].map(([name, row]) => [name, withoutIdle(row.session)])),
        new Map(last.map(one => [one.session, withoutIdle(one)])),
      )
    }),
  )
})

test('a row that looks the same stays the same object', () => {
  const first = applyLive(none, { all: [session('1'), session('2')] }, 10_000)
  const second = applyLive(
    first,
    { changed: [session('1', { idleMs: 1_000 }), session('2', { user: 'anna' })] },
    11_000,
  )
  assert.equal(second.get('1'), first.get('1'))
  assert.notEqual(second.get('2'), first.get('2'))
})

test('the rate of a transfer is what moved since it was looked at last', () => {
  const first = applyLive(none, { all: [session('1', sending(1_000))] }, 10_000)
  const second = applyLive(first, { changed: [session('1', sending(5_000))] }, 12_000)
  const row = second.get('1')
  assert.ok(row)
  assert.equal(rateNow(row, 12_000), 2_000)
  assert.equal(rateNow(row, 20_000), 0)
})

test('another transfer of the session begins without a rate', () => {
  const first = applyLive(none, { all: [session('1', sending(1_000))] }, 10_000)
  const next = session('1', { transfer: { command: 'RETR', path: '/b', bytes: 9_000 } })
  assert.equal(applyLive(first, { changed: [next] }, 11_000).get('1')?.rate, 0)
})

test('a search holds all words, in any column', () => {
  const rows = applyLive(
    none,
    { all: [session('1', { user: 'anna', ...sending(1) }), session('2', { user: 'Anna' }), session('3')] },
    10_000,
  )
  const names = (search: string) =>
    shownRows(rows, search, { by: 'user', order: 'asc' }).map(row => row.session.session)
  assert.deepEqual(names('anna retr'), ['1'])
  assert.deepEqual(names(' ANNA '), ['1', '2'])
  assert.deepEqual(names('nobody'), [])
})

test('rows are sorted by each column in both directions', () => {
  const rows = applyLive(
    none,
    {
      all: [
        session('1', { user: 'b', since: 3, idleMs: 5_000 }),
        session('2', { user: 'a', since: 2, idleMs: 9_000, ...sending(9) }),
        session('3', { user: 'c', since: 1, idleMs: 1_000, ...sending(5) }),
      ],
    },
    10_000,
  )
  for (const [by, order] of [
    ['since', '321'],
    ['user', '213'],
    ['transfer', '132'],
    ['idle', '312'],
  ] as const) {
    const names = (direction: 'asc' | 'desc') =>
      shownRows(rows, '', { by, order: direction })
        .map(row => row.session.session)
        .join('')
    assert.equal(names('asc'), order, by)
    assert.equal(names('desc'), [...order].reverse().join(''), by)
  }
})
