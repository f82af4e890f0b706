import assert from 'node:assert/strict'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { z } from 'zod'
import {
  coming,
  run,
  runEvents,
  scheduleTried,
  siteTest,
  siteView,
  transferView,
  zoneView,
} from '../contract/index.ts'
import type { Caller, TestApp } from '../http/testing-app.ts'
import { PARTNER_PASSWORD, type Partner } from '../resources/testing-partner.ts'
import { type PartnersApp, startPartnersApp, transferOf } from './testing-partners.ts'

let it: PartnersApp
let app: TestApp
let partner: Partner
let root: Caller
let operator: Caller
let siteOf: PartnersApp['siteOf']
let ended: PartnersApp['ended']

before(async () => {
  it = await startPartnersApp()
  ;({ app, partner, root, operator, siteOf, ended } = it)
})
after(() => it[Symbol.asyncDispose]())

test('a zone, a site, a transfer and a run, from nothing to the file at the partner', async () => {
  const zone = await root.post('/zones', {
    name: 'dmz',
    proxy: { kind: 'socks5', host: 'proxy.example.com', port: 1080, user: 'portolan' },
    password: 'a secret of the proxy',
  })
  assert.equal(zone.status, 201, zone.text)
  assert.equal(zoneView.parse(zone.body).hasPassword, true)

  const site = await root.post('/sites', siteOf())
  assert.equal(site.status, 201, site.text)
  const viewed = siteView.parse(site.body)
  assert.deepEqual([viewed.hasPassword, viewed.hasKey, viewed.transfers], [true, false, []])

  const tested = siteTest.parse((await operator.post('/sites/acme/test')).body)
  assert.ok(tested.ok, JSON.stringify(tested))
  assert.ok(tested.steps.some(({ step, ok }) => step === 'Login' && ok))
  assert.ok(tested.verdicts.length > 0)

  const made = await root.post('/site-transfers', transferOf())
  assert.equal(made.status, 201, made.text)
  assert.deepEqual(transferView.parse(made.body).next, [])

  await writeFile(join(app.folder, 'files/alice/report.csv'), 'a;b\n1;2\n')
  const asked = await operator.post('/site-transfers/to acme/run')
  assert.equal(asked.status, 202, asked.text)
  const { id } = run.parse(asked.body)
  const done = await ended(id)
  assert.equal(done.state, 'succeeded', JSON.stringify(done))
  assert.equal(done.filesDone, 1)
  assert.equal(await readFile(join(partner.home, 'in/report.csv'), 'utf8'), 'a;b\n1;2\n')
  assert.ok(done.events.length > 0)
  const [file] = done.fileRows
  assert.ok(file?.because !== undefined && file.remote?.startsWith('127.0.0.1:'), JSON.stringify(file))

  const seen = siteView.parse((await operator.get('/sites/acme')).body)
  assert.deepEqual([seen.lastRun?.id, seen.lastRun?.state, seen.transfers], [id, 'succeeded', ['to acme']])
  const again = await operator.post(`/runs/${id}/again`)
  assert.equal(again.status, 202, again.text)
  assert.equal((await ended(run.parse(again.body).id)).state, 'succeeded')
  const late = await operator.post(`/runs/${id}/cancel`)
  assert.match(late.text, /"cancelled":false/)
})

test('a run that moves is cancelled: the partner has no half file, and the source stays', async () => {
  await root.post('/sites', siteOf({ name: 'slow', bandwidth: 50_000 }))
  const source = join(app.folder, 'files/alice/large.bin')
  await writeFile(source, Buffer.alloc(5_000_000, 7))
  const step = { do: 'push', site: 'slow', from: { user: 'alice', path: '/' }, pattern: 'large.bin' }
  assert.equal(
    (await root.post('/site-transfers', transferOf({ name: 'slowly', steps: [step] }))).status,
    201,
  )
  const moves = Promise.withResolvers<void>()
  using _ = app.services.transfers.subscribe(event => {
    if (event.type === 'run-progress' && event.run.bytes > 0) moves.resolve()
  })
  const { id } = run.parse((await operator.post('/site-transfers/slowly/run')).body)
  await moves.promise
  const early = await operator.post(`/runs/${id}/again`)
  assert.deepEqual([early.status, early.code], [409, 'RUN_NOT_OVER'])
  assert.match((await operator.post(`/runs/${id}/cancel`)).text, /"cancelled":true/)
  const over = await ended(id)
  assert.deepEqual([over.state, over.error?.code], ['cancelled', 'RUN_CANCELLED'])
  assert.ok((over.error?.advice.length ?? 0) > 0)
  const names = await readdir(join(partner.home, 'in'))
  // The partner may keep the part aside, where nobody sees it.
  assert.deepEqual(
    names.filter(name => !name.startsWith('.portolan-')),
    ['report.csv'],
  )
  assert.equal((await readFile(source)).length, 5_000_000)
})

