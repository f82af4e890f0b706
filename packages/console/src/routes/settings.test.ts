import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type Caller, startTestApp, type TestApp } from '../http/testing-app.ts'
import { freePort } from '../resources/settings/testing-port.ts'
import { settingsRoutes } from './settings.ts'

let node: TestApp
let admin: Caller
let passivePort = 0
before(async () => {
  passivePort = await freePort()
  node = await startTestApp({
    routes: settingsRoutes,
    settings: {
      listeners: [{ host: '127.0.0.1', port: 0 }],
      passive: { basePort: passivePort, numberOfPorts: 1 },
    },
  })
  admin = await node.as('administrator')
})
after(() => node[Symbol.asyncDispose]())

/** A field of a body, by its path. */
function at(body: unknown, ...path: (string | number)[]): unknown {
  return path.reduce<unknown>(
    (value, key) => (typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined),
    body,
  )
}

const base = async () => Number(at((await admin.get('/settings')).body, 'version'))
const change = async (path: string, value: unknown) =>
  admin.patch('/settings', { base: await base(), changes: [{ path, value }] })

test('the settings are shown as a file would write them, without secrets, with where each comes from', async () => {
  const { status, body } = await admin.get('/settings')
  assert.equal(status, 200)
  assert.equal(at(body, 'effective', 'timeouts', 'idle'), '5m')
  assert.equal(at(body, 'origins', 'listeners[0].port'), 'file')
  assert.equal(at(body, 'effective', 'users'), undefined)
})

test('a change is in force, in the audit log with before and after, and one version more', async () => {
  const before = await base()
  const { status, body } = await change('timeouts.idle', '7m')
  assert.deepEqual([status, at(body, 'version')], [200, before + 1])
  assert.equal(node.services.inForce().timeouts.idle, 420_000)
  const { items } = await node.services.store.audit.list({ limit: 1 })
  const [row] = items
  assert.deepEqual(
    [row?.actor, row?.action, row?.target, row?.before, row?.after, row?.outcome],
    [
      'administrator',
      'settings.change',
      `version ${before + 1}`,
      { 'timeouts.idle': '5m' },
      { 'timeouts.idle': '7m' },
      'done',
    ],
  )
})

const wrong: {
  name: string
  changes: object[]
  base?: number
  status: number
  code: string
  paths: string[]
}[] = [
  {
    name: 'values that are not allowed, all at once',
    changes: [
      { path: 'timeouts.idle', value: 'soon' },
      { path: 'passive.basePort', value: -1 },
      { path: 'pasive.basePort', value: 1 },
    ],
    status: 422,
    code: 'SETTINGS_INVALID',
    paths: ['passive.basePort', 'pasive.basePort', 'timeouts.idle'],
  },
  {
    name: 'a version that is not the newest',
    base: 4_000,
    changes: [{ path: 'log.level', value: 'info' }],
    status: 409,
    code: 'SETTINGS_STALE',
    paths: [],
  },
  {
    name: 'ranges that do not fit each other',
    changes: [{ path: 'console.port', value: 'passive' }],
    status: 422,
    code: 'SETTINGS_INVALID',
    paths: ['passive.basePort'],
  },
]

for (const { name, changes, status, code, paths, ...asked } of wrong) {
  test(`a change with ${name} is refused whole, and noted as refused`, async () => {
    const version = await base()
    const ours = changes.map(one => (at(one, 'value') === 'passive' ? { ...one, value: passivePort } : one))
    const body = { base: asked.base ?? version, changes: ours }
    const answer = await admin.patch('/settings', body)
    assert.deepEqual([answer.status, answer.code], [status, code])
    const errors = at(answer.body, 'errors')
    const found = Array.isArray(errors) ? errors.map(one => at(one, 'path')) : []
    assert.deepEqual(found.sort(), [...paths].sort())
    assert.equal(await base(), version)
    const [row] = (await node.services.store.audit.list({ limit: 1 })).items
    assert.equal(row?.outcome, 'refused')
  })
}

for (const body of [
  {},
  { base: 0, changes: [] },
  { base: 0, changes: [{ path: '' }] },
  { base: -1, changes: 'x' },
]) {
  test(`a body such as ${JSON.stringify(body)} is refused`, async () => {
    const { status } = await admin.patch('/settings', body)
    assert.ok(status === 400 || status === 422, String(status))
  })
}

