import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { siteListing, siteTest, siteView, transferView, zoneView } from '../contract/index.ts'
import type { Caller, TestApp } from '../http/testing-app.ts'
import { fieldsOf, type PartnersApp, startPartnersApp, transferOf } from './testing-partners.ts'

let it: PartnersApp
let app: TestApp
let root: Caller
let operator: Caller
let siteOf: PartnersApp['siteOf']

before(async () => {
  it = await startPartnersApp()
  ;({ app, root, operator, siteOf } = it)
})
after(() => it[Symbol.asyncDispose]())

test('there are a zone, a site and a transfer to begin with', async () => {
  const proxy = { kind: 'socks5', host: 'proxy.example.com', port: 1080 }
  for (const [path, body] of [
    ['/zones', { name: 'dmz', proxy }],
    ['/sites', siteOf()],
    ['/site-transfers', transferOf()],
  ] as const)
    assert.equal((await root.post(path, body)).status, 201)
})

test('a site that is not saved is tested, with the secrets of the saved one where it has none of its own', async () => {
  const draft = siteOf({ secrets: undefined })
  const good = siteTest.parse((await root.post('/sites/test', draft)).body)
  assert.ok(good.ok, JSON.stringify(good.verdicts))
  const other = { ...draft, secrets: { password: 'another one' } }
  assert.equal(siteTest.parse((await root.post('/sites/test', other)).body).ok, false)
  assert.equal((await operator.post('/sites/test', draft)).status, 403)
  const nobody = siteTest.parse((await root.post('/sites/test', { ...draft, port: 1 })).body)
  assert.ok(
    nobody.verdicts.some(({ code }) => code === 'CONTROL_REFUSED'),
    JSON.stringify(nobody.verdicts),
  )
})

test('a folder of a site is listed', async () => {
  await writeFile(join(it.partner.home, 'in/report.csv'), 'a;b\n1;2\n')
  const listing = siteListing.parse((await operator.post('/sites/acme/list')).body)
  assert.deepEqual(
    listing.entries.map(({ name, type, size }) => [name, type, size]),
    [['report.csv', 'file', 8]],
  )
  const missing = await operator.post('/sites/acme/list', { folder: 'not-there' })
  assert.deepEqual([missing.status, missing.code], [502, 'FTP_REPLY'])
  const root = siteListing.parse((await operator.post('/sites/acme/list', { folder: '/' })).body)
  assert.ok(root.entries.some(({ name, type }) => name === 'in' && type === 'folder'))
})

for (const { title, path, body, fields } of [
  {
    title: 'a zone called none',
    path: '/zones',
    body: { name: 'none', proxy: { kind: 'http', host: 'h', port: 1 } },
    fields: ['name'],
  },
  { title: 'a zone without a proxy', path: '/zones', body: { name: 'z' }, fields: ['proxy'] },
  {
    title: 'a site with several mistakes',
    path: '/sites',
    body: { name: '../x', host: '', port: 70_000 },
    fields: ['name', 'host', 'port'],
  },
  {
    title: 'a site in active mode behind a proxy',
    path: '/sites',
    body: { name: 's', host: 'ftp.example.com', zone: 'dmz', enableActiveMode: true },
    fields: ['enableActiveMode'],
  },
  {
    title: 'a site with a zone that is not there',
    path: '/sites',
    body: { name: 's', host: 'ftp.example.com', zone: 'dmt' },
    fields: ['zone'],
  },
  {
    title: 'a site of a user who is not there',
    path: '/sites',
    body: { name: 's', host: 'ftp.example.com', owner: { kind: 'user', name: 'nobody' } },
    fields: ['owner.name'],
  },
  {
    title: 'a field that is mistyped',
    path: '/sites',
    body: { name: 's', host: 'ftp.example.com', usr: 'x' },
    fields: ['usr'],
  },
  {
    title: 'a transfer without steps',
    path: '/site-transfers',
    body: { name: 't', steps: [] },
    fields: ['steps'],
  },
  {
    title: 'a transfer to a site that is not there, of a user who is not there',
    path: '/site-transfers',
    body: { name: 't', steps: [{ do: 'push', site: 'no', from: { user: 'nobody', path: '/' } }] },
    fields: ['steps[0].site', 'steps[0].from.user'],
  },
  {
    title: 'a transfer out of the data folder of the node',
    path: '/site-transfers',
    body: () => ({ name: 't', steps: [{ do: 'push', site: 'acme', from: { folder: app.folder } }] }),
    fields: ['steps[0].from'],
  },
  {
    title: 'a transfer into a folder that is not there',
    path: '/site-transfers',
    body: { name: 't', steps: [{ do: 'pull', site: 'acme', to: { folder: '/no/such' } }] },
    fields: ['steps[0].to'],
  },
  {
    title: 'a schedule that never comes',
    path: '/site-transfers',
    body: () => transferOf({ name: 't', schedule: { cron: '0 0 31 2 *' } }),
    fields: ['schedule.cron'],
  },
  {
    title: 'a program that is not allowed',
    path: '/site-transfers',
    body: () => transferOf({ name: 't', steps: [{ do: 'program', program: 'rm' }] }),
    fields: ['steps[0].program'],
  },
]) {
  test(`${title} is refused, with the field`, async () => {
    const answer = await root.post(path, typeof body === 'function' ? body() : body)
    assert.equal(answer.status, 422, answer.text)
    assert.deepEqual(fieldsOf(answer), fields, answer.text)
  })
}