test('a run that fails says why, and what to do', async () => {
  await root.post(
    '/sites',
    siteOf({ name: 'wrong', secrets: { password: 'not it' }, retry: { attempts: 1 } }),
  )
  const step = { do: 'push', site: 'wrong', from: { user: 'alice', path: '/' }, pattern: '*.csv' }
  await root.post('/site-transfers', transferOf({ name: 'in vain', steps: [step] }))
  const { id } = run.parse((await operator.post('/site-transfers/in vain/run')).body)
  const over = await ended(id)
  assert.deepEqual([over.state, over.error?.code], ['failed', 'FTP_LOGIN'])
  assert.match(over.error?.advice.join() ?? '', /user and password/)
  const failed = await operator.get('/runs?state=failed&site=wrong')
  assert.match(failed.text, new RegExp(id))
  assert.match((await operator.get('/runs/counts')).text, /"failed":1/)
  const tested = siteTest.parse((await operator.post('/sites/wrong/test')).body)
  assert.equal(tested.ok, false)
  assert.ok(tested.verdicts.some(({ code }) => code === 'LOGIN_FAILED'))
})

test('the timeline and the files of a run are read bit by bit', async () => {
  const [newest] = z.object({ items: z.array(run) }).parse((await operator.get('/runs?limit=1')).body).items
  const all = runEvents.parse((await operator.get(`/runs/${newest?.id}/events`)).body).items
  const [first] = runEvents.parse((await operator.get(`/runs/${newest?.id}/events?limit=1`)).body).items
  assert.deepEqual(first, all[0])
  const rest = await operator.get(`/runs/${newest?.id}/events?after=${first?.id}`)
  assert.deepEqual(runEvents.parse(rest.body).items, all.slice(1))
  assert.equal((await operator.get(`/runs/${newest?.id}/files?limit=1`)).status, 200)
  for (const path of ['/runs/none', '/runs/none/events', '/runs/none/files'])
    assert.deepEqual([(await operator.get(path)).status, path], [404, path])
})

test('a transfer is switched off and on, and does not run while it is off', async () => {
  assert.equal((await root.post('/site-transfers/to acme/disable')).status, 200)
  const refused = await operator.post('/site-transfers/to acme/run')
  assert.deepEqual([refused.status, refused.code], [409, 'TRANSFER_DISABLED'])
  const on = await root.post('/site-transfers/to acme/enable')
  assert.equal(transferView.parse(on.body).enabled, true)
  const missing = await operator.post('/site-transfers/none/run')
  assert.deepEqual([missing.status, missing.code], [404, 'TRANSFER_MISSING'])
})

test('a schedule is tried before it is saved, and its times are in the calendar', async () => {
  const tried = await root.post('/site-transfers/try-schedule', {
    cron: '0 6 * * 1',
    timeZone: 'Europe/Berlin',
  })
  assert.equal(scheduleTried.parse(tried.body).next.length, 5)
  const wrong = await root.post('/site-transfers/try-schedule', { cron: 'often', timeZone: 'Europe/Berlim' })
  assert.deepEqual(
    scheduleTried.parse(wrong.body).problems.map(({ path }) => path),
    ['cron', 'timeZone'],
  )
  const planned = transferOf({ name: 'planned', schedule: { cron: '0 6 * * *' } })
  const view = transferView.parse((await root.post('/site-transfers', planned)).body)
  assert.equal(view.next.length, 5)
  const [from = 0, , to = 0] = view.next
  const calendar = await operator.get(`/coming?from=${from - 1}&to=${to}`)
  assert.deepEqual(coming.parse(calendar.body), {
    items: view.next.slice(0, 3).map(at => ({ transfer: 'planned', at })),
    complete: true,
  })
  const century = await operator.get(`/coming?from=${from}&to=${from + 100 * 365 * 86_400_000}`)
  assert.equal(coming.parse(century.body).complete, false)
})

test('no answer, no row of the audit log and no line of the log has a secret', async () => {
  assert.equal((await root.post('/sites/test', siteOf({ secrets: { password: 'another one' } }))).status, 200)
  const changed = { ...siteOf(), secrets: { password: 'a newer secret' } }
  assert.equal((await root.put('/sites/acme', changed)).status, 200)
  const audit = await app.services.store.audit.list({ limit: 500 })
  const texts = [...it.answers, ...audit.items.map(row => JSON.stringify(row)), JSON.stringify(app.logged)]
  assert.ok(texts.length > 40, `${texts.length}`)
  for (const secret of [PARTNER_PASSWORD, 'a secret of the proxy', 'a newer secret', 'another one', 'not it'])
    for (const text of texts) assert.ok(!text.includes(secret), `${secret} in ${text.slice(0, 200)}`)
  assert.ok(
    audit.items.some(({ action, text }) => action === 'site.change' && text === 'a new password was set'),
  )
  const actions = new Set(audit.items.map(({ action }) => action))
  for (const action of [
    'zone.create',
    'site.test',
    'run.request',
    'run.cancel',
    'run.again',
    'site-transfer.disable',
  ])
    assert.ok(actions.has(action), action)
  const secrets = await app.services.store.initiated.sites.secrets('acme')
  assert.deepEqual(secrets, { password: 'a newer secret' })
  await root.put('/sites/acme', { ...siteOf(), secrets: { password: null } })
  assert.equal(await app.services.store.initiated.sites.secrets('acme'), undefined)
})
