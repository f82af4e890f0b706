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
  assert.deepEqual(bans.failed('192.0.2.1', 'b').bans, [])
  assert.deepEqual(bans.failed('192.0.2.1', 'c').bans, [{ kind: 'address', until: 30_000 }])
  assert.deepEqual(bans.all, [{ kind: 'address', value: '192.0.2.1', until: 30_000 }])
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
  assert.deepEqual(bans.failed('192.0.2.1', 'a').bans, [])
})

test('a right password forgets the wrong ones of its address', () => {
  const bans = new Bans(SETTINGS, () => 0)
  bans.failed('192.0.2.1', 'a')
  bans.failed('192.0.2.1', 'a')
  bans.succeeded('192.0.2.1', 'a')
  assert.deepEqual(bans.failed('192.0.2.1', 'a').bans, [])
})

test('an exempt address is slowed down and never banned', () => {
  const bans = new Bans(SETTINGS, () => 0)
  for (let n = 0; n < 10; n++) assert.deepEqual(bans.failed('127.0.0.9', `user ${n}`).bans, [])
})

test('guesses from many addresses close a name, but not for addresses where its owner logged in before', () => {
  const bans = new Bans(SETTINGS, () => 0)
  bans.succeeded('198.51.100.7', 'alice')
  for (let n = 0; n < 4; n++) bans.failed(`192.0.2.${n}`, 'alice')
  assert.deepEqual(bans.failed('192.0.2.4', 'alice').bans, [{ kind: 'user', until: 30_000 }])
  assert.equal(bans.remainingFor('alice', '203.0.113.1'), 30_000)
  assert.equal(bans.remainingFor('alice', '198.51.100.7'), 0)
  assert.equal(bans.remainingFor('bob', '203.0.113.1'), 0)
})

test('switched off, nobody is banned', () => {
  const bans = new Bans({ ...SETTINGS, enabled: false }, () => 0)
  for (let n = 0; n < 10; n++) assert.deepEqual(bans.failed('192.0.2.1', 'a').bans, [])
  assert.equal(bans.remainingFor('a', '192.0.2.2'), 0)
})

test('a ban that was set keeps its address, network or user out until it ends', () => {
  let now = 0
  const bans = new Bans(SETTINGS, () => now)
  for (const [value, inside, outside] of [
    ['192.0.2.1', '192.0.2.1', '192.0.2.2'],
    ['::ffff:192.0.2.3', '192.0.2.3', '192.0.2.2'],
    ['192.0.2.4/32', '192.0.2.4', '192.0.2.2'],
    ['198.51.100.0/24', '198.51.100.255', '198.51.101.0'],
    ['2001:db8::/32', '2001:db8::7', '2001:db9::7'],
    ['2001:DB8:0::1', '2001:db8::1', '2001:db9::1'],
  ] as const) {
    now = 0
    bans.ban({ kind: 'address', value, until: 1_000 })
    assert.equal(bans.remaining(inside), 1_000, value)
    assert.equal(bans.remaining(outside), 0, value)
    now = 1_000
    assert.equal(bans.remaining(inside), 0, value)
    assert.deepEqual(bans.all, [])
  }
  bans.ban({ kind: 'user', value: 'alice' })
  assert.equal(bans.remainingFor('alice', '192.0.2.1'), Number.POSITIVE_INFINITY)
  assert.equal(bans.remainingFor('bob', '192.0.2.1'), 0)
})

test('a network without an end outlasts an address with one, and the other way round', () => {
  const bans = new Bans(SETTINGS, () => 0)
  bans.ban({ kind: 'address', value: '192.0.2.0/24', until: 500 })
  bans.ban({ kind: 'address', value: '192.0.2.1', until: 1_000 })
  assert.equal(bans.remaining('192.0.2.1'), 1_000)
  bans.ban({ kind: 'address', value: '192.0.0.0/16' })
  assert.equal(bans.remaining('192.0.2.1'), Number.POSITIVE_INFINITY)
})

test('a ban that was set spares exempt addresses, and not the addresses that its user logged in from', () => {
  const bans = new Bans(SETTINGS, () => 0)
  bans.ban({ kind: 'address', value: '0.0.0.0/0' })
  assert.equal(bans.remaining('127.0.0.1'), 0)
  assert.ok(bans.remaining('192.0.2.1') > 0)
  bans.succeeded('192.0.2.9', 'alice')
  bans.ban({ kind: 'user', value: 'alice' })
  assert.ok(bans.remainingFor('alice', '192.0.2.9') > 0)
})

test('a ban that is told back to where it was made spares the addresses of its user as before', () => {
  const bans = new Bans(SETTINGS, () => 0)
  bans.succeeded('198.51.100.7', 'alice')
  for (let n = 0; n < 5; n++) bans.failed(`192.0.2.${n}`, 'alice')
  bans.ban({ kind: 'user', value: 'alice', until: 30_000 })
  assert.equal(bans.remainingFor('alice', '198.51.100.7'), 0)
  assert.equal(bans.remainingFor('alice', '192.0.2.77'), 30_000)
  assert.deepEqual(bans.all, [{ kind: 'user', value: 'alice', until: 30_000 }])
})

test('lifting ends both kinds of ban and forgets the wrong passwords before it', () => {
  const bans = new Bans(SETTINGS, () => 0)
  assert.equal(bans.lift('address', '192.0.2.1'), false)
  for (let n = 0; n < 3; n++) bans.failed('192.0.2.1', 'a')
  bans.ban({ kind: 'address', value: '192.0.2.1' })
  assert.equal(bans.all.length, 1)
  assert.equal(bans.lift('address', '192.0.2.1'), true)
  assert.equal(bans.remaining('192.0.2.1'), 0)
  assert.deepEqual(bans.failed('192.0.2.1', 'a').bans, [], 'counting begins anew')
  bans.ban({ kind: 'address', value: '198.51.100.0/24' })
  assert.equal(bans.lift('address', '198.51.100.0/24'), true)
  assert.equal(bans.remaining('198.51.100.1'), 0)
  assert.equal(bans.lift('address', '198.51.100.0/24'), false)
})

test('what is no address cannot be banned, and changes nothing', () => {
  const bans = new Bans(SETTINGS, () => 0)
  for (const value of ['', 'alice', '192.0.2.0/33', '192.0.2', '10.0.0.0/8/8', '1.2.3.4/']) {
    assert.throws(() => bans.ban({ kind: 'address', value }), { code: 'CHANNEL_SETTING' }, value)
  }
  assert.deepEqual(bans.all, [])
  assert.equal(bans.remaining('192.0.2.1'), 0)
})
