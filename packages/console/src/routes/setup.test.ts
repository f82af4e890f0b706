import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PASSWORD, startTestApp, type TestApp } from '../http/testing-app.ts'
import { allRoutes } from './index.ts'

const start = () => startTestApp({ routes: allRoutes })
const setUp = (it: TestApp, token: string | undefined, name = 'alice') =>
  it.anonymous.post('/setup', { token: token ?? '', name, password: PASSWORD })

test('the link of the start makes the first administrator, signs him in, and is used up', async () => {
  await using it = await start()
  const { current } = it.setup
  assert.deepEqual((await it.anonymous.get('/setup')).body, { needed: true })
  const made = await setUp(it, current)
  assert.equal(made.status, 201)
  assert.partialDeepStrictEqual(made.body, { kind: 'administrator', name: 'alice', role: 'administrator' })
  const cookie = String(made.headers['set-cookie']).split(';')[0] ?? ''
  assert.equal((await it.anonymous.send('GET', '/administrators', undefined, { cookie })).status, 200)
  assert.deepEqual((await it.anonymous.get('/setup')).body, { needed: false })
  assert.equal(it.setup.current, undefined)
  const again = await setUp(it, current, 'mallory')
  assert.deepEqual([again.status, again.code], [409, 'SETUP_DONE'])
  const { items } = await it.services.store.audit.list({ limit: 5 })
  assert.partialDeepStrictEqual(items[0], { actor: 'alice', action: 'administrator.create', target: 'alice' })
  assert.ok(!JSON.stringify(items).includes(current ?? 'none'))
})

test('a wrong token makes nobody, and guessing is slowed down', async () => {
  await using it = await start()
  for (const token of ['', `${it.setup.current}x`, 'x'.repeat(200)]) {
    const answer = await setUp(it, token)
    assert.deepEqual([answer.status, answer.code], [403, 'SETUP_TOKEN'])
  }
  assert.equal((await setUp(it, it.setup.current)).code, 'AUTH_THROTTLED')
  it.ahead(1_000)
  assert.equal((await setUp(it, it.setup.current)).status, 201)
})

test('the first password is long, and every mistake is told at once', async () => {
  await using it = await start()
  const answer = await it.anonymous.post('/setup', { token: it.setup.current, name: '', password: 'short' })
  assert.partialDeepStrictEqual(answer.body, {
    status: 422,
    errors: [
      { path: 'name', message: 'must not be empty' },
      { path: 'password', message: 'must have at least 12 characters' },
    ],
  })
})

test('of many who open the link at once, one becomes the administrator', async () => {
  await using it = await start()
  const { current } = it.setup
  const answers = await Promise.all(Array.from({ length: 8 }, (_, i) => setUp(it, current, `person ${i}`)))
  const statuses = answers.map(({ status }) => status).toSorted()
  assert.equal(statuses.filter(status => status === 201).length, 1)
  assert.ok(statuses.every(status => status === 201 || status === 409 || status === 429))
  assert.equal((await it.services.store.administrators.list()).length, 1)
})

test('of two nodes that make one at the same moment, the later one takes its own back', async () => {
  await using it = await start()
  const { administrators } = it.services.store
  const { create } = administrators
  administrators.create = async row => {
    await create({ ...row, name: 'an earlier one' })
    return create(row)
  }
  const answer = await setUp(it, it.setup.current, 'later')
  assert.deepEqual([answer.status, answer.code], [409, 'SETUP_DONE'])
  assert.deepEqual(
    (await administrators.list()).map(({ name }) => name),
    ['an earlier one'],
  )
})
