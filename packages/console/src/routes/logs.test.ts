import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { IncidentRow, TransferRow } from '@portolan/store'
import { diagnosis, incident, logPageOf, transfer } from '../contract/index.ts'
import { type Caller, startTestApp, type TestApp } from '../http/testing-app.ts'
import { Recorder } from '../node/recorder.ts'
import { RawFtp, somePorts } from '../resources/testing-ftp.ts'
import { diagnosisRoutes } from './diagnosis.ts'
import { logsRoutes } from './logs.ts'
import { usersRoutes } from './users.ts'

let app: TestApp
let reader: Caller
const NOW = Date.now()

const row: Omit<TransferRow, 'id'> = {
  at: NOW - 1_000,
  node: 'n',
  session: '1-1',
  user: 'alice',
  address: '8.8.8.8',
  command: 'RETR',
  path: '/a.txt',
  direction: 'download',
  mode: 'passive',
  local: '9.9.9.9:61000',
  remote: '8.8.8.8:4000',
  because: 'x',
  tls: '',
  bytes: 5,
  ms: 2,
  verdict: 'complete',
  reply: 226,
  text: '',
}
const failure: Omit<IncidentRow, 'id'> = {
  at: NOW - 1_000,
  node: 'n',
  kind: 'data-failed',
  code: 'CHANNEL_ACCEPT_TIMEOUT',
  text: 'nobody came to port 61001 within 30 seconds',
  session: '1-2',
  user: 'bob',
  address: '8.8.4.4',
  detail: {
    command: 'LIST',
    mode: 'passive',
    endpoint: '192.168.1.1:61001',
    because: { code: 'address-rule', text: 'rule 1 tells 192.168.1.1' },
  },
}

before(async () => {
  app = await startTestApp({ routes: services => [...logsRoutes(services), ...diagnosisRoutes(services)] })
  reader = await app.as('read-only')
  const { transfers, incidents } = app.services.store
  await transfers.append([
    row,
    { ...row, path: '/b.txt', verdict: 'broken', reply: 426 },
    { ...row, direction: 'listing', command: 'LIST', path: '/' },
    { ...row, user: 'bob', mode: 'active', path: '=cmd|"calc"', direction: 'upload' },
  ])
  await incidents.append([
    failure,
    { ...failure, at: NOW - 2_000, user: 'carol' },
    { ...failure, at: NOW - 50 * 3_600_000 },
    {
      ...failure,
      kind: 'transfer-ended',
      code: 'broken',
      text: 'Transfer broken after 5 bytes: the client reset the data connection.',
    },
    { ...failure, kind: 'login-failed', code: 'password', text: 'wrong', detail: {} },
  ])
})
after(() => app[Symbol.asyncDispose]())

for (const { query, paths } of [
  { query: '', paths: ['=cmd|"calc"', '/b.txt', '/a.txt'] },
  { query: '?listings=true', paths: ['=cmd|"calc"', '/', '/b.txt', '/a.txt'] },
  { query: '?direction=listing', paths: ['/'] },
  { query: '?user=bob', paths: ['=cmd|"calc"'] },
  { query: '?verdict=broken', paths: ['/b.txt'] },
  { query: '?mode=active', paths: ['=cmd|"calc"'] },
  { query: '?search=B.TXT', paths: ['/b.txt'] },
  { query: `?from=${NOW}`, paths: [] },
]) {
  test(`GET /transfers${query} tells of ${paths.length} transfers`, async () => {
    const page = logPageOf(transfer).parse((await reader.get(`/transfers${query}`)).body)
    assert.deepEqual(
      page.items.map(({ path }) => path),
      paths,
    )
  })
}

test('a page of the log leads to the next', async () => {
  const first = logPageOf(transfer).parse((await reader.get('/transfers?limit=2')).body)
  const next = logPageOf(transfer).parse((await reader.get(`/transfers?limit=2&before=${first.next}`)).body)
  assert.deepEqual(
    [...first.items, ...next.items].map(({ path }) => path),
    ['=cmd|"calc"', '/b.txt', '/a.txt'],
  )
  assert.equal(next.next, undefined)
})

