import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Problem } from './problem.ts'
import { Throttle } from './throttle.ts'

const MINUTE = 60_000

function start() {
  let at = 1_000_000
  const throttle = new Throttle(() => at)
  /** Seconds to wait; undefined when the attempt was let through and went wrong. */
  const guess = (address: string, name: string): number | undefined => {
    try {
      throttle.begin(address, name)
      return undefined
    } catch (error) {
      assert.ok(error instanceof Problem)
      assert.deepEqual([error.status, error.code], [429, 'AUTH_THROTTLED'])
      return Number(error.headers['retry-after'])
    }
  }
  return {
    throttle,
    guess,
    ahead: (ms: number) => {
      at += ms
    },
  }
}

test('three wrong attempts are free, then each one doubles the wait, up to a quarter of an hour', () => {
  const { guess, ahead } = start()
  for (let i = 0; i < 3; i++) assert.equal(guess('192.0.2.1', 'alice'), undefined)
  for (let seconds = 1; seconds < 15 * 60; seconds *= 2) {
    assert.equal(guess('192.0.2.1', 'alice'), seconds)
    ahead(seconds * 1_000 - 1)
    assert.equal(guess('192.0.2.1', 'alice'), 1)
    ahead(1)
    assert.equal(guess('192.0.2.1', 'alice'), undefined)
  }
  assert.equal(guess('192.0.2.1', 'alice'), 15 * 60)
})

test('one address cannot try many names, nor many addresses one name', () => {
  const { guess } = start()
  for (const name of ['a', 'b', 'c']) guess('192.0.2.1', name)
  assert.equal(guess('192.0.2.1', 'd'), 1)
  assert.equal(guess('192.0.2.2', 'd'), undefined)
  for (const last of [3, 4, 5]) guess(`192.0.2.${last}`, 'alice')
  assert.equal(guess('192.0.2.6', 'alice'), 1)
})

test('an IPv6 address counts as its /64, an IPv4 address in IPv6 as what it is', () => {
  const { guess } = start()
  for (const tail of ['1', '2:3', ':5'])
    guess(`2001:db8:1:2:${tail.startsWith(':') ? tail : `:${tail}`}`, 'a')
  assert.equal(guess('2001:db8:1:2:ffff::9', 'b'), 1)
  assert.equal(guess('2001:db8:1:3::1', 'c'), undefined)
  for (const name of ['a1', 'b1', 'c1']) guess('::ffff:192.0.2.9', name)
  assert.equal(guess('192.0.2.9', 'd1'), 1)
})

test('who guesses at a name does not lock out its owner where he signed in before', () => {
  const { throttle, guess, ahead } = start()
  throttle.begin('192.0.2.1', 'alice').right()
  for (let i = 0; i < 50; i++) guess(`198.51.100.${i}`, 'alice')
  assert.ok(guess('198.51.100.99', 'alice'), 'strangers wait')
  throttle.begin('192.0.2.1', 'alice').right()
  assert.ok(guess('198.51.100.99', 'alice'), 'and go on waiting although the owner signed in')
  ahead(61 * MINUTE)
  assert.equal(guess('198.51.100.99', 'alice'), undefined)
})

test('who gets it right starts over; what was not decided does not count', () => {
  const { throttle, guess } = start()
  for (let i = 0; i < 2; i++) guess('192.0.2.1', 'alice')
  throttle.begin('192.0.2.1', 'alice').right()
  for (let i = 0; i < 3; i++) assert.equal(guess('192.0.2.1', 'alice'), undefined)
  const other = start()
  for (let i = 0; i < 20; i++) other.throttle.begin('192.0.2.1', 'bob').undecided()
  assert.equal(other.guess('192.0.2.1', 'bob'), undefined)
})

test('many attempts at the same moment are no more than three', () => {
  const { guess } = start()
  const through = Array.from({ length: 100 }, () => guess('192.0.2.1', 'alice')).filter(
    wait => wait === undefined,
  )
  assert.equal(through.length, 3)
})

test('in any hour of guessing at one name from strange addresses, few attempts come through', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 120_000 }), { minLength: 100, maxLength: 400 }),
      pauses => {
        const { guess, ahead } = start()
        let at = 0
        let through = 0
        for (const [i, pause] of pauses.entries()) {
          at += pause
          if (at > 60 * MINUTE) break
          ahead(pause)
          if (guess(`10.${i >> 8}.${i & 255}.1`, 'alice') === undefined) through++
        }
        // 3 free, 10 until the wait is a quarter of an hour, and 4 quarters.
        assert.ok(through <= 17, String(through))
      },
    ),
    { numRuns: 50 },
  )
})

test('what is remembered has a bound', () => {
  const { guess } = start()
  for (let i = 0; i < 3; i++) guess('192.0.2.1', 'first')
  for (let i = 0; i < 10_000; i++) guess(`10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`, `name ${i}`)
  assert.equal(guess('192.0.2.1', 'first'), undefined)
})
