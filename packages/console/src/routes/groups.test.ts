import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { group, ownedFolder, pageOf, user } from '../contract/index.ts'
import { type Answer, type Caller, startTestApp, type TestApp } from '../http/testing-app.ts'
import { RawFtp } from '../resources/testing-ftp.ts'
import { groupsRoutes } from './groups.ts'
import { usersRoutes } from './users.ts'
import { virtualFoldersRoutes } from './virtual-folders.ts'

let app: TestApp
let operator: Caller
/** Outside of the data folder. */
let outside = ''

before(async () => {
  outside = await mkdtemp(join(tmpdir(), 'portolan-folders-'))
  app = await startTestApp({
    routes: services => [
      ...groupsRoutes(services),
      ...usersRoutes(services),
      ...virtualFoldersRoutes(services),
    ],
    settings: {
      users: [{ name: 'filed', home: '/tmp', groups: ['mixed'], folders: [{ path: '/t', folder: outside }] }],
      groups: [{ name: 'of-file' }],
    },
  })
  operator = await app.as('operator')
})
after(async () => {
  await app[Symbol.asyncDispose]()
  await rm(outside, { recursive: true })
})

const fieldsOf = ({ body }: Answer) =>
  typeof body === 'object' && body !== null && 'errors' in body && Array.isArray(body.errors)
    ? body.errors.map((error: { path: string }) => error.path)
    : []

test('a group is in force for its members at the next login, and for those who are logged in already it stays', async () => {
  assert.equal((await operator.post('/groups', { name: 'readers' })).status, 201)
  await operator.post('/users', { name: 'ann', password: 'x', groups: ['readers'] })
  await writeFile(join(app.folder, 'files/ann/a.txt'), 'a')
  {
    using free = await RawFtp.open(app.services.server, 'ann', 'x')
    assert.match(await free.say('DELE a.txt'), /^250/)
  }
  await writeFile(join(app.folder, 'files/ann/a.txt'), 'a')
  const body = { name: 'readers', permissions: [{ path: '/', allow: 'readOnly' }], revision: 1 }
  const changed = await operator.put('/groups/readers', body)
  assert.equal(changed.status, 200, changed.text)
  assert.deepEqual([group.parse(changed.body).members, group.parse(changed.body).revision], [1, 2])
  using bound = await RawFtp.open(app.services.server, 'ann', 'x')
  assert.match(await bound.say('DELE a.txt'), /^550/)
  const stale = await operator.put('/groups/readers', body)
  assert.deepEqual([stale.status, stale.code], [409, 'GROUP_STALE'])
})

test('groups are listed with their members, those of the file after those of the store', async () => {
  await operator.post('/groups', { name: 'counted' })
  for (const name of ['c1', 'c2']) await operator.post('/users', { name, groups: ['counted'] })
  const page = pageOf(group).parse((await operator.get('/groups?search=count')).body)
  assert.deepEqual([page.total, page.items[0]?.members, page.items[0]?.origin], [1, 2, 'store'])
  assert.equal(group.parse((await operator.get('/groups/of-file')).body).origin, 'file')
})

for (const { title, body, fields } of [
  { title: 'a name with a slash', body: { name: 'a/b' }, fields: ['name'] },
  { title: 'no name', body: { name: '' }, fields: ['name'] },
  { title: 'a quota that is none', body: { name: 'x', quota: { bytes: 'much' } }, fields: ['quota.bytes'] },
  { title: 'a mistyped field', body: { name: 'x', requireTLS: true }, fields: ['requireTLS'] },
  {
    title: 'a folder that is not there',
    body: { name: 'x', folders: [{ path: '/a', folder: '/no/such' }] },
    fields: ['folders[0].folder'],
  },
]) {
  test(`${title} is a mistake of ${fields.join()}`, async () => {
    const answer = await operator.post('/groups', body)
    assert.deepEqual([answer.status, answer.code, fieldsOf(answer)], [422, 'GROUP_INVALID', fields])
  })
}

