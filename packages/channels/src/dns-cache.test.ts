import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DnsCache, type DnsCacheOptions } from './dns-cache.ts'

/** A cache whose clock and name server are in the test's hand. */
function cacheOf(
  answers: (name: string) => readonly string[] | Promise<readonly string[]>,
  options: DnsCacheOptions = {},
) {
  const asked: string[] = []
  let now = 0
  const cache = new DnsCache({
    ...options,
    now: () => now,
    lookup: async name => {
      asked.push(name)
      return answers(name)
    },
  })
  return { cache, asked, pass: (ms: number) => (now += ms) }
}

const settled = () => new Promise(resolve => setImmediate(resolve))

test('an answer is used until it is too old', async () => {
  const { cache, asked, pass } = cacheOf(() => ['192.0.2.1'], { ttlMs: 1000 })
  assert.deepEqual(await cache.resolve('a.example', 4), {
    value: '192.0.2.1',
    because: { code: 'dns', text: 'a.example is 192.0.2.1' },
  })
  pass(1000)
  await cache.resolve('A.EXAMPLE', 4)
  assert.deepEqual(asked, ['a.example'])
  pass(1)
  await cache.resolve('a.example', 4)
  assert.deepEqual(asked, ['a.example', 'a.example'])
})

test('the last good answer is used while a new one is fetched, and says so', async () => {
  let address = '192.0.2.1'
  const { cache, pass } = cacheOf(() => [address], { ttlMs: 1000 })
  await cache.resolve('a', 4)
  address = '192.0.2.2'
  pass(60_000)
  const old = await cache.resolve('a', 4)
  assert.deepEqual([old.value, old.because.code], ['192.0.2.1', 'dns-last-good'])
  assert.match(old.because.text, /a was 192\.0\.2\.1 60 seconds ago; it is being asked for again/)
  await settled()
  assert.equal((await cache.resolve('a', 4)).value, '192.0.2.2')
})

test('the last good answer outlives a name server that fails', async () => {
  let fail = false
  const { cache, asked, pass } = cacheOf(
    () => {
      if (fail) throw new Error('SERVFAIL')
      return ['192.0.2.1']
    },
    { ttlMs: 1000 },
  )
  await cache.resolve('a', 4)
  fail = true
  pass(2000)
  await cache.resolve('a', 4)
  await settled()
  const { value, because } = await cache.resolve('a', 4)
  assert.equal(value, '192.0.2.1')
  assert.match(because.text, /asking again failed: SERVFAIL/)
  assert.equal(asked.length, 2, 'a name that failed is not asked for at every request')
  pass(5001)
  await cache.resolve('a', 4)
  assert.equal(asked.length, 3)
})

test('of several addresses the one told before is kept as long as it is there', async () => {
  const answers = [['192.0.2.1', '192.0.2.2'], ['192.0.2.2', '192.0.2.1'], ['192.0.2.2']]
  const { cache, pass } = cacheOf(() => answers.shift() ?? [], { ttlMs: 10 })
  const seen: string[] = []
  for (let i = 0; i < 3; i++) {
    await cache.resolve('a', 4)
    await settled()
    seen.push((await cache.resolve('a', 4)).value)
    pass(11)
  }
  assert.deepEqual(seen, ['192.0.2.1', '192.0.2.1', '192.0.2.2'])
})

test('a name that never had an answer fails within the timeout, and callers share one lookup', async () => {
  const { cache, asked } = cacheOf(() => new Promise<readonly string[]>(() => {}), { timeoutMs: 20 })
  const asks = [cache.resolve('slow', 4), cache.resolve('slow', 4)]
  for (const ask of asks) {
    await assert.rejects(ask, {
      code: 'CHANNEL_ADDRESS',
      message: /slow has no IPv4 address.*no answer within 0\.02 seconds/,
    })
  }
  assert.deepEqual(asked, ['slow'])
})

test('names that are not answered do not take all the threads', async () => {
  const { cache, asked } = cacheOf(() => new Promise<readonly string[]>(() => {}), { timeoutMs: 5 })
  for (const name of ['a', 'b', 'c', 'd'])
    await assert.rejects(cache.resolve(name, 4), { code: 'CHANNEL_ADDRESS' })
  assert.deepEqual(asked, ['a', 'b'])
})

test('an empty answer is a failure', async () => {
  const { cache } = cacheOf(() => [])
  await assert.rejects(cache.resolve('a', 4), { code: 'CHANNEL_ADDRESS', message: /the answer is empty/ })
})

test('no more names are remembered than allowed, and the ones in use stay', async () => {
  const { cache, asked } = cacheOf(() => ['192.0.2.1'], { size: 2 })
  for (const name of ['a', 'b', 'a', 'c', 'a', 'b']) await cache.resolve(name, 4)
  assert.deepEqual(asked, ['a', 'b', 'c', 'b'])
})

test('the system resolver answers localhost', async () => {
  assert.equal((await new DnsCache().resolve('localhost', 4)).value, '127.0.0.1')
})
