import assert from 'node:assert/strict'
import { test } from 'node:test'
import { StoreError } from '@portolan/store'
import { Secret, TOTP } from 'otpauth'
import { PASSWORD, startTestApp, type TestApp, type TestAppOptions } from '../http/testing-app.ts'
import { allRoutes } from './index.ts'

const start = (options: TestAppOptions = {}) => startTestApp({ routes: allRoutes, ...options })
const login = (it: TestApp, name: string, more: object = {}, headers: Record<string, string> = {}) =>
  it.anonymous.send(
    'POST',
    '/auth/login',
    { realm: 'administrator', name, password: PASSWORD, ...more },
    headers,
  )

/** The cookie that an answer sets, as a browser sends it back. */
const cookieOf = (answer: { headers: Readonly<Record<string, unknown>> }) =>
  String(answer.headers['set-cookie']).split(';')[0] ?? ''

const field = (body: unknown, name: string): unknown =>
  typeof body === 'object' && body !== null
    ? Object.entries(body).find(([key]) => key === name)?.[1]
    : undefined

/** Gives an administrator a second factor; answers what makes its codes. */
async function withSecondFactor(it: TestApp, name: string) {
  const secret = new Secret({ size: 20 })
  await it.services.store.administrators.change(name, { totpSecret: secret.base32 })
  await it.services.store.administrators.takeTotpStep(name, 1)
  return (steps = 0) =>
    TOTP.generate({ secret, digits: 6, period: 30, timestamp: it.services.now() + steps * 30_000 })
}

test('an administrator signs in, is told who he is, may change something, and signs out', async () => {
  await using it = await start()
  await it.makeAdministrator('operator', 'alice')
  const signedIn = await login(it, 'alice')
  assert.equal(signedIn.status, 200)
  assert.partialDeepStrictEqual(signedIn.body, {
    kind: 'administrator',
    name: 'alice',
    role: 'operator',
    totp: false,
    node: { name: 'test', version: '0.0.0' },
  })
  const cookie = cookieOf(signedIn)
  const me = await it.anonymous.send('GET', '/auth/me', undefined, { cookie })
  assert.deepEqual(me.body, signedIn.body)
  const headers = { cookie, 'x-csrf-token': String(field(me.body, 'csrf')) }
  const out = await it.anonymous.send('POST', '/auth/logout', undefined, headers)
  assert.deepEqual([out.status, cookieOf(out)], [204, 'portolan='])
  assert.equal((await it.anonymous.send('GET', '/auth/me', undefined, { cookie })).status, 401)
  assert.ok((await it.services.store.administrators.get('alice'))?.lastLoginAt)
})

test('the cookie is for this host alone, not for scripts, not for other sites; under TLS only under TLS', async () => {
  const console = { trustedProxies: ['127.0.0.1'], publicUrl: 'https://ftp.example.com' }
  await using it = await start({ settings: { console } })
  await it.makeAdministrator('administrator')
  const plain = String((await login(it, 'administrator')).headers['set-cookie'])
  assert.match(plain, /^portolan=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/)
  const proxied = {
    host: 'ftp.example.com',
    'x-forwarded-for': '198.51.100.7',
    'x-forwarded-proto': 'https',
    origin: 'https://ftp.example.com',
  }
  const secure = await login(it, 'administrator', {}, proxied)
  assert.match(
    String(secure.headers['set-cookie']),
    /^__Host-portolan=[\w-]{43}; Path=\/; HttpOnly; Secure; SameSite=Strict$/,
  )
  assert.equal(secure.headers['strict-transport-security'], 'max-age=63072000')
  // Whose it is was told by the proxy.
  const { items } = await it.services.store.audit.list({ limit: 1 })
  assert.equal(items[0]?.address, '198.51.100.7')
  // A plain cookie is worth nothing under TLS: a neighbour in the clear could have planted it.
  const planted = { ...proxied, cookie: plain.split(';')[0] ?? '' }
  assert.equal((await it.anonymous.send('GET', '/auth/me', undefined, planted)).status, 401)
})

test('what a proxy says that is not trusted is not believed', async () => {
  await using it = await start()
  await it.makeAdministrator('administrator')
  const headers = { 'x-forwarded-for': '198.51.100.7', 'x-forwarded-proto': 'https' }
  const answer = await login(it, 'administrator', {}, headers)
  assert.match(String(answer.headers['set-cookie']), /^portolan=/)
  const { items } = await it.services.store.audit.list({ limit: 1 })
  assert.equal(items[0]?.address, '127.0.0.1')
})

test('a session is new at each sign-in, and the one before is ended', async () => {
  await using it = await start()
  await it.makeAdministrator('administrator')
  const planted = `portolan=${'x'.repeat(43)}`
  const first = cookieOf(await login(it, 'administrator', {}, { cookie: planted }))
  assert.notEqual(first, planted)
  const second = cookieOf(await login(it, 'administrator', {}, { cookie: first }))
  const status = async (cookie: string) =>
    (await it.anonymous.send('GET', '/auth/me', undefined, { cookie })).status
  assert.deepEqual([await status(planted), await status(first), await status(second)], [401, 401, 200])
})

test('unknown, disabled and mistaken get one and the same answer', async () => {
  await using it = await start()
  await it.makeAdministrator('administrator')
  await it.makeAdministrator('operator', 'idle')
  await it.services.store.administrators.change('idle', { enabled: false })
  const answers = [
    await login(it, 'nobody'),
    await login(it, 'idle'),
    await login(it, 'administrator', { password: 'wrong' }),
  ]
  for (const answer of answers) {
    assert.equal(answer.status, 401)
    assert.deepEqual(answer.body, answers[0]?.body)
    assert.equal(answer.headers['set-cookie'], undefined)
  }
})