test('the same comes as CSV, and no name of a file becomes a formula', async () => {
  const answer = await reader.get('/transfers.csv?user=bob')
  assert.match(String(answer.headers['content-type']), /^text\/csv/)
  assert.match(String(answer.headers['content-disposition']), /attachment/)
  const [head, line, ...rest] = answer.text.split('\r\n')
  assert.match(head ?? '', /^time,node,session,user,/)
  assert.match(line ?? '', /,"'=cmd\|""calc""",upload,active,/)
  assert.deepEqual(rest, [''])
})

test('a data connection that really failed is in the diagnosis, with what the client was told', async () => {
  await using live = await startTestApp({
    routes: services => [...diagnosisRoutes(services), ...usersRoutes(services)],
    settings: {
      passive: { ...(await somePorts()), acceptTimeout: '1s', addressRules: [{ address: '203.0.113.7' }] },
    },
  })
  const { store, server } = live.services
  const recorder = new Recorder({ store, node: 'test', warn: () => {} })
  const all = Promise.withResolvers<void>()
  let failed = 0
  server.on('event', event => {
    recorder.take(event)
    if (event.type === 'data-failed' && ++failed === 3) all.resolve()
  })
  const operator = await live.as('operator')
  await operator.post('/users', { name: 'alice', password: 'x' })
  using ftp = await RawFtp.open(server, 'alice', 'x')
  assert.match(await ftp.say('PASV'), /203,0,113,7/)
  assert.match(await ftp.say('LIST'), /^425/)
  assert.match(await ftp.say('EPSV'), /^229/)
  assert.match(await ftp.say('LIST'), /^425/)
  assert.match(await ftp.say('PORT 192,0,2,1,20,20'), /^500/)
  await all.promise
  await recorder.flush()
  const told = diagnosis.parse((await operator.get('/diagnosis')).body)
  assert.deepEqual(
    told.groups.map(({ code, count }) => [code, count]),
    [
      ['PASSIVE_RANGE_CLOSED', 2],
      ['CLIENT_BEHIND_NAT', 1],
    ],
  )
  const { items } = await store.incidents.list({ limit: 10, code: 'CHANNEL_BOUNCE' })
  assert.deepEqual(items[0]?.detail, {
    command: 'PORT',
    code: 'CHANNEL_BOUNCE',
    mode: 'active',
    endpoint: '192.0.2.1:5140',
  })
  await recorder[Symbol.asyncDispose]()
})

test('incidents are filtered by kind, code, user and address', async () => {
  const read = async (query: string) =>
    logPageOf(incident).parse((await reader.get(`/incidents?${query}`)).body).items.length
  assert.deepEqual(
    [
      await read(''),
      await read('kind=login-failed'),
      await read('code=broken'),
      await read('user=carol'),
      await read('address=1.1.1.1'),
    ],
    [5, 1, 1, 1, 0],
  )
})

test('the diagnosis groups what failed in the hours asked for, with advice and examples', async () => {
  const told = diagnosis.parse((await reader.get('/diagnosis?hours=24')).body)
  // Complete transfers that used a data connection are told from those that did not.
  assert.deepEqual([told.examined, told.complete, told.transfers], [3, true, 3])
  assert.deepEqual(
    told.groups.map(({ code, count, users, addresses }) => ({ code, count, users, addresses })),
    [
      { code: 'SERVER_ADVERTISES_PRIVATE', count: 2, users: ['bob', 'carol'], addresses: ['8.8.4.4'] },
      { code: 'BROKEN_RESET', count: 1, users: ['bob'], addresses: ['8.8.4.4'] },
    ],
  )
  const [group] = told.groups
  assert.match(group?.advice[0] ?? '', /passive\.addressRules/)
  assert.match(group?.cause ?? '', /rule 1 tells 192\.168\.1\.1/)
  assert.deepEqual([group?.first, group?.last, group?.examples.length], [NOW - 2_000, NOW - 1_000, 2])
  const more = diagnosis.parse((await reader.get('/diagnosis?hours=72')).body)
  assert.equal(more.groups[0]?.count, 3)
})
