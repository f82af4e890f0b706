import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type Caller, startTestApp, type TestApp } from '../http/testing-app.ts'
import { freePort } from '../resources/settings/testing-port.ts'
import { addressRulesRoutes } from './address-rules.ts'
import { bansExemptRoutes } from './bans-exempt.ts'
import { portAdviceRoutes } from './port-advice.ts'
import { userClassesRoutes } from './user-classes.ts'

const RULES = [
  { name: 'inside', enabled: true, userClass: '*', clients: '10.0.0.0/8', address: 'local' },
  { enabled: true, userClass: 'partner*', address: '203.0.113.7' },
  { enabled: true, userClass: '*', destination: '198.51.100.1', address: 'control' },
]

let node: TestApp
let admin: Caller
before(async () => {
  node = await startTestApp({
    routes: services => [
      ...addressRulesRoutes(services),
      ...bansExemptRoutes(services),
      ...portAdviceRoutes(services),
      ...userClassesRoutes(services),
    ],
    settings: {
      listeners: [{ name: 'public', host: '127.0.0.1', port: 0, tls: 'off' }],
      passive: { basePort: await freePort(), numberOfPorts: 1, addressRules: RULES },
      userClasses: [{ name: 'partner1', groups: 'partners', from: '192.0.2.0/24' }],
      users: [{ name: 'filed', home: '/', groups: ['partners'] }],
    },
  })
  admin = await node.as('administrator')
})
after(() => node[Symbol.asyncDispose]())

function at(body: unknown, ...path: (string | number)[]): unknown {
  return path.reduce<unknown>(
    (value, key) => (typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined),
    body,
  )
}

const previews: { name: string; ask: object; address: string; rule: number | undefined; sentence: RegExp }[] =
  [
    {
      name: 'the first rule that fits decides, and local is explained',
      ask: { client: '10.1.2.3' },
      address: '127.0.0.1',
      rule: 0,
      sentence:
        /^A client of class default from 10\.1\.2\.3, connected to 127\.0\.0\.1, will be told 127\.0\.0\.1, because passive address rule 1 \(inside\) tells the local address of the control connection, 127\.0\.0\.1\.$/,
    },
    {
      name: 'the class that is asked for counts',
      ask: { client: '192.0.2.9', userClass: 'partner7' },
      address: '203.0.113.7',
      rule: 1,
      sentence: /class partner7 .* will be told 203\.0\.113\.7, because passive address rule 2 tells 203/,
    },
    {
      name: 'the class of a user of the file is found out',
      ask: { client: '192.0.2.9', user: 'filed' },
      address: '203.0.113.7',
      rule: 1,
      sentence: /class partner1/,
    },
    {
      name: 'control is the address that the client dialled',
      ask: { client: '192.0.2.9', destination: '198.51.100.1' },
      address: '198.51.100.1',
      rule: 2,
      sentence:
        /connected to 198\.51\.100\.1, .* tells the address that the client dialled, 198\.51\.100\.1\.$/,
    },
    {
      name: 'without a rule that fits it is the local address',
      ask: { client: '192.0.2.9' },
      address: '127.0.0.1',
      rule: undefined,
      sentence: /because no passive address rule fits class default from 192\.0\.2\.9/,
    },
    {
      name: 'rules that are being edited are taken in place of those in force',
      ask: {
        client: '192.0.2.9',
        rules: [{ address: '192.0.2.200', enabled: false }, { address: '192.0.2.201' }],
      },
      address: '192.0.2.201',
      rule: 1,
      sentence: /passive address rule 2 tells 192\.0\.2\.201\.$/,
    },
    {
      name: 'a name that has no address means that PASV is refused',
      ask: { client: '192.0.2.9', rules: [{ address: 'no-such-host.invalid' }] },
      address: '',
      rule: 0,
      sentence: /will be told no address, because .*no-such-host\.invalid/,
    },
  ]

for (const { name, ask, address, rule, sentence } of previews) {
  test(`the preview of PASV: ${name}`, async () => {
    const { status, body } = await admin.post('/passive/preview', ask)
    assert.equal(status, 200, JSON.stringify(body))
    assert.deepEqual([at(body, 'address'), at(body, 'rule')], [address, rule])
    assert.match(String(at(body, 'sentence')), sentence)
  })
}

const badPreviews: { ask: object; path: string }[] = [
  { ask: { client: 'somewhere' }, path: 'client' },
  { ask: { client: '10.0.0.1', destination: '10.0.0' }, path: 'destination' },
  {
    ask: { client: '10.0.0.1', rules: [{ address: 'local' }, { address: '10.0.0' }] },
    path: 'rules[1].address',
  },
  {
    ask: { client: '10.0.0.1', rules: [{ address: 'local', clients: '10.0.0.0/99' }] },
    path: 'rules[0].clients',
  },
]

for (const { ask, path } of badPreviews) {
  test(`the preview of PASV refuses ${JSON.stringify(ask)} at ${path}`, async () => {
    const { status, body } = await admin.post('/passive/preview', ask)
    assert.deepEqual([status, at(body, 'errors', 0, 'path')], [422, path])
  })
}

