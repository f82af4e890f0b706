import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Bans } from './bans.ts'

const SETTINGS = {
  enabled: true,
  attempts: 3,
  attemptsPerUser: 5,
  within: 60_000,
  duration: 30_000,
  delay: { first: 500, ceiling: 2_000 },
  exempt: ['127.0.0.0/8'],
}

test('each wrong password doubles the wait up to its ceiling', () => {
  const bans = new Bans({ ...SETTINGS, attempts: 100 }, () => 0)
  const waits = [1, 2, 3, 4, 5].map(() => bans.failed('192.0.2.1', 'alice').delayMs)
  assert.deepEqual(waits, [500, 1000, 2000, 2000, 2000])
})

test('the last allowed wrong password bans the address for a time', () => {
  let now = 0
  const bans = new Bans(SETTINGS, () => now)
  bans.failed('192.0.2.1', 'a')
  assert.equal(bans.failed('192.0.2.1', 'b').bannedUntil, undefined)
  assert.equal(bans.failed('192.0.2.1', 'c').bannedUntil, 30_000)
  assert.equal(bans.remaining('192.0.2.1'), 30_000)
  assert.equal(bans.remaining('192.0.2.2'), 0)
  now = 30_000
  assert.equal(bans.remaining('192.0.2.1'), 0)
})

test('wrong passwords outside the window do not count', () => {
  let now = 0
  const bans = new Bans(SETTINGS, () => now)
  bans.failed('192.0.2.1', 'a')
  bans.failed('192.0.2.1', 'a')
  now = 60_001
  assert.equal(bans.failed('192.0.2.1', 'a').bannedUntil, undefined)
})

test('a right password forgets the wrong ones of its address', () => {
  const bans = new Bans(SETTINGS, () => 0)
  bans.failed('192.0.2.1', 'a')
  bans.failed('192.0.2.1', 'a')
  bans.succeeded('192.0.2.1', 'a')
  assert.equal(bans.failed('192.0.2.1', 'a').bannedUntil, undefined)
})

test('an exempt address is slowed down and never banned', () => {
  const bans = new Bans(SETTINGS, () => 0)
  for (let n = 0; n < 10; n++) assert.equal(bans.failed('127.0.0.9', 'a').bannedUntil, undefined)
})

test('guesses from many addresses close a name, but not for addresses where its owner logged in before', () => {
  const bans = new Bans(SETTINGS, () => 0)
  bans.succeeded('198.51.100.7', 'alice')
  for (let n = 0; n < 5; n++) bans.failed(`192.0.2.${n}`, 'alice')
  assert.equal(bans.remainingFor('alice', '203.0.113.1'), 30_000)
  assert.equal(bans.remainingFor('alice', '198.51.100.7'), 0)
  assert.equal(bans.remainingFor('bob', '203.0.113.1'), 0)
})

test('switched off, nobody is banned', () => {
  const bans = new Bans({ ...SETTINGS, enabled: false }, () => 0)
  for (let n = 0; n < 10; n++) assert.equal(bans.failed('192.0.2.1', 'a').bannedUntil, undefined)
  assert.equal(bans.remainingFor('a', '192.0.2.2'), 0)
})
