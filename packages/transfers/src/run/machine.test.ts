import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { retryPolicy } from '../model/index.ts'
import { CANCELLED, changeOf, delayOf, type Life, type LifeEvent, nextLife } from './machine.ts'

const RETRY = retryPolicy.parse({ attempts: 3, first: 10, factor: 3, ceiling: 60, jitter: 0 })
const RULES = { retry: RETRY, now: 1_000, chance: 0 }
const FAILED = { code: 'FTP_CLOSED', text: 'It went away.' }
const failed = (transient: boolean): LifeEvent => ({ type: 'failed', failure: { ...FAILED, transient } })

const CASES: readonly { name: string; life: Life; event: LifeEvent; next: Life }[] = [
  {
    name: 'an attempt begins',
    life: { phase: 'waiting', attempt: 0, dueAt: 0 },
    event: { type: 'begun' },
    next: { phase: 'running', attempt: 1 },
  },
  {
    name: 'a failure that passes is tried again later',
    life: { phase: 'running', attempt: 2 },
    event: failed(true),
    next: { phase: 'retrying', attempt: 2, dueAt: 31_000, error: FAILED },
  },
  {
    name: 'a failure that stays is not tried again',
    life: { phase: 'running', attempt: 1 },
    event: failed(false),
    next: { phase: 'ending', attempt: 1, end: 'failed', error: FAILED },
  },
  {
    name: 'the last attempt is the last',
    life: { phase: 'running', attempt: 3 },
    event: failed(true),
    next: { phase: 'ending', attempt: 3, end: 'failed', error: FAILED },
  },
  {
    name: 'an attempt that is given back does not count',
    life: { phase: 'running', attempt: 2 },
    event: { type: 'given-back' },
    next: { phase: 'waiting', attempt: 1, dueAt: 1_000 },
  },
  {
    name: 'a run that waits can be cancelled',
    life: { phase: 'retrying', attempt: 1, dueAt: 5, error: FAILED },
    event: { type: 'cancelled' },
    next: { phase: 'ending', attempt: 1, end: 'cancelled', error: CANCELLED },
  },
  {
    name: 'what is being ended ends so, whoever cancels it meanwhile',
    life: { phase: 'ending', attempt: 1, end: 'failed', error: FAILED },
    event: { type: 'cancelled' },
    next: { phase: 'ending', attempt: 1, end: 'failed', error: FAILED },
  },
  {
    name: 'what is tidied up is over',
    life: { phase: 'ending', attempt: 1, end: 'failed', error: FAILED },
    event: { type: 'tidied' },
    next: { phase: 'failed', attempt: 1, endedAt: 1_000, error: FAILED },
  },
]

for (const { name, life, event, next } of CASES)
  test(name, () => assert.deepEqual(nextLife(life, event, RULES), next))

const events: fc.Arbitrary<LifeEvent> = fc.oneof(
  fc.constantFrom<LifeEvent>(
    { type: 'begun' },
    { type: 'done' },
    { type: 'cancelled' },
    { type: 'given-back' },
    { type: 'tidied' },
  ),
  fc.boolean().map(failed),
)
const isEnd = ({ phase }: Life) => phase === 'succeeded' || phase === 'failed' || phase === 'cancelled'
const begin = (): Life => ({ phase: 'waiting', attempt: 0, dueAt: 0 })

test('no sequence of events leads to two ends, or out of one', () => {
  fc.assert(
    fc.property(fc.array(events, { maxLength: 40 }), sequence => {
      let life = begin()
      for (const event of sequence) {
        const next = nextLife(life, event, RULES)
        if (isEnd(life)) assert.equal(next, life)
        life = next
      }
    }),
  )
})

test('no sequence of events has more attempts than the policy allows, and every failed one says why', () => {
  fc.assert(
    fc.property(fc.array(events, { maxLength: 60 }), sequence => {
      let life = begin()
      for (const event of sequence) {
        life = nextLife(life, event, RULES)
        assert.ok(life.attempt >= 0 && life.attempt <= RETRY.attempts, `${life.attempt}`)
        const { state, error } = changeOf(life)
        if (state === 'failed' || state === 'cancelled' || state === 'retrying') assert.ok(error)
      }
    }),
  )
})

test('delays grow to the ceiling, and chance only makes them shorter', () => {
  const rule = { ...RETRY, jitter: 0.5 }
  assert.deepEqual(
    [1, 2, 3, 4, 1000].map(attempt => delayOf(rule, attempt, 0)),
    [10_000, 30_000, 60_000, 60_000, 60_000],
  )
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 1000 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (attempt, chance) => {
        const delay = delayOf(rule, attempt, chance)
        assert.ok(delay <= delayOf(rule, attempt, 0) && delay >= delayOf(rule, attempt, 0) / 2 - 1)
      },
    ),
  )
})
