import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { LiveSessions, Session } from '../../contract/index.ts'
import { SessionDiff } from './session-diff.ts'

const one: Session = {
  session: '1-1',
  user: 'alice',
  address: '192.0.2.1',
  listener: 'ftp',
  tls: false,
  since: 1,
  idleMs: 0,
}
const moving = (bytes: number): Session => ({ ...one, transfer: { command: 'RETR', path: '/a', bytes } })

/** What a browser holds after an event. */
function apply(held: Map<string, Session>, event: LiveSessions | undefined): void {
  for (const session of event?.changed ?? []) held.set(session.session, session)
  for (const id of event?.gone ?? []) held.delete(id)
}

for (const { title, before, after, tells } of [
  {
    title: 'a session that only grows idle',
    before: { ...one, idleMs: 1_000 },
    after: { ...one, idleMs: 2_000 },
    tells: undefined,
  },
  {
    title: 'another user',
    before: one,
    after: { ...one, user: 'bob' },
    tells: { changed: [{ ...one, user: 'bob' }] },
  },
  { title: 'a transfer that begins', before: one, after: moving(0), tells: { changed: [moving(0)] } },
  {
    title: 'bytes that move on',
    before: moving(1_000),
    after: moving(2_000),
    tells: { changed: [moving(2_000)] },
  },
  {
    title: 'bytes beyond five digits',
    before: moving(12_300_000),
    after: moving(12_300_400),
    tells: undefined,
  },
  {
    title: 'a command a second ago',
    before: { ...one, idleMs: 500 },
    after: { ...one, idleMs: 0 },
    tells: undefined,
  },
  { title: 'a session that ends', before: one, after: undefined, tells: { gone: ['1-1'] } },
] as const satisfies readonly {
  title: string
  before: Session
  after: Session | undefined
  tells: LiveSessions | undefined
}[]) {
  test(`${title} ${tells ? 'is told' : 'is not told'}`, () => {
    const diff = new SessionDiff()
    assert.deepEqual(diff.next([before], 10_000), { changed: [before] })
    assert.deepEqual(diff.next(after ? [after] : [], 11_000), tells)
  })
}

test('a session that works again after a while is told, so that its idle time is right', () => {
  const diff = new SessionDiff()
  diff.next([{ ...one, idleMs: 0 }], 10_000)
  assert.equal(diff.next([{ ...one, idleMs: 50_000 }], 60_000), undefined)
  assert.deepEqual(diff.next([one], 61_000), { changed: [one] })
})

test('who comes later is told all that the others know', () => {
  const diff = new SessionDiff()
  diff.next([moving(1_234_567)], 1)
  assert.deepEqual(diff.all, [moving(1_234_600)])
})

test('1,000 sessions that change every second make small events, and each is told within five seconds', () => {
  const diff = new SessionDiff()
  const all = (second: number) =>
    Array.from(
      { length: 1_000 },
      (_, n): Session => ({
        ...moving(second * 1_234_567 + n),
        session: `1-${n}`,
        idleMs: 0,
      }),
    )
  for (let second = 0; second < 5; second++) diff.next(all(second), second * 1_000)
  assert.equal(diff.all.length, 1_000)
  const told = new Set<string>()
  for (let second = 5; second < 10; second++) {
    const event = diff.next(all(second), second * 1_000)
    assert.ok(JSON.stringify(event).length < 64_000)
    for (const { session } of event?.changed ?? []) told.add(session)
  }
  assert.equal(told.size, 1_000)
})

test('new sessions and other states come before mere progress', () => {
  const diff = new SessionDiff()
  const many = (bytes: number) =>
    Array.from({ length: 400 }, (_, n) => ({ ...moving(bytes), session: `2-${n}` }))
  diff.next(many(1), 1)
  diff.next(many(1), 2)
  const event = diff.next([...many(900), { ...one, session: '3-1' }], 3)
  assert.equal(event?.changed?.[0]?.session, '3-1')
  assert.equal(event?.changed?.length, 200)
})

test('whatever happens, a browser that applies the events soon holds the very sessions', () => {
  const session = fc.record({
    session: fc.integer({ min: 0, max: 300 }).map(n => `1-${n}`),
    user: fc.constantFrom('alice', 'bob'),
    bytes: fc.nat({ max: 999 }),
  })
  const step = fc.uniqueArray(session, { selector: one => one.session, maxLength: 300 })
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 8 }), steps => {
      const diff = new SessionDiff()
      const held = new Map<string, Session>()
      const turns = steps.map(list => list.map(({ bytes, ...rest }) => ({ ...moving(bytes), ...rest })))
      const last = turns.at(-1) ?? []
      // Two more seconds in which nothing happens: an event has 200 sessions at most.
      for (const [second, list] of [...turns, last, last].entries()) apply(held, diff.next(list, second))
      const sorted = (list: Iterable<Session>) =>
        [...list].toSorted((a, b) => a.session.localeCompare(b.session))
      assert.deepEqual(sorted(held.values()), sorted(last))
      assert.deepEqual(sorted(diff.all), sorted(last))
    }),
    { numRuns: 50 },
  )
})