test('rules are switched off, on and deleted by their places, and each change is in force and noted', async () => {
  const base = async () => at((await admin.get('/passive/address-rules')).body, 'base')
  const act = async (action: string, places: number[]) =>
    admin.post('/passive/address-rules/actions', { base: await base(), action, places })
  const off = await act('disable', [0, 2])
  assert.deepEqual(
    [0, 1, 2].map(place => at(off.body, 'rules', place, 'enabled')),
    [false, true, false],
  )
  assert.equal(node.services.inForce().passive.addressRules[0]?.enabled, false)
  const [row] = (await node.services.store.audit.list({ limit: 1 })).items
  assert.deepEqual(row?.after, {
    'passive.addressRules[0].enabled': 'false',
    'passive.addressRules[2].enabled': 'false',
  })
  assert.equal(at((await act('enable', [0])).body, 'rules', 0, 'enabled'), true)
  assert.equal(at((await act('delete', [0, 1])).body, 'rules', 'length'), 1)
  const none = await act('delete', [0, 7])
  assert.deepEqual([none.status, at(none.body, 'errors', 0, 'path')], [422, 'places[1]'])
  const put = await admin.put('/passive/address-rules', {
    base: await base(),
    rules: [{ address: '10.0.0' }],
  })
  assert.deepEqual([put.status, at(put.body, 'errors', 0, 'path')], [422, 'passive.addressRules[0].address'])
  const whole = await admin.put('/passive/address-rules', { base: await base(), rules: RULES })
  assert.equal(at(whole.body, 'rules', 'length'), 3)
  assert.equal((await admin.put('/passive/address-rules', { base: 0, rules: [] })).code, 'SETTINGS_STALE')
})

const tries: { ask: object; is: unknown[] }[] = [
  { ask: { user: 'filed', address: '192.0.2.1' }, is: ['partner1', ['partners'], true] },
  { ask: { user: 'filed', address: '192.0.3.1' }, is: ['default', ['partners'], true] },
  { ask: { user: 'nobody', address: '192.0.2.1' }, is: ['default', [], false] },
  {
    ask: { user: 'nobody', address: '192.0.2.1', classes: [{ name: 'all' }] },
    is: ['all', [], false],
  },
]

for (const { ask, is } of tries) {
  test(`the class of ${JSON.stringify(ask)} is ${JSON.stringify(is)}`, async () => {
    const { body } = await admin.post('/user-classes/try', ask)
    assert.deepEqual([at(body, 'userClass'), at(body, 'groups'), at(body, 'known')], is)
    assert.equal(typeof at(body, 'because', 'text'), 'string')
  })
}

test('a user of the store is classified by the groups of the store', async () => {
  const { users } = node.services.store
  const document = { name: 'stored', home: '/' }
  await users.create('stored', { document, enabled: true, groups: ['partners'] }, { by: 'test' })
  const { body } = await admin.post('/user-classes/try', { user: 'stored', address: '192.0.2.1' })
  assert.equal(at(body, 'userClass'), 'partner1')
})

test('classes that cannot be are refused with the field, in a try and in a change', async () => {
  const classes = [{ name: 'a', from: '10.0.0.0/99' }]
  const tried = await admin.post('/user-classes/try', { user: 'x', address: '10.0.0.1', classes })
  assert.deepEqual([tried.status, at(tried.body, 'errors', 0, 'path')], [422, 'classes[0].from'])
  const base = at((await admin.get('/user-classes')).body, 'base')
  const put = await admin.put('/user-classes', { base, classes })
  assert.deepEqual([put.status, at(put.body, 'errors', 0, 'path')], [422, 'userClasses[0].from'])
  const good = await admin.put('/user-classes', { base, classes: [{ name: 'partner1', users: 'p*' }] })
  assert.deepEqual(at(good.body, 'classes'), [{ name: 'partner1', enabled: true, users: 'p*' }])
})

test('the allow list is changed by who may ban', async () => {
  const operator = await node.as('operator')
  const { body } = await operator.get('/bans/exempt')
  const networks = ['127.0.0.0/8', '192.0.2.0/24']
  const put = await operator.put('/bans/exempt', { base: at(body, 'base'), networks })
  assert.deepEqual([put.status, at(put.body, 'networks')], [200, networks])
  const bad = await operator.put('/bans/exempt', { base: at(put.body, 'base'), networks: ['10.0.0.0/99'] })
  assert.deepEqual([bad.status, at(bad.body, 'errors', 0, 'path')], [422, 'bans.exempt[0]'])
  assert.equal((await operator.put('/passive/address-rules', { base: 0, rules: [] })).status, 403)
})

const odd = ['', 'abc', 'NaN', '-1', '0', '1e9', 'Infinity', '1.5', '99999999999999999999', ' 61000 x']
for (const text of odd) {
  test(`advice on ports for ${JSON.stringify(text)} is a problem in words`, async () => {
    for (const [basePort, numberOfPorts] of [
      [text, '10'],
      ['61000', text],
    ] as const) {
      const query = new URLSearchParams({ basePort, numberOfPorts, kind: 'passive' })
      const { status, body } = await admin.get(`/ports/advice?${query}`)
      assert.deepEqual([status, at(body, 'problems', 'length')], [200, 1], JSON.stringify(body))
    }
  })
}
