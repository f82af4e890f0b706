import assert from 'node:assert/strict'
import { rmSync } from 'node:fs'
import { test } from 'node:test'
import { hashPassword } from '../password.ts'
import { FtpServer, type FtpServerOptions } from '../server.ts'
import { fails, served } from './testing.ts'

const PASSWORD = 'correct horse'
const HASH = await hashPassword(PASSWORD)
const ASK = { user: 'ann', password: PASSWORD, address: '127.0.0.1', tls: false }
/** Wrong passwords are answered at once. */
const FAST = { bans: { delay: { first: '0s', ceiling: '0s' }, attempts: 3, duration: '5m', exempt: [] } }

test('authenticate: lets a user in by its password and tells of it, without a session', async t => {
  const { server, events } = await served(t, { user: { password: HASH } })
  assert.deepEqual(await server.authenticate(ASK), { ok: true, user: 'ann' })
  assert.deepEqual(
    events('login').map(({ session, user, address, userClass }) => [session, user, address, userClass]),
    [['web-1', 'ann', '127.0.0.1', 'default']],
  )
  assert.deepEqual(await server.sessions(), [])
})

const REFUSALS: readonly [string, object, RegExp][] = [
  ['login.disabled', { enabled: false }, /disabled/],
  ['login.expired', { expires: '2020-01-01' }, /expired/],
  ['login.network', { networks: ['10.0.0.0/8'] }, /127\.0\.0\.1/],
]

for (const [code, user, text] of REFUSALS) {
  test(`authenticate and openFiles: ${code} keeps out whose password is right`, async t => {
    const { server, open, change } = await served(t, { user: { password: HASH, ...user } })
    const answer = await server.authenticate(ASK)
    assert.ok(!answer.ok)
    assert.equal(answer.code, code)
    assert.match(answer.text, text)
    assert.match((await fails(open(), 'FILE_DENIED')).message, text)
    await change({ enabled: true, expires: '2999-01-01', networks: ['127.0.0.0/8'] })
    assert.ok((await server.authenticate(ASK)).ok)
    await (await open())[Symbol.asyncDispose]()
  })
}

test('authenticate: a user who needs TLS is told to come by https', async t => {
  const { server } = await served(t, { user: { password: HASH, requireTls: true } })
  const answer = await server.authenticate(ASK)
  assert.deepEqual(answer, {
    ok: false,
    code: 'login.user-needs-tls',
    text: 'This user needs TLS: open this page by https.',
  })
  assert.ok((await server.authenticate({ ...ASK, tls: true })).ok)
})

test('authenticate: counts wrong passwords and bans as FTP does, in the same words', async t => {
  const { server, events, open } = await served(t, { user: { password: HASH }, settings: FAST })
  for (let round = 0; round < 2; round++) {
    const answer = await server.authenticate({ ...ASK, password: 'wrong' })
    assert.deepEqual(answer, { ok: false, code: 'login.failed', text: 'User name or password is wrong.' })
  }
  await server.authenticate({ ...ASK, password: 'wrong' })
  const answer = await server.authenticate(ASK)
  assert.ok(!answer.ok)
  assert.equal(answer.code, 'login.banned')
  assert.match(answer.text, /^Refused for \d+ more seconds: too many wrong passwords/)
  assert.deepEqual(
    events('login-failed').map(({ user, code }) => [user, code]),
    Array(3).fill(['ann', 'password']),
  )
  await fails(open(), 'FILE_DENIED')
  await using elsewhere = await open('127.0.0.2')
  assert.equal(elsewhere.user, 'ann')
})

test('authenticate: unknown names and anonymous are refused like a wrong password', async t => {
  const { server, home } = await served(t, {
    settings: FAST,
    user: { password: HASH },
  })
  const refused = { ok: false, code: 'login.failed', text: 'User name or password is wrong.' }
  assert.deepEqual(await server.authenticate({ ...ASK, user: 'bob' }), refused)
  await server.reload({
    ...{ listeners: [{ host: '127.0.0.1', port: 0, tls: 'off' }], passive: { enabled: false } },
    anonymous: { enabled: true, home },
  })
  assert.deepEqual(await server.authenticate({ ...ASK, user: 'anonymous' }), refused)
  await fails(server.openFiles({ user: 'anonymous', address: '127.0.0.1' }), 'FILE_DENIED')
})

test('openFiles: a user who is gone has no files, and neither has one whose home is gone', async t => {
  const { server, open, events, home } = await served(t, { user: { password: HASH } })
  await fails(server.openFiles({ user: 'bob', address: '127.0.0.1' }), 'FILE_DENIED')
  rmSync(home, { recursive: true })
  await fails(open(), 'FILE_FAILED')
  assert.equal(events('warning').at(-1)?.code, 'home')
  rmSync(home, { recursive: true, force: true })
})

async function started(t: { after(work: () => Promise<void>): void }, options: FtpServerOptions) {
  const server = new FtpServer(
    { listeners: [{ host: '127.0.0.1', port: 0, tls: 'off' }], passive: { enabled: false } },
    options,
  )
  await server.start()
  t.after(() => server.close())
  return server
}

test('users that cannot be asked for make logins unavailable, and are not taken for deleted', async t => {
  const no = () => Promise.reject(new Error('the directory does not answer'))
  const server = await started(t, { authenticator: { requiresTls: no, authenticate: no, lookup: no } })
  const answer = await server.authenticate(ASK)
  assert.ok(!answer.ok && answer.unavailable)
  await fails(server.openFiles({ user: 'ann', address: '127.0.0.1' }), 'FILE_BUSY')
})

test('users that cannot be looked up have no files; a server that does not run has none', async t => {
  const no = async () => undefined
  const server = await started(t, { authenticator: { requiresTls: async () => false, authenticate: no } })
  await fails(server.openFiles({ user: 'ann', address: '127.0.0.1' }), 'FILE_DENIED')
  await server.close()
  await fails(server.openFiles({ user: 'ann', address: '127.0.0.1' }), 'FILE_BUSY')
  const answer = await server.authenticate(ASK)
  assert.ok(!answer.ok && answer.unavailable)
})