test('what is doubtful is saved, and told', async () => {
  await root.post('/users', { name: 'barred', permissions: [{ path: '/', allow: 'none' }] })
  const from = { user: 'barred', path: '/outbox' }
  const odd = await root.post(
    '/site-transfers',
    transferOf({ name: 'odd', steps: [{ do: 'push', site: 'acme', from }] }),
  )
  assert.equal(odd.status, 201, odd.text)
  assert.deepEqual(transferView.parse(odd.body).warnings, [
    { path: 'steps[0].from', message: 'the user barred may not read /outbox' },
  ])
  const site = await root.post('/sites', siteOf({ name: 'clear', protocol: 'ftp', tls: {} }))
  assert.ok(siteView.parse(site.body).warnings.some(({ path }) => path === 'protocol'))
})

test('what was read can be sent back; another revision cannot, and names stay and are taken once', async () => {
  const site = siteView.parse((await root.get('/sites/acme')).body)
  const saved = await root.put('/sites/acme', { ...site, description: 'of old' })
  assert.equal(saved.status, 200, saved.text)
  const { revision, hasPassword } = siteView.parse(saved.body)
  assert.deepEqual([revision, hasPassword], [site.revision + 1, true])
  const stale = await root.put('/sites/acme', site)
  assert.deepEqual([stale.status, stale.code], [409, 'SITE_STALE'])
  const renamed = await root.put('/sites/acme', { ...siteOf(), name: 'other' })
  assert.deepEqual([renamed.status, fieldsOf(renamed)], [422, ['name']])
  const twice = await root.post('/sites', siteOf())
  assert.deepEqual([twice.status, twice.code, fieldsOf(twice)], [409, 'SITE_EXISTS', ['name']])

  const transfer = transferView.parse((await root.get('/site-transfers/to acme')).body)
  assert.equal((await root.put('/site-transfers/to acme', transfer)).status, 200)
  const old = await root.put('/site-transfers/to acme', transfer)
  assert.deepEqual([old.status, old.code], [409, 'TRANSFER_STALE'])
  assert.equal((await root.put('/site-transfers/none', { ...transfer, name: 'none' })).status, 404)
})

test('what others use is not deleted, and who uses it is said', async () => {
  const site = await root.delete('/sites/acme')
  assert.deepEqual([site.status, site.code], [409, 'SITE_USED'])
  assert.match(site.text, /the transfer to acme/)
  assert.equal((await root.post('/sites', siteOf({ name: 'proxied', zone: 'dmz' }))).status, 201)
  const zone = await root.delete('/zones/dmz')
  assert.deepEqual([zone.status, zone.code], [409, 'ZONE_USED'])
  assert.match(zone.text, /the site proxied/)
  const follower = transferOf({ name: 'follower', trigger: { on: 'run-ended', transfer: 'to acme' } })
  assert.equal((await root.post('/site-transfers', follower)).status, 201)
  const transfer = await root.delete('/site-transfers/to acme')
  assert.deepEqual([transfer.status, transfer.code], [409, 'TRANSFER_USED'])
  for (const path of ['/site-transfers/follower', '/sites/proxied', '/zones/dmz'])
    assert.deepEqual([(await root.delete(path)).status, path], [204, path])
  for (const path of ['/site-transfers/follower', '/sites/proxied', '/zones/dmz'])
    assert.deepEqual([(await root.delete(path)).status, path], [404, path])
})

test('a zone that sites in active mode would leave by tells them', async () => {
  const site = await root.post('/sites', siteOf({ name: 'active', enableActiveMode: true, zone: undefined }))
  assert.equal(site.status, 201, site.text)
  const proxy = { kind: 'http', host: 'proxy.example.com', port: 3128 }
  const zone = zoneView.parse((await root.post('/zones', { name: 'all', proxy, isDefault: true })).body)
  assert.match(zone.warnings[0]?.message ?? '', /active/)
  assert.ok(zone.sites.includes('active'))
  const now = siteView.parse((await root.get('/sites/active')).body)
  assert.ok(now.warnings.some(({ path }) => path === 'enableActiveMode'))
  const tested = siteTest.parse((await operator.post('/sites/active/test')).body)
  assert.deepEqual([tested.ok, tested.verdicts[0]?.code], [false, 'TRANSFER_ACTIVE_ZONE'])
  const second = await root.post('/zones', { name: 'more', proxy, isDefault: true })
  assert.deepEqual([second.status, fieldsOf(second)], [422, ['isDefault']])
  assert.equal((await root.delete('/zones/all')).status, 409)
  assert.equal((await root.put('/zones/all', { name: 'all', proxy })).status, 200)
  assert.equal((await root.delete('/zones/all')).status, 204)
})