test('a group with members is deleted only by force, and is then taken from them', async () => {
  await operator.post('/groups', { name: 'leaving' })
  await operator.post('/users', { name: 'l1', groups: ['leaving', 'of-file'] })
  const refused = await operator.delete('/groups/leaving')
  assert.deepEqual([refused.status, refused.code], [409, 'GROUP_HAS_MEMBERS'])
  assert.match(refused.text, /1 users/)
  assert.deepEqual((await operator.delete('/groups/leaving?force=true')).body, { left: 1 })
  assert.deepEqual(user.parse((await operator.get('/users/l1')).body).groups, ['of-file'])
  assert.equal((await operator.get('/groups/leaving')).status, 404)
})

test('a group that users of the file are in is not deleted', async () => {
  await operator.post('/groups', { name: 'mixed' })
  const refused = await operator.delete('/groups/mixed?force=true')
  assert.deepEqual([refused.status, refused.code], [409, 'GROUP_HAS_MEMBERS'])
})

test('groups of the file are not changed, names are given once, and what is missing is missing', async () => {
  await operator.post('/groups', { name: 'once' })
  for (const [answer, status, code] of [
    [await operator.put('/groups/of-file', { name: 'of-file' }), 409, 'GROUP_FROM_FILE'],
    [await operator.delete('/groups/of-file'), 409, 'GROUP_FROM_FILE'],
    [await operator.post('/groups', { name: 'once' }), 409, 'GROUP_EXISTS'],
    [await operator.put('/groups/nowhere', { name: 'nowhere' }), 404, 'GROUP_MISSING'],
    [await operator.delete('/groups/nowhere'), 404, 'GROUP_MISSING'],
    [await operator.put('/groups/once', { name: 'twice' }), 422, 'GROUP_INVALID'],
  ] as const)
    assert.deepEqual([answer.status, answer.code], [status, code])
})

test('virtual folders are set and taken by their path, and listed over users and groups', async () => {
  await operator.post('/users', { name: 'vic', password: 'x' })
  await operator.post('/groups', { name: 'vips' })
  const folders = async (query = '') =>
    pageOf(ownedFolder)
      .parse((await operator.get(`/virtual-folders?sort=name${query}`)).body)
      .items.map(({ owner, name, path, readOnly }) => `${owner} ${name} ${path}${readOnly ? ' ro' : ''}`)
  assert.deepEqual(await folders(), ['user filed /t'])
  await operator.put('/users/vic/virtual-folders', { path: '/shared/', folder: outside, readOnly: true })
  await operator.put('/users/vic/virtual-folders', { path: '/other', folder: outside })
  await operator.put('/groups/vips/virtual-folders', { path: '/g', folder: outside })
  assert.deepEqual(await folders(), [
    'user filed /t',
    'user vic /shared ro',
    'user vic /other',
    'group vips /g',
  ])
  assert.deepEqual(await folders('&owner=group'), ['group vips /g'])
  assert.deepEqual(await folders('&search=OTHER'), ['user vic /other'])

  await operator.put('/users/vic/virtual-folders', { path: '/shared', folder: outside })
  await operator.delete('/users/vic/virtual-folders?path=/other')
  await operator.delete('/groups/vips/virtual-folders?path=/g')
  assert.deepEqual(await folders(), ['user filed /t', 'user vic /shared'])
  const missing = await operator.delete('/users/vic/virtual-folders?path=/other')
  assert.deepEqual([missing.status, missing.code], [404, 'FOLDER_MISSING'])
  const wrong = await operator.put('/users/vic/virtual-folders', { path: '/n', folder: app.folder })
  assert.deepEqual([wrong.status, wrong.code], [422, 'USER_INVALID'])
  assert.equal(
    (await operator.put('/users/filed/virtual-folders', { path: '/n', folder: outside })).code,
    'USER_FROM_FILE',
  )
  using ftp = await RawFtp.open(app.services.server, 'vic', 'x')
  assert.match(await ftp.say('CWD /shared'), /^250/)
})
