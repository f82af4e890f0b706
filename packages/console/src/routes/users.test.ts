import assert from 'node:assert/strict'
import { mkdir, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { verifyPassword } from '@portolan/server'
import { user as userSchema } from '../contract/index.ts'
import { type Answer, type Caller, startTestApp, type TestApp } from '../http/testing-app.ts'
import { RawFtp } from '../resources/testing-ftp.ts'
import { usersRoutes } from './users.ts'

let app: TestApp
let operator: Caller

before(async () => {
  app = await startTestApp({
    routes: usersRoutes,
    settings: {
      listeners: [{ host: '127.0.0.1', port: 0, tls: 'off' }],
      users: [
        { name: 'filed', home: '/tmp', groups: ['staff'] },
        { name: 'other', home: '/tmp', enabled: false },
      ],
      groups: [{ name: 'staff' }],
    },
  })
  operator = await app.as('operator')
})
after(() => app[Symbol.asyncDispose]())

async function canLogIn(name: string, password: string): Promise<boolean> {
  using ftp = await RawFtp.open(app.services.server)
  await ftp.say(`USER ${name}`)
  return (await ftp.say(`PASS ${password}`)).startsWith('230')
}

const fieldsOf = ({ body }: Answer) =>
  typeof body === 'object' && body !== null && 'errors' in body && Array.isArray(body.errors)
    ? body.errors.map((error: { path: string }) => error.path)
    : []
const messagesOf = ({ text }: Answer) => text

test('a user needs a name alone: home, which is made, and all else have defaults', async () => {
  const made = await operator.post('/users', { name: 'alice', password: 'secret' })
  assert.equal(made.status, 201, made.text)
  const home = join(app.folder, 'files/alice')
  const { createdAt, changedAt, ...rest } = userSchema.parse(made.body)
  assert.deepEqual(rest, {
    name: 'alice',
    origin: 'store',
    hasPassword: true,
    enabled: true,
    home,
    groups: [],
    folders: [],
    networks: [],
    requireTls: false,
    revision: 1,
    changedBy: 'operator',
  })
  assert.ok(createdAt !== undefined && changedAt !== undefined)
  const found = await stat(home)
  assert.ok(found.isDirectory())
  assert.equal(found.mode & 0o777, 0o750)
  assert.ok(await canLogIn('alice', 'secret'))
})

test('neither the password nor its hash is answered or noted', async () => {
  await operator.post('/users', { name: 'hushed', password: 'a very secret thing' })
  await operator.patch('/users/hushed', { password: 'another secret thing' })
  const answer = await operator.get('/users/hushed')
  const { items } = await app.services.store.audit.list({ limit: 100 })
  for (const text of [answer.text, JSON.stringify(items)]) {
    assert.doesNotMatch(text, /secret thing/)
    assert.doesNotMatch(text, /argon2/)
  }
  const row = await app.services.store.users.get('hushed')
  assert.ok(await verifyPassword(row?.password ?? '', 'another secret thing'))
  assert.doesNotMatch(JSON.stringify(row?.document), /argon2|secret thing/)
  assert.ok(items.some(({ action, text }) => action === 'user.change' && text === 'a new password was set'))
})

for (const { title, body, fields, says } of [
  { title: 'an empty name', body: { name: '' }, fields: ['name'], says: /must not be empty/ },
  { title: 'a name with a slash', body: { name: '../evil' }, fields: ['name'], says: /must not contain \// },
  { title: 'a name with a backslash', body: { name: 'a\\b' }, fields: ['name'], says: /must not contain/ },
  { title: 'a name of dots', body: { name: '..' }, fields: ['name'], says: /begin with a dot/ },
  { title: 'a hidden name', body: { name: '.ssh' }, fields: ['name'], says: /begin with a dot/ },
  { title: 'a name with a control character', body: { name: 'a\u0007' }, fields: ['name'], says: /control/ },
  { title: 'a name with a line break', body: { name: 'a\r\nb' }, fields: ['name'], says: /control/ },
  { title: 'a name that ends with a space', body: { name: 'a ' }, fields: ['name'], says: /space/ },
  { title: 'a name that is too long', body: { name: 'é'.repeat(65) }, fields: ['name'], says: /128 bytes/ },
  { title: 'a name that is no text', body: { name: '\ud800' }, fields: ['name'], says: /UTF-8/ },
  { title: 'an empty password', body: { name: 'x', password: '' }, fields: ['password'], says: /null takes/ },
  {
    title: 'a password FTP cannot send',
    body: { name: 'x', password: 'a\nb' },
    fields: ['password'],
    says: /FTP/,
  },
  { title: 'a relative home', body: { name: 'x', home: 'files/x' }, fields: ['home'], says: /absolute/ },
  {
    title: 'a home that is not there',
    body: { name: 'x', home: '/no/such' },
    fields: ['home'],
    says: /no folder/,
  },
  {
    title: 'a home that is a file',
    body: { name: 'x', home: '/etc/passwd' },
    fields: ['home'],
    says: /no folder/,
  },
  {
    title: 'a group that is not there',
    body: { name: 'x', groups: ['stuff'] },
    fields: ['groups[0]'],
    says: /did you mean staff/,
  },
  {
    title: 'a size that is none',
    body: { name: 'x', quota: { bytes: 'lots' } },
    fields: ['quota.bytes'],
    says: /10GiB|size|10MiB/,
  },
  {
    title: 'a network that is none',
    body: { name: 'x', networks: ['home'] },
    fields: ['networks[0]'],
    says: /network/,
  },
  {
    title: 'a permission that is none',
    body: { name: 'x', permissions: [{ path: '/', allow: ['fly'] }] },
    fields: ['permissions[0].allow[0]'],
    says: /must be one of/,
  },
  {
    title: 'a field that is mistyped',
    body: { name: 'x', permisions: [] },
    fields: ['permisions'],
    says: /permissions/,
  },
  {
    title: 'a folder at /',
    body: { name: 'x', folders: [{ path: '/', folder: '/tmp' }] },
    fields: ['folders[0].path'],
    says: /home/,
  },
  {
    title: 'a folder that is not there',
    body: { name: 'x', folders: [{ path: '/a', folder: '/no/such' }] },
    fields: ['folders[0].folder'],
    says: /no folder/,
  },
  {
    title: 'TLS where none is offered',
    body: { name: 'x', requireTls: true },
    fields: ['requireTls'],
    says: /TLS/,
  },
  {
    title: 'all mistakes at once',
    body: { name: 'x', password: '', home: 'a', groups: ['b'] },
    fields: ['password', 'groups[0]', 'home'],
    says: /3 fields/,
  },
]) {
  test(`${title} is a mistake of ${fields.join(', ')}, and nothing is made`, async () => {
    const answer = await operator.post('/users', body)
    assert.equal(answer.status, 422, answer.text)
    assert.deepEqual(fieldsOf(answer).toSorted(), fields.toSorted())
    assert.match(messagesOf(answer), says)
    assert.equal(await app.services.store.users.get(body.name), undefined)
    await assert.rejects(stat(join(app.folder, 'files/x')))
  })
}

test('a home never shows the data folder with its keys, by whatever way', async () => {
  await mkdir(join(app.folder, 'tls'), { recursive: true })
  await symlink(app.folder, join(app.folder, 'files', 'way-in')).catch(() => {})
  for (const home of [
    '/',
    app.folder,
    `${app.folder}/`,
    join(app.folder, 'tls'),
    join(app.folder, 'files'),
    join(app.folder, 'files/way-in'),
  ]) {
    const answer = await operator.post('/users', { name: 'spy', home })
    assert.equal(answer.code, 'USER_INVALID', home)
    assert.match(answer.text, /must not show the data folder/)
    const folders = [{ path: '/x', folder: home }]
    assert.match(
      (await operator.post('/users', { name: 'spy', folders })).text,
      /must not show the data folder/,
    )
  }
})

test('a home that is given can be made, beside what is there', async () => {
  const home = join(app.folder, 'files/inside')
  assert.match((await operator.post('/users', { name: 'maker', home })).text, /no folder/)
  const made = await operator.post('/users', { name: 'maker', home, createHome: true })
  assert.equal(made.status, 201, made.text)
  assert.ok((await stat(home)).isDirectory())
  const deep = await operator.post('/users', { name: 'deep', home: '/no/such/home', createHome: true })
  assert.deepEqual(fieldsOf(deep), ['home'])
})

test('a name is given once', async () => {
  const body = { name: 'twice', password: 'x' }
  assert.equal((await operator.post('/users', body)).status, 201)
  const again = await operator.post('/users', body)
  assert.deepEqual([again.status, again.code, fieldsOf(again)], [409, 'USER_EXISTS', ['name']])
})

test('the names of guests are theirs while there are guests', async () => {
  await using open = await startTestApp({
    routes: usersRoutes,
    settings: { anonymous: { enabled: true, home: '/tmp' } },
  })
  const caller = await open.as('operator')
  assert.deepEqual(fieldsOf(await caller.post('/users', { name: 'FTP' })), ['name'])
  assert.equal((await operator.post('/users', { name: 'ftp' })).status, 201)
})

test('what was read can be sent back, and a stale revision is refused', async () => {
  await operator.post('/users', {
    name: 'round',
    password: 'x',
    quota: { bytes: 1048576 },
    idleTimeout: '5m',
  })
  const read = userSchema.parse((await operator.get('/users/round')).body)
  assert.equal(read.quota?.bytes, '1MiB')
  const back = await operator.put('/users/round', { ...read, networks: ['10.0.0.0/8'] })
  assert.equal(back.status, 200, back.text)
  const now = userSchema.parse(back.body)
  assert.deepEqual(
    [now.revision, now.networks, now.hasPassword, now.quota],
    [2, ['10.0.0.0/8'], true, { bytes: '1MiB' }],
  )
  const stale = await operator.put('/users/round', { ...read, enabled: false })
  assert.deepEqual([stale.status, stale.code], [409, 'USER_STALE'])
  assert.equal((await app.services.store.users.get('round'))?.enabled, true)
})

test('PUT takes away what is left out, but not home, password and whether the user is enabled', async () => {
  await operator.post('/users', { name: 'put', password: 'x', enabled: false, idleTimeout: '5m' })
  const after = userSchema.parse((await operator.put('/users/put', { name: 'put' })).body)
  assert.deepEqual(
    [after.idleTimeout, after.enabled, after.hasPassword, after.home],
    [undefined, false, true, join(app.folder, 'files/put')],
  )
  assert.deepEqual(fieldsOf(await operator.put('/users/put', { name: 'renamed' })), ['name'])
})

test('a new password is in force at once, and null takes it away', async () => {
  await operator.post('/users', { name: 'turn', password: 'one' })
  assert.ok(await canLogIn('turn', 'one'))
  await operator.patch('/users/turn', { password: 'two' })
  assert.deepEqual([await canLogIn('turn', 'one'), await canLogIn('turn', 'two')], [false, true])
  const without = userSchema.parse((await operator.patch('/users/turn', { password: null })).body)
  assert.equal(without.hasPassword, false)
  assert.equal(await canLogIn('turn', 'two'), false)
})

test('to disable ends the sessions; to delete does, too, and leaves the files', async () => {
  await operator.post('/users', { name: 'gone', password: 'x' })
  const home = join(app.folder, 'files/gone')
  await writeFile(join(home, 'kept.txt'), 'kept')
  using first = await RawFtp.open(app.services.server, 'gone', 'x')
  const signedIn = await app.asUser('gone')
  assert.equal((await signedIn.get('/users')).status, 403)
  await operator.patch('/users/gone', { enabled: false })
  assert.match(await first.reply(), /^421/)
  await first.closed
  assert.equal(await canLogIn('gone', 'x'), false)
  assert.equal((await signedIn.get('/users')).status, 401)

  await operator.patch('/users/gone', { enabled: true })
  using second = await RawFtp.open(app.services.server, 'gone', 'x')
  const deleted = await operator.delete('/users/gone')
  assert.equal(deleted.status, 200)
  assert.match(deleted.text, /"kicked":1/)
  assert.match(deleted.text, /still there/)
  assert.match(await second.reply(), /^421/)
  assert.ok((await stat(join(home, 'kept.txt'))).isFile())
  assert.deepEqual(
    [(await operator.get('/users/gone')).status, (await operator.delete('/users/gone')).status],
    [404, 404],
  )
})

test('kick ends the sessions of one user, and is noted', async () => {
  await operator.post('/users', { name: 'kicked', password: 'x' })
  using client = await RawFtp.open(app.services.server, 'kicked', 'x')
  assert.deepEqual((await operator.post('/users/kicked/kick')).body, { kicked: 1 })
  assert.match(await client.reply(), /^421/)
  assert.deepEqual((await operator.post('/users/nobody/kick')).body, { kicked: 0 })
  const { items } = await app.services.store.audit.list({ limit: 1, action: 'user.kick' })
  assert.deepEqual([items[0]?.actor, items[0]?.target], ['operator', 'nobody'])
})

test('users of the file are shown, found and not changed', async () => {
  const listed = await operator.get('/users?origin=file&search=FIL')
  assert.match(listed.text, /"name":"filed","origin":"file"/)
  assert.match(listed.text, /"total":1\b/)
  assert.match((await operator.get('/users?origin=file&enabled=false')).text, /"name":"other"/)
  assert.match((await operator.get('/users?origin=file&group=staff')).text, /"total":1\b/)
  assert.equal((await operator.get('/users/filed')).status, 200)
  for (const answer of [
    await operator.put('/users/filed', { name: 'filed' }),
    await operator.patch('/users/filed', { enabled: false }),
    await operator.delete('/users/filed'),
  ])
    assert.deepEqual([answer.status, answer.code], [409, 'USER_FROM_FILE'])
})

test('a page is found, filtered and sorted', async () => {
  const { users } = app.services.store
  for (let n = 0; n < 300; n++) {
    const name = `many-${String(n).padStart(5, '0')}`
    const document = { name, home: '/tmp', groups: n % 3 === 0 ? ['staff'] : [] }
    await users.create(name, { document, enabled: n % 2 === 0, groups: document.groups }, { by: 'test' })
  }
  const page = await operator.get('/users?search=many-&enabled=true&group=staff&sort=name&order=desc&limit=2')
  assert.match(page.text, /"total":50\b/)
  assert.match(page.text, /many-00294.*many-00288/)
})

test('a change that nobody may make changes nothing', async () => {
  const reader = await app.as('read-only')
  assert.equal((await reader.post('/users', { name: 'never' })).status, 403)
  assert.equal(await app.services.store.users.get('never'), undefined)
})
