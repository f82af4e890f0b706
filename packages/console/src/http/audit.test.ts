import assert from 'node:assert/strict'
import { test } from 'node:test'
import { StoreError } from '@portolan/store'
import { z } from 'zod'
import { Problem } from './problem.ts'
import { defineRoute, type Route } from './route.ts'
import { startTestApp, type TestApp } from './testing-app.ts'

const post = (path: string, handle: Route['handle'], more: Partial<Route> = {}): Route =>
  defineRoute({
    method: 'POST',
    path,
    access: 'users:write',
    summary: 'Test',
    tag: 'things',
    handle,
    ...more,
  })

const rows = async (it: TestApp) => (await it.services.store.audit.list({ limit: 50 })).items

test('what a handler notes is written with who, from where, on which node, and without secrets', async () => {
  const change = post('/change', async ({ audit }) => {
    audit({
      action: 'thing.change',
      target: 'x',
      before: { password: 'old horse', size: 1 },
      after: { password: 'new horse', size: 2, keys: ['a', 'b'] },
    })
  })
  await using it = await startTestApp({ routes: () => [change] })
  await (await it.as('operator', 'alice')).post('/change')
  await (await it.withToken('users:write')).post('/change')
  const [byToken, byPerson] = await rows(it)
  assert.partialDeepStrictEqual(byPerson, {
    node: 'test',
    actor: 'alice',
    address: '127.0.0.1',
    action: 'thing.change',
    target: 'x',
    before: { password: '***', size: 1 },
    after: { password: '***', size: 2, keys: ['***', '***'] },
    outcome: 'done',
  })
  assert.equal(byToken?.actor, 'token:test')
})

test('a change without a note is an error in tests and a line of the log elsewhere', async () => {
  const silent = post('/silent', async () => undefined)
  const preview = post('/preview', async () => undefined, { unaudited: true })
  await using strict = await startTestApp({ routes: () => [silent, preview] })
  const admin = await strict.as('administrator')
  assert.equal((await admin.post('/silent')).status, 500)
  assert.match(JSON.stringify(strict.logged), /POST \/silent changed something and noted nothing/)
  assert.equal((await admin.post('/preview')).status, 204)

  await using it = await startTestApp({ routes: () => [silent], strict: false })
  assert.equal((await (await it.as('administrator')).post('/silent')).status, 204)
  assert.match(it.logged[0]?.text ?? '', /noted nothing/)
})

test('what was refused to somebody who is signed in is written, without what he sent', async () => {
  const fails = (path: string, status: number) =>
    post(path, async () => {
      throw new Problem(status, 'NO', 'because')
    })
  const strict = post('/strict', async () => undefined, { body: z.object({ n: z.number() }) })
  const guarded = post('/guarded', async () => undefined, { access: 'settings:write' })
  const routes = [fails('/conflict', 409), fails('/missing', 404), strict, guarded]
  await using it = await startTestApp({ routes: () => routes })
  const alice = await it.as('operator', 'alice')
  await alice.post('/conflict')
  await alice.post('/missing')
  await alice.post('/strict', { n: 'a secret' })
  await alice.post('/guarded')
  await alice.send('POST', '/conflict', undefined, { 'x-csrf-token': 'wrong' })
  await it.anonymous.post('/conflict')
  assert.deepEqual(
    (await rows(it)).map(({ actor, target, outcome, text }) => [actor, target, outcome, text.split(':')[0]]),
    [
      ['alice', 'POST /conflict', 'refused', 'CSRF_TOKEN'],
      ['alice', 'POST /guarded', 'refused', 'ACCESS_DENIED'],
      ['alice', 'POST /strict', 'refused', 'INPUT_INVALID'],
      ['alice', 'POST /conflict', 'refused', 'NO'],
    ],
  )
  assert.doesNotMatch(JSON.stringify(await rows(it)), /a secret/)
})

test('what was done before something failed is written as done', async () => {
  const half = post('/half', async ({ audit }) => {
    audit({ action: 'file.remove', target: '/a' })
    throw new Problem(409, 'FILE_DENIED', '/b is not yours')
  })
  await using it = await startTestApp({ routes: () => [half] })
  await (await it.as('administrator')).post('/half')
  assert.deepEqual((await rows(it)).map(({ action, outcome }) => [action, outcome]).toSorted(), [
    ['file.remove', 'done'],
    ['things.refused', 'refused'],
  ])
})

test('an audit log that cannot be written does not undo what was done: the log of the node has it', async () => {
  const change = post('/change', async ({ audit }) => audit({ action: 'thing.change', target: 'x' }))
  await using it = await startTestApp({ routes: () => [change] })
  const admin = await it.as('administrator')
  it.services.store.audit.append = async () => {
    throw new StoreError('STORE_FULL', 'The disk is full.')
  }
  assert.equal((await admin.post('/change')).status, 204)
  assert.partialDeepStrictEqual(it.logged, [
    { level: 'error', record: { audit: { action: 'thing.change', target: 'x', actor: 'administrator' } } },
  ])
})
