import assert from 'node:assert/strict'
import { test } from 'node:test'
import { StoreError } from '@portolan/store'
import { startTestApp } from '../http/testing-app.ts'
import { allRoutes } from './index.ts'

const start = () => startTestApp({ routes: allRoutes })
const READY = { status: 'ready', checks: { store: true, ftp: true, settings: true } }

test('a node that can serve is ready, for whoever asks by whatever name', async () => {
  await using it = await start()
  for (const host of ['localhost', '10.1.2.3:8021', 'balancer.example']) {
    assert.deepEqual((await it.anonymous.send('GET', '/healthz', undefined, { host })).body, { status: 'ok' })
    assert.deepEqual((await it.anonymous.send('GET', '/readyz', undefined, { host })).body, READY)
  }
  assert.equal((await it.anonymous.send('HEAD', '/healthz')).status, 200)
})

test('a node without its database lives, is not ready, and is again when the database is back', async () => {
  await using it = await start()
  const { store } = it.services
  const { ping } = store
  store.ping = async () => {
    throw new StoreError('STORE_UNAVAILABLE', 'postgres://user:secret@host does not answer')
  }
  const answer = await it.anonymous.get('/readyz')
  assert.deepEqual(
    [answer.status, answer.body],
    [503, { status: 'not-ready', checks: { ...READY.checks, store: false } }],
  )
  assert.equal((await it.anonymous.get('/healthz')).status, 200)
  store.ping = ping
  assert.equal((await it.anonymous.get('/readyz')).status, 200)
})

test('a node that has not the newest settings in force is not ready', async () => {
  await using it = await start()
  await it.services.store.settings.save({ base: 0, document: {}, by: 'another node' })
  const answer = await it.anonymous.get('/readyz')
  assert.deepEqual(
    [answer.status, answer.body],
    [503, { status: 'not-ready', checks: { ...READY.checks, settings: false } }],
  )
})

test('a node whose FTP listeners are gone is not ready', async () => {
  await using it = await start()
  await it.services.server.close()
  const answer = await it.anonymous.get('/readyz')
  assert.deepEqual(
    [answer.status, answer.body],
    [503, { status: 'not-ready', checks: { ...READY.checks, ftp: false } }],
  )
})

test('figures are for who may read them, in the format of Prometheus', async () => {
  await using it = await start()
  assert.equal((await it.anonymous.get('/metrics')).status, 401)
  assert.equal((await (await it.withToken('users:read')).get('/metrics')).status, 403)
  const answer = await (await it.withToken('metrics:read')).get('/metrics')
  assert.match(String(answer.headers['content-type']), /^text\/plain; version=/)
  assert.match(answer.text, /^portolan_sessions 0$/m)
})