test('a preview tells what would happen, also of mistakes, and leaves no trace', async () => {
  const version = await base()
  const rows = (await node.services.store.audit.list({ limit: 500 })).items.length
  const good = await admin.post('/settings/preview', {
    base: version,
    changes: [{ path: 'passive.numberOfPorts', value: 2 }],
  })
  assert.deepEqual(at(good.body, 'difference'), [{ path: 'passive.numberOfPorts', before: '1', after: '2' }])
  assert.equal(at(good.body, 'consequences', 0, 'code'), 'ports-move')
  const bad = await admin.post('/settings/preview', {
    base: version,
    changes: [{ path: 'passive.numberOfPorts', value: 'x' }],
  })
  assert.deepEqual([bad.status, at(bad.body, 'problems', 0, 'path')], [200, 'passive.numberOfPorts'])
  assert.equal(await base(), version)
  assert.equal((await node.services.store.audit.list({ limit: 500 })).items.length, rows)
})

test('every setting is explained, by page and by search', async () => {
  const { body } = await admin.get('/settings/explain?search=umask')
  const all = await admin.get('/settings/explain?limit=2&offset=1')
  assert.deepEqual([at(body, 'total'), at(all.body, 'items', 'length')], [0, 2])
  const idle = await admin.get('/settings/explain?search=timeouts.idle&sort=path&order=desc')
  assert.equal(at(idle.body, 'items', 0, 'path'), 'timeouts.idle')
  assert.match(String(at(idle.body, 'items', 0, 'description')), /^A session without a command/)
  assert.equal((await admin.get('/settings/explain?sort=age')).status >= 400, true)
})

test('versions are listed by page, shown and gone back to', async () => {
  await change('limits.sessions', 11)
  await change('limits.sessions', 12)
  const newest = await base()
  const page = await admin.get('/settings/versions?limit=1')
  assert.deepEqual(at(page.body, 'items', 0, 'changed'), ['limits.sessions'])
  assert.equal(at(page.body, 'next'), String(newest))
  const next = await admin.get(`/settings/versions?limit=1&before=${newest}`)
  assert.equal(at(next.body, 'items', 0, 'version'), newest - 1)
  const one = await admin.get(`/settings/versions/${newest}`)
  assert.deepEqual(at(one.body, 'difference'), [{ path: 'limits.sessions', before: '11', after: '12' }])
  assert.equal((await admin.get('/settings/versions/999')).code, 'SETTINGS_VERSION')

  const preview = await admin.post(`/settings/versions/${newest - 1}/preview-revert`)
  assert.deepEqual(at(preview.body, 'difference'), [{ path: 'limits.sessions', before: '12', after: '11' }])
  const revert = await admin.post(`/settings/versions/${newest - 1}/revert`, { base: newest })
  assert.equal(at(revert.body, 'version'), newest + 1)
  assert.equal(node.services.inForce().limits.sessions, 11)
  const again = await admin.post(`/settings/versions/${newest - 1}/revert`, { base: newest })
  assert.equal(again.code, 'SETTINGS_STALE')
  const [row] = (await node.services.store.audit.list({ limit: 1, action: 'settings.revert' })).items
  assert.equal(row?.text, `back to version ${newest - 1}`)
})

test('who may look may not change: operators and read-only are refused, nobody sees nothing', async () => {
  for (const role of ['operator', 'read-only'] as const) {
    const caller = await node.as(role)
    assert.equal((await caller.get('/settings')).status, 200)
    assert.equal((await caller.patch('/settings', { base: 0, changes: [] })).status, 403)
    assert.equal((await caller.post('/settings/versions/0/revert', { base: 0 })).status, 403)
  }
  for (const path of ['/settings', '/settings/schema', '/settings/explain', '/settings/versions']) {
    assert.equal((await node.anonymous.get(path)).status, 401)
  }
})

test('the schema is that of the settings', async () => {
  const { body } = await admin.get('/settings/schema')
  assert.equal(at(body, 'properties', 'timeouts', 'properties', 'idle', 'x-unit'), 'duration')
})