test('the second factor is asked for after the right password alone, and takes each code once', async () => {
  await using it = await start()
  await it.makeAdministrator('administrator')
  const code = await withSecondFactor(it, 'administrator')
  const codes = async (more: object) => (await login(it, 'administrator', more)).code
  assert.equal(await codes({ password: 'wrong' }), 'AUTH_FAILED')
  assert.equal(await codes({}), 'AUTH_CODE_NEEDED')
  assert.equal(await codes({ code: '  ' }), 'AUTH_CODE_NEEDED')
  assert.equal(await codes({ code: code(-3) }), 'AUTH_CODE_WRONG')
  const right = code(-1)
  const signedIn = await login(it, 'administrator', { code: `${right.slice(0, 3)} ${right.slice(3)}` })
  assert.equal(field(signedIn.body, 'totp'), true)
  assert.equal(await codes({ code: right }), 'AUTH_CODE_WRONG')
  assert.equal(await codes({ code: code(1) }), undefined)
  // An older code than one that was taken is over, too.
  assert.equal(await codes({ code: code(0) }), 'AUTH_CODE_WRONG')
})

test('a recovery code signs in once, however it is typed', async () => {
  await using it = await start()
  const admin = await it.as('administrator')
  await admin.post('/auth/totp/begin')
  const row = await it.services.store.administrators.get('administrator')
  const secret = Secret.fromBase32(row?.totpSecret ?? '')
  const confirm = { code: TOTP.generate({ secret, timestamp: it.services.now() }) }
  const { body } = await admin.post('/auth/totp/confirm', confirm)
  const shown = field(body, 'recoveryCodes')
  assert.ok(Array.isArray(shown) && shown.length === 10)
  const [first, second] = shown.map(String)
  const status = async (code = '') => (await login(it, 'administrator', { code })).status
  assert.equal(await status(first?.toLowerCase().replaceAll('-', ' ')), 200)
  assert.equal(await status(first), 401)
  assert.equal(await status(second), 200)
  const { items } = await it.services.store.audit.list({ limit: 1 })
  assert.match(items[0]?.text ?? '', /recovery code; 8 are left/)
})

test('an FTP user signs in for the files, and for nothing else', async () => {
  await using it = await start()
  await it.asUser('bob')
  const answer = await login(it, 'bob', { realm: 'user' })
  assert.partialDeepStrictEqual(answer.body, { kind: 'user', name: 'bob', scopes: [], totp: false })
  const cookie = cookieOf(answer)
  assert.equal((await it.anonymous.send('GET', '/users', undefined, { cookie })).status, 403)
  assert.equal((await login(it, 'bob')).status, 401, 'no administrator of that name')
  assert.equal((await login(it, 'bob', { realm: 'user', password: 'wrong' })).code, 'AUTH_FAILED')
  const document = { name: 'bob', home: it.folder, enabled: false }
  await it.services.store.users.replace('bob', { document, enabled: false, groups: [] }, { by: 'test' })
  it.services.server.forgetLogins('bob')
  const disabled = await login(it, 'bob', { realm: 'user' })
  assert.deepEqual([disabled.status, disabled.code], [403, 'AUTH_REFUSED'])
})

test('guessing is slowed down and then locked, also with the right password in the end', async () => {
  await using it = await start()
  await it.makeAdministrator('administrator')
  for (let i = 0; i < 3; i++)
    assert.equal((await login(it, 'administrator', { password: 'wrong' })).status, 401)
  const locked = await login(it, 'administrator')
  assert.deepEqual([locked.status, locked.code, locked.headers['retry-after']], [429, 'AUTH_THROTTLED', '1'])
  it.ahead(1_000)
  assert.equal((await login(it, 'administrator')).status, 200)
})

test('without its store nobody is told that a password is wrong', async () => {
  await using it = await start()
  await it.makeAdministrator('administrator')
  const { administrators } = it.services.store
  const get = administrators.get
  administrators.get = async () => {
    throw new StoreError('STORE_UNAVAILABLE', 'The database does not answer.')
  }
  for (let i = 0; i < 5; i++) {
    const answer = await login(it, 'administrator')
    assert.deepEqual([answer.status, answer.code], [503, 'STORE_UNAVAILABLE'])
  }
  administrators.get = get
  assert.equal((await login(it, 'administrator')).status, 200, 'and no attempt was counted')
})

test('signing in is in the audit log, refused or done, without a password', async () => {
  await using it = await start()
  await it.makeAdministrator('administrator')
  await login(it, 'administrator', { password: 'wrong horse' })
  await login(it, 'administrator')
  const { items } = await it.services.store.audit.list({ limit: 10 })
  assert.deepEqual(
    items.map(({ actor, action, target, outcome }) => ({ actor, action, target, outcome })),
    [
      { actor: 'administrator', action: 'auth.login', target: 'administrator', outcome: 'done' },
      { actor: 'nobody', action: 'auth.login', target: 'administrator', outcome: 'refused' },
    ],
  )
  assert.doesNotMatch(JSON.stringify(items), /horse/)
})

test('a body that is no sign-in is refused before anything is hashed', async () => {
  await using it = await start()
  const bodies = [
    undefined,
    {},
    { realm: 'root', name: 'a', password: 'b' },
    { realm: 'user', name: 'a\n', password: 'b' },
  ]
  for (const body of bodies) assert.equal((await it.anonymous.post('/auth/login', body)).status, 422)
})
