import assert from 'node:assert/strict'
import { test } from 'node:test'
import { defineRoute } from './route.ts'
import { Sessions } from './sessions.ts'
import { startTestApp } from './testing-app.ts'

const MINUTE = 60_000
const SETTINGS = { sessionIdle: 30 * MINUTE, sessionLifetime: 12 * 60 * MINUTE, trustedProxies: [] }
const ALICE = { kind: 'administrator', name: 'alice' } as const
const FROM = { address: '192.0.2.1', userAgent: 'a browser' }

const ping = defineRoute({
  method: 'GET',
  path: '/ping',
  access: 'signed-in',
  summary: 'Ping',
  tag: 'test',
  handle: async ({ principal }) => ({ role: principal?.role ?? null }),
})

async function open() {
  const it = await startTestApp()
  let at = 1_000_000_000
  const sessions = new Sessions(it.services.store.webSessions, SETTINGS, () => at)
  return {
    sessions,
    rows: it.services.store.webSessions,
    ahead: (ms: number) => {
      at += ms
    },
    [Symbol.asyncDispose]: () => it[Symbol.asyncDispose](),
  }
}

test('a session ends when nothing was done for the idle time; whoever does something stays', async () => {
  await using it = await open()
  const { cookie } = await it.sessions.open(ALICE, FROM)
  for (let i = 0; i < 3; i++) {
    it.ahead(29 * MINUTE)
    assert.equal((await it.sessions.find(cookie))?.name, 'alice')
  }
  it.ahead(30 * MINUTE)
  assert.equal(await it.sessions.find(cookie), undefined)
})

test('a session ends after its lifetime whatever was done', async () => {
  await using it = await open()
  const { cookie } = await it.sessions.open(ALICE, FROM)
  let lived = 0
  while (await it.sessions.find(cookie)) {
    it.ahead(20 * MINUTE)
    lived += 20
  }
  assert.equal(lived, 12 * 60)
})

test('the store is told once a minute that somebody is there, not at each request', async () => {
  await using it = await open()
  const { cookie, session } = await it.sessions.open(ALICE, FROM)
  const seen = async () => (await it.rows.of('administrator', 'alice'))[0]?.lastSeenAt
  it.ahead(MINUTE - 1)
  await it.sessions.find(cookie)
  assert.equal(await seen(), session.lastSeenAt)
  it.ahead(1)
  await it.sessions.find(cookie)
  assert.equal(await seen(), session.lastSeenAt + MINUTE)
})

test('nobody has more than fifty: the one that was used longest ago makes room', async () => {
  await using it = await open()
  const cookies: string[] = []
  for (let i = 0; i < 50; i++) {
    cookies.push((await it.sessions.open(ALICE, FROM)).cookie)
    it.ahead(1_000)
  }
  // The first is used again and the second is now the oldest.
  it.ahead(MINUTE)
  await it.sessions.find(cookies[0] ?? '')
  await it.sessions.open({ kind: 'user', name: 'alice' }, FROM)
  await it.sessions.open(ALICE, FROM)
  assert.equal((await it.sessions.of(ALICE)).length, 50)
  assert.ok(await it.sessions.find(cookies[0] ?? ''))
  assert.equal(await it.sessions.find(cookies[1] ?? ''), undefined)
  assert.equal((await it.sessions.of({ kind: 'user', name: 'alice' })).length, 1)
})

test('the store does not hold what the cookie says', async () => {
  await using it = await open()
  const { cookie } = await it.sessions.open(ALICE, FROM)
  assert.match(cookie, /^[\w-]{43}$/)
  assert.ok(!JSON.stringify(await it.rows.of('administrator', 'alice')).includes(cookie))
})

test('whoever is disabled, removed or has another role is so at the next request', async () => {
  await using it = await startTestApp({ routes: () => [ping] })
  const { administrators, users } = it.services.store
  await it.makeAdministrator('administrator', 'root')
  const [alice, carol, bob] = [
    await it.as('operator', 'alice'),
    await it.as('operator', 'carol'),
    await it.asUser('bob'),
  ]
  for (const caller of [alice, carol, bob]) assert.equal((await caller.get('/ping')).status, 200)

  await administrators.change('alice', { role: 'read-only' })
  assert.deepEqual((await alice.get('/ping')).body, { role: 'read-only' })
  await administrators.change('alice', { enabled: false })
  assert.equal((await alice.get('/ping')).status, 401)
  await administrators.change('alice', { enabled: true })
  assert.equal((await alice.get('/ping')).status, 401, 'its session has ended for good')
  await administrators.remove('carol')
  assert.equal((await carol.get('/ping')).status, 401)
  await users.remove('bob')
  assert.equal((await bob.get('/ping')).status, 401)
})

test('a session that was ended elsewhere is taken for true for a second at most', async () => {
  await using it = await startTestApp({ routes: () => [ping] })
  const alice = await it.as('operator', 'alice')
  assert.equal((await alice.get('/ping')).status, 200)
  await it.services.store.webSessions.removeAll('administrator', 'alice')
  it.ahead(1_000)
  const answer = await alice.get('/ping')
  assert.equal(answer.status, 401)
  assert.match(
    String(answer.headers['set-cookie']),
    /^portolan=;.*Max-Age=0|^portolan=;.*Expires=Thu, 01 Jan 1970/i,
  )
})

test('cookies that cannot be ours are not looked up', async () => {
  await using it = await startTestApp({ routes: () => [ping] })
  for (const value of ['', 'x', `${'a'.repeat(43)}"`, 'a'.repeat(4_000), '%00'.repeat(43)]) {
    const answer = await it.anonymous.send('GET', '/ping', undefined, { cookie: `portolan=${value}` })
    assert.equal(answer.status, 401)
  }
})
