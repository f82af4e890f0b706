import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Secret, TOTP } from 'otpauth'
import { PASSWORD, startTestApp, type TestApp } from '../http/testing-app.ts'
import { allRoutes } from './index.ts'

const start = () => startTestApp({ routes: allRoutes })
const NEXT = 'a better horse battery'

async function codeOf(it: TestApp, name: string): Promise<string> {
  const row = await it.services.store.administrators.get(name)
  return TOTP.generate({ secret: Secret.fromBase32(row?.totpSecret ?? ''), timestamp: it.services.now() })
}

test('a new password needs the old one, ends the other sessions and leaves this one', async () => {
  await using it = await start()
  const [here, elsewhere] = [await it.as('operator', 'alice'), await it.as('operator', 'alice')]
  const wrong = await here.post('/auth/password', { current: 'wrong', next: NEXT })
  assert.equal(wrong.status, 422)
  assert.partialDeepStrictEqual(wrong.body, {
    errors: [{ path: 'current', message: 'is not your password' }],
  })
  const short = await here.post('/auth/password', { current: PASSWORD, next: 'short' })
  assert.partialDeepStrictEqual(short.body, { errors: [{ path: 'next' }] })

  assert.equal((await here.post('/auth/password', { current: PASSWORD, next: NEXT })).status, 204)
  assert.equal((await here.get('/auth/me')).status, 200)
  assert.equal((await elsewhere.get('/auth/me')).status, 401)
  const login = (password: string) =>
    it.anonymous.post('/auth/login', { realm: 'administrator', name: 'alice', password })
  assert.equal((await login(PASSWORD)).status, 401)
  assert.equal((await login(NEXT)).status, 200)
})

test('guessing the old password at an open browser is slowed down', async () => {
  await using it = await start()
  const alice = await it.as('operator', 'alice')
  const change = () => alice.post('/auth/password', { current: 'wrong', next: NEXT })
  for (let i = 0; i < 3; i++) assert.equal((await change()).status, 422)
  assert.equal((await change()).code, 'AUTH_THROTTLED')
})

test('a second factor is in force once a code of it was confirmed, and goes with the password', async () => {
  await using it = await start()
  const alice = await it.as('operator', 'alice')
  const totp = async () => JSON.stringify((await alice.get('/auth/me')).body).includes('"totp":true')
  assert.equal((await alice.post('/auth/totp/confirm', { code: '123456' })).code, 'TOTP_NOT_BEGUN')
  const begun = await alice.post('/auth/totp/begin')
  assert.match(begun.text, /"uri":"otpauth:\/\/totp\/Portolan:alice\?issuer=Portolan&secret=[A-Z2-7]{32}/)
  assert.equal(await totp(), false)
  const login = { realm: 'administrator', name: 'alice', password: PASSWORD }
  assert.equal(
    (await it.anonymous.post('/auth/login', login)).status,
    200,
    'not in force before it is confirmed',
  )
  const wrong = await alice.post('/auth/totp/confirm', { code: '000000' })
  assert.partialDeepStrictEqual(wrong.body, { status: 422, errors: [{ path: 'code' }] })

  const confirmed = await alice.post('/auth/totp/confirm', { code: await codeOf(it, 'alice') })
  assert.match(confirmed.text, /^{"recoveryCodes":\["[A-Z2-7]{4}(-[A-Z2-7]{4}){3}"(,"[A-Z2-7-]{19}"){9}\]}$/)
  assert.equal(await totp(), true)
  assert.equal((await alice.post('/auth/totp/begin')).code, 'TOTP_IN_FORCE')
  assert.equal((await it.anonymous.post('/auth/login', login)).code, 'AUTH_CODE_NEEDED')

  const renewed = await alice.post('/auth/totp/recovery-codes', { password: PASSWORD })
  assert.notEqual(renewed.text, confirmed.text)
  assert.equal((await alice.delete('/auth/totp', { password: 'wrong' })).status, 422)
  assert.equal((await alice.delete('/auth/totp', { password: PASSWORD })).status, 204)
  assert.equal(await totp(), false)
  assert.equal((await it.anonymous.post('/auth/login', login)).status, 200)
  const row = await it.services.store.administrators.get('alice')
  assert.deepEqual([row?.totpSecret, row?.recoveryCodes], [undefined, []])
})

test("one sees and ends one's own sessions, and nobody else's", async () => {
  await using it = await start()
  const [here, elsewhere, bob] = [
    await it.as('operator', 'alice'),
    await it.as('operator', 'alice'),
    await it.as('operator', 'bob'),
  ]
  const { sessions } = { sessions: it.services.store.webSessions }
  const [foreign] = await sessions.of('administrator', 'bob')
  assert.equal((await here.delete(`/auth/sessions/${foreign?.id}`)).status, 404)
  assert.equal((await bob.get('/auth/me')).status, 200)

  const listed = await here.get('/auth/sessions')
  assert.partialDeepStrictEqual(listed.body, { total: 2 })
  assert.equal(listed.text.match(/"current":true/g)?.length, 1)
  assert.doesNotMatch(listed.text, /hash/)
  assert.deepEqual((await here.delete('/auth/sessions')).body, { ended: 1 })
  assert.equal((await elsewhere.get('/auth/me')).status, 401)
  const [own] = await sessions.of('administrator', 'alice')
  assert.equal((await here.delete(`/auth/sessions/${own?.id}`)).status, 204)
  assert.equal((await here.get('/auth/me')).status, 401)
})

test('FTP users have sessions, but no password and no second factor here; tokens have none of it', async () => {
  await using it = await start()
  const user = await it.asUser('bob')
  const token = await it.withToken('users:read')
  assert.partialDeepStrictEqual((await user.get('/auth/sessions')).body, { total: 1 })
  assert.equal((await token.get('/auth/sessions')).status, 403)
  assert.partialDeepStrictEqual((await token.get('/auth/me')).body, {
    kind: 'token',
    scopes: ['users:read'],
    csrf: '',
  })
  assert.equal((await token.post('/auth/logout')).status, 409)
  for (const caller of [user, token]) {
    assert.equal((await caller.post('/auth/password', { current: PASSWORD, next: NEXT })).status, 403)
    assert.equal((await caller.post('/auth/totp/begin')).status, 403)
  }
})
