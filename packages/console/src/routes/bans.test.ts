import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { ban, pageOf } from '../contract/index.ts'
import { type Caller, startTestApp, type TestApp } from '../http/testing-app.ts'
import { RawFtp } from '../resources/testing-ftp.ts'
import { bansRoutes } from './bans.ts'
import { usersRoutes } from './users.ts'

let app: TestApp
let operator: Caller

before(async () => {
  app = await startTestApp({
    routes: services => [...bansRoutes(services), ...usersRoutes(services)],
    settings: { bans: { attempts: 2, exempt: ['198.18.0.0/15'], delay: { first: 0, ceiling: 0 } } },
  })
  operator = await app.as('operator')
})
after(() => app[Symbol.asyncDispose]())

const list = async (query = '') => pageOf(ban).parse((await operator.get(`/bans${query}`)).body)

for (const { value, kept } of [
  { value: '192.0.2.1', kept: '192.0.2.1' },
  { value: ' 192.0.2.77/24 ', kept: '192.0.2.0/24' },
  { value: '10.1.2.3/32', kept: '10.1.2.3' },
  { value: '172.31.255.255/12', kept: '172.16.0.0/12' },
  { value: '2001:DB8:0:0::5', kept: '2001:db8::5' },
  { value: '2001:db8:ffff::1/33', kept: '2001:db8:8000::/33' },
  { value: '::ffff:198.51.100.9', kept: '198.51.100.9' },
]) {
  test(`${value} is banned as ${kept}, once however it is written`, async () => {
    const made = await operator.post('/bans', { kind: 'address', value })
    assert.equal(made.status, 201, made.text)
    const { items } = await list('?kind=address')
    assert.equal(items.filter(one => one.value === kept).length, 1)
    assert.ok(app.services.server.bans().some(one => one.value === kept))
    const { id } = ban.parse(made.body)
    assert.equal((await operator.delete(`/bans/${id}`)).status, 204)
    assert.ok(!app.services.server.bans().some(one => one.value === kept))
    assert.deepEqual((await list()).items, [])
  })
}

for (const { kind, value, says } of [
  { kind: 'address', value: 'example.org', says: /must be an IP address/ },
  { kind: 'address', value: '10.0.0.0/33', says: /must be an IP address/ },
  { kind: 'address', value: '10.0.0.0/x', says: /must be an IP address/ },
  { kind: 'address', value: 'fe80::1%eth0', says: /must be an IP address/ },
  { kind: 'address', value: '0.0.0.0/0', says: /whole internet/ },
  { kind: 'address', value: '::/0', says: /whole internet/ },
  { kind: 'address', value: '128.0.0.0/1', says: /too large/ },
  { kind: 'address', value: '2000::/3', says: /too large/ },
  { kind: 'address', value: '127.0.0.1', says: /keep yourself out/ },
  { kind: 'address', value: '127.0.0.0/8', says: /keep yourself out/ },
  { kind: 'address', value: '::ffff:127.0.0.1', says: /keep yourself out/ },
  { kind: 'address', value: '198.18.0.1', says: /allow list/ },
  { kind: 'user', value: ' ', says: /must not be empty/ },
]) {
  test(`${kind} "${value}" is not banned: ${says.source}`, async () => {
    const answer = await operator.post('/bans', { kind, value })
    assert.deepEqual([answer.status, answer.code], [422, 'BAN_INVALID'])
    assert.match(answer.text, says)
    assert.deepEqual((await list()).items, [])
  })
}

test('a banned user is thrown out and kept out until the ban is lifted; the reason is kept', async () => {
  await operator.post('/users', { name: 'eve', password: 'x' })
  using ftp = await RawFtp.open(app.services.server, 'eve', 'x')
  const made = await operator.post('/bans', { kind: 'user', value: 'eve', minutes: 5, reason: 'spam' })
  assert.match(made.text, /"kicked":1/)
  assert.match(await ftp.reply(), /^421/)
  const { id, until, at, by, reason } = ban.parse(made.body)
  assert.deepEqual([(until ?? 0) - at, by, reason], [300_000, 'operator', 'spam'])
  const tries = async () => {
    using again = await RawFtp.open(app.services.server)
    const asked = await again.say('USER eve')
    return asked.startsWith('331') ? await again.say('PASS x') : asked
  }
  assert.doesNotMatch(await tries(), /^230/)
  await operator.delete(`/bans/${id}`)
  assert.match(await tries(), /^230/)
  assert.equal((await operator.delete(`/bans/${id}`)).code, 'BAN_MISSING')
})

test('what the server bans by itself is listed and lifted, too', async () => {
  for (let n = 0; n < 2; n++) {
    using _ftp = await RawFtp.open(app.services.server, 'nobody', 'wrong')
  }
  const { items } = await list()
  assert.deepEqual(
    items.map(({ kind, value, by }) => [kind, value, by]),
    [['address', '127.0.0.1', 'portolan']],
  )
  assert.equal((await operator.delete(`/bans/${items[0]?.id}`)).status, 204)
  using ftp = await RawFtp.open(app.services.server)
  assert.match(await ftp.say('NOOP'), /^(200|530)/)
  const { items: noted } = await app.services.store.audit.list({ limit: 1, action: 'ban.lift' })
  assert.equal(noted[0]?.target, '127.0.0.1')
})
