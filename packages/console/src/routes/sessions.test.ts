import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { type Store, StoreError } from '@portolan/store'
import { dataConnection, overview, pageOf, portsView, session, sessionDetail } from '../contract/index.ts'
import { type Caller, startTestApp, type TestApp } from '../http/testing-app.ts'
import { RawFtp, somePorts } from '../resources/testing-ftp.ts'
import { dataConnectionsRoutes } from './data-connections.ts'
import { overviewRoutes } from './overview.ts'
import { portsRoutes } from './ports.ts'
import { sessionsRoutes } from './sessions.ts'
import { usersRoutes } from './users.ts'

const SIZE = 32 * 1024 * 1024
let app: TestApp
let operator: Caller
let passive: Awaited<ReturnType<typeof somePorts>>

before(async () => {
  passive = await somePorts()
  app = await startTestApp({
    routes: services => [
      ...sessionsRoutes(services),
      ...dataConnectionsRoutes(services),
      ...portsRoutes(services),
      ...overviewRoutes(services),
      ...usersRoutes(services),
    ],
    settings: { passive },
  })
  operator = await app.as('operator')
  for (const name of ['alice', 'bob']) await operator.post('/users', { name, password: 'a secret thing' })
  await writeFile(join(app.folder, 'files/alice/big.bin'), Buffer.alloc(SIZE, 7))
})
after(() => app[Symbol.asyncDispose]())

const login = (name: string) => RawFtp.open(app.services.server, name, 'a secret thing')
const list = async (query = '') => pageOf(session).parse((await operator.get(`/sessions${query}`)).body)

test('sessions are paged, sorted and searched, and one is opened with its dialogue, the password masked', async () => {
  using alice = await login('alice')
  using bob = await login('bob')
  await alice.say('PWD')
  await bob.say('NOOP')
  const all = await list('?sort=user&order=desc')
  assert.deepEqual([all.total, all.items.map(one => one.user)], [2, ['bob', 'alice']])
  const found = await list('?search=ALI')
  assert.deepEqual([found.total, found.items[0]?.user], [1, 'alice'])
  assert.deepEqual(
    (await list('?limit=1&offset=1&sort=user')).items.map(one => one.user),
    ['bob'],
  )

  const id = found.items[0]?.session ?? ''
  const answer = await operator.get(`/sessions/${id}`)
  const detail = sessionDetail.parse(answer.body)
  assert.equal(detail.folder, '/')
  const lines = detail.dialogue.map(({ from, text }) => `${from}: ${text}`)
  assert.ok(lines.includes('client: PASS ***'), lines.join('\n'))
  assert.ok(lines.some(line => /^server: 257 /.test(line)))
  assert.doesNotMatch(answer.text, /a secret thing/)
})

test('a running transfer shows as a data connection, in its session, in its port, and is over when it is kicked', async () => {
  using ftp = await login('alice')
  await ftp.say('TYPE I')
  const port = Number(/\|(\d+)\|/.exec(await ftp.say('EPSV'))?.[1])
  const reserved = portsView.parse((await operator.get('/ports')).body)
  assert.deepEqual([reserved.passive?.basePort, reserved.passive?.numberOfPorts], Object.values(passive))
  assert.deepEqual(
    reserved.passive?.ports.map(({ port: number, state, waitingFor }) => ({ number, state, waitingFor })),
    [{ number: port, state: 'reserved', waitingFor: ['127.0.0.1'] }],
  )
  // A reader that does not read: the transfer stands as long as the test looks.
  const data = connect(port, '127.0.0.1').on('error', () => {})
  data.pause()
  await once(data, 'connect')
  assert.match(await ftp.say('RETR big.bin'), /^150/)

  const connections = pageOf(dataConnection).parse((await operator.get('/data-connections?search=big')).body)
  assert.equal(connections.total, 1)
  const [one] = connections.items
  assert.deepEqual(
    [one?.user, one?.command, one?.path, one?.direction, one?.mode, one?.size],
    ['alice', 'RETR', '/big.bin', 'download', 'passive', SIZE],
  )
  assert.match(one?.because.text ?? '', /came to passive port/)
  const used = portsView.parse((await operator.get('/ports')).body)
  assert.deepEqual(
    used.passive?.ports.map(({ port: number, state }) => [number, state]),
    [[port, 'in-use']],
  )
  const id = one?.session ?? ''
  const detail = sessionDetail.parse((await operator.get(`/sessions/${id}`)).body)
  assert.equal(detail.dataConnections[0]?.path, '/big.bin')
  assert.match(detail.agreed?.endpoint ?? '', new RegExp(`:${port}$`))
  assert.equal(detail.transfer?.direction, 'download')

  const kicked = await operator.delete(`/sessions/${id}`)
  assert.equal(kicked.status, 204, kicked.text)
  while (!/^421/.test(await ftp.reply()));
  data.destroy()
  await ftp.closed
  const { items } = await app.services.store.audit.list({ limit: 1, action: 'session.kick' })
  assert.deepEqual([items[0]?.target, items[0]?.before], [id, { user: 'alice', address: '127.0.0.1' }])
})

test('a session that is not there cannot be opened or ended', async () => {
  for (const answer of [await operator.get('/sessions/9-9'), await operator.delete('/sessions/9-9')])
    assert.deepEqual([answer.status, answer.code], [404, 'SESSION_MISSING'])
})

test('the overview tells of the node, its listeners, its users and its bans', async () => {
  const told = overview.parse((await operator.get('/overview')).body)
  assert.deepEqual([told.node.store, told.users, told.bans, told.workers.length], ['sqlite', 2, 0, 1])
  assert.equal(told.listeners[0]?.port, app.services.server.addresses[0]?.port)
  assert.ok(told.controller.residentBytes > 1_000_000)
})

test('the overview is there without the database, and says so', async () => {
  const lost = async () => {
    throw new StoreError('STORE_UNAVAILABLE', 'the database does not answer')
  }
  const without = (store: Store) =>
    new Proxy(store, {
      get: (target, key) =>
        key === 'users' ? { ...target.users, list: lost } : Reflect.get(target, key, target),
    })
  await using alone = await startTestApp({
    routes: services => overviewRoutes({ ...services, store: without(services.store) }),
  })
  const caller = await alone.as('operator')
  const answer = await caller.get('/overview')
  assert.equal(answer.status, 200, answer.text)
  const told = overview.parse(answer.body)
  assert.match(told.warnings[0]?.message ?? '', /database cannot be used/)
  assert.equal(told.users, 0)
})

test('the overview shows a token no more than its scopes allow', async () => {
  using ftp = await RawFtp.open(app.services.server, 'alice', createHash('md5').digest('hex'))
  await ftp.say('QUIT')
  const told = overview.parse((await (await app.withToken('sessions:read')).get('/overview')).body)
  assert.deepEqual([told.failures, told.warnings], [[], []])
  assert.equal((await (await app.withToken('metrics:read')).get('/overview')).status, 403)
})
