import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SCOPES } from '../contract/index.ts'
import { startTestApp } from '../http/testing-app.ts'
import { allRoutes } from './index.ts'

const start = () => startTestApp({ routes: allRoutes })

const field = (body: unknown, name: string): string => {
  const found =
    typeof body === 'object' && body !== null ? Object.entries(body).find(([key]) => key === name) : []
  return String(found?.[1])
}

test('a token is shown once, works as long as it is there, and the store has its hash alone', async () => {
  await using it = await start()
  const root = await it.as('administrator', 'root')
  const expiresAt = it.services.now() + 3_600_000
  const made = await root.post('/tokens', { name: 'ci', scopes: ['users:write', 'users:write'], expiresAt })
  assert.equal(made.status, 201)
  assert.partialDeepStrictEqual(made.body, {
    name: 'ci',
    scopes: ['users:write'],
    createdBy: 'root',
    expiresAt,
  })
  const token = field(made.body, 'token')
  assert.match(token, /^ptl_[\w-]{43}$/)
  const authorization = `Bearer ${token}`
  const asProgram = async (path: string) =>
    (await it.anonymous.send('GET', path, undefined, { authorization })).status
  assert.deepEqual([await asProgram('/users'), await asProgram('/tokens')], [200, 403])

  const listed = await root.get('/tokens?sort=createdAt&order=desc&search=CI')
  assert.partialDeepStrictEqual(listed.body, { total: 1, items: [{ name: 'ci' }] })
  assert.ok(!listed.text.includes(token))
  assert.ok(!JSON.stringify(await it.services.store.audit.list({ limit: 9 })).includes(token))
  assert.equal((await root.delete(`/tokens/${field(made.body, 'id')}`)).status, 204)
  assert.equal(await asProgram('/users'), 401)
  assert.equal((await root.delete(`/tokens/${field(made.body, 'id')}`)).code, 'TOKEN_MISSING')
})

test('nobody gives a token more than he may do himself', async () => {
  await using it = await start()
  const program = await it.withToken('tokens:write', 'bans:write')
  const make = (...scopes: string[]) => program.post('/tokens', { name: 'child', scopes })
  assert.equal((await make('bans:read', 'bans:write', 'tokens:write')).status, 201)
  const refused = await make('bans:read', 'settings:write', 'administrators:write')
  assert.partialDeepStrictEqual(refused.body, {
    status: 422,
    errors: [
      { path: 'scopes[1]', message: 'you may not do settings:write yourself' },
      { path: 'scopes[2]', message: 'you may not do administrators:write yourself' },
    ],
  })
  const root = await it.as('administrator')
  assert.equal((await root.post('/tokens', { name: 'all', scopes: SCOPES })).status, 201)
})

test('a token that would be over, or may do nothing, or something unknown, is refused', async () => {
  await using it = await start()
  const root = await it.as('administrator')
  const cases: [object, string][] = [
    [{ name: 'x', scopes: ['users:read'], expiresAt: 1 }, 'expiresAt'],
    [{ name: 'x', scopes: [] }, 'scopes'],
    [{ name: 'x', scopes: ['root'] }, 'scopes[0]'],
    [{ name: '', scopes: ['users:read'] }, 'name'],
  ]
  for (const [body, path] of cases)
    assert.partialDeepStrictEqual((await root.post('/tokens', body)).body, {
      status: 422,
      errors: [{ path }],
    })
})
