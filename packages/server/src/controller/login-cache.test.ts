import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseSettings } from '@portolan/settings'
import type { UserRecord } from './authenticator.ts'
import { LoginCache } from './login-cache.ts'

const [alice] = parseSettings({ users: [{ name: 'alice', home: '/srv' }] }).users
assert.ok(alice)

/** Knows one password, and counts how often it was asked. */
function counting(user: UserRecord) {
  const asked: string[] = []
  return {
    asked,
    requiresTls: async () => false,
    authenticate: async ({ password }: { password: string }) => {
      asked.push(password)
      await new Promise(resolve => setImmediate(resolve))
      if (password === 'boom') throw new Error('directory does not answer')
      return password === 'right' ? user : undefined
    },
  }
}

const ask = (password: string) => ({ user: 'alice', password, address: '192.0.2.1' })

test('a right password is checked once in five minutes', async () => {
  let now = 0
  const authenticator = counting(alice)
  const cache = new LoginCache(authenticator, () => now)
  assert.equal(await cache.check(ask('right')), alice)
  assert.equal(await cache.check(ask('right')), alice)
  assert.deepEqual(authenticator.asked, ['right'])
  now = 5 * 60_000
  await cache.check(ask('right'))
  assert.deepEqual(authenticator.asked, ['right', 'right'])
})

test('a wrong password is checked every time', async () => {
  const authenticator = counting(alice)
  const cache = new LoginCache(authenticator)
  assert.equal(await cache.check(ask('wrong')), undefined)
  assert.equal(await cache.check(ask('wrong')), undefined)
  assert.equal(authenticator.asked.length, 2)
})

test('equal checks at the same time are one check', async () => {
  const authenticator = counting(alice)
  const cache = new LoginCache(authenticator)
  const users = await Promise.all(Array.from({ length: 50 }, () => cache.check(ask('right'))))
  assert.ok(users.every(user => user === alice))
  assert.equal(authenticator.asked.length, 1)
})

test('names and passwords that run into each other are not taken for each other', async () => {
  const authenticator = counting(alice)
  const cache = new LoginCache(authenticator)
  await cache.check({ user: 'a', password: 'right', address: '' })
  await cache.check({ user: 'ar', password: 'ight', address: '' })
  assert.deepEqual(authenticator.asked, ['right', 'ight'])
})

test('an authenticator that does not answer is no wrong password', async () => {
  const cache = new LoginCache(counting(alice))
  await assert.rejects(cache.check(ask('boom')), { code: 'LOGIN_UNAVAILABLE' })
})

test('more than five hundred checks at once are refused, not queued without end', async () => {
  const cache = new LoginCache(counting(alice))
  const results = await Promise.allSettled(
    Array.from({ length: 600 }, (_, n) => cache.check(ask(`guess ${n}`))),
  )
  assert.equal(results.filter(result => result.status === 'rejected').length, 100)
})

test('a user that is forgotten is checked anew, and nobody else', async () => {
  const authenticator = counting(alice)
  const cache = new LoginCache(authenticator)
  const bob = { ...ask('right'), user: 'bob' }
  await cache.check(ask('right'))
  await cache.check(bob)
  cache.forget('alice')
  await cache.check(ask('right'))
  await cache.check(bob)
  assert.equal(authenticator.asked.length, 3)
  cache.forget()
  await cache.check(ask('right'))
  await cache.check(bob)
  assert.equal(authenticator.asked.length, 5)
})

test('a check that runs while its user is forgotten is neither shared with later logins nor remembered', async () => {
  const authenticator = counting(alice)
  const cache = new LoginCache(authenticator)
  const before = cache.check(ask('right'))
  cache.forget('alice')
  const after = cache.check(ask('right'))
  assert.equal(authenticator.asked.length, 2)
  await before
  assert.equal(await after, alice)
  await cache.check(ask('right'))
  assert.equal(authenticator.asked.length, 2, 'the later one is remembered')
})

test('forgetting makes no room for more checks at once', async () => {
  const authenticator = { ...counting(alice), authenticate: () => new Promise<undefined>(() => {}) }
  const cache = new LoginCache(authenticator)
  for (let n = 0; n < 500; n++) void cache.check(ask(String(n)))
  cache.forget()
  await assert.rejects(cache.check(ask('one more')), { code: 'LOGIN_UNAVAILABLE' })
})
