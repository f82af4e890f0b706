import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ROLE_SCOPES, role } from '../contract/index.ts'
import { allRoutes } from '../routes/index.ts'
import { type Access, defineRoute, type Route } from './route.ts'
import { startTestApp } from './testing-app.ts'
import { sha256 } from './tokens.ts'

const guarded = (access: Access): Route =>
  defineRoute({
    method: 'GET',
    path: `/guarded/${access.replace(':', '-')}`,
    access,
    summary: 'Guarded',
    tag: 'test',
    handle: async ({ principal }) => ({ actor: principal?.actor ?? null }),
  })

const ROUTES = (['public', 'signed-in', 'files', 'users:read', 'users:write', 'tokens:write'] as const).map(
  guarded,
)

test('who may call what: by role, as an FTP user, by a token, and as nobody', async () => {
  await using it = await startTestApp({ routes: () => ROUTES })
  // In the order of ROUTES.
  const table = {
    nobody: [it.anonymous, 200, 401, 401, 401, 401, 401],
    administrator: [await it.as('administrator'), 200, 200, 403, 200, 200, 200],
    operator: [await it.as('operator'), 200, 200, 403, 200, 200, 403],
    'read-only': [await it.as('read-only'), 200, 200, 403, 200, 403, 403],
    user: [await it.asUser('bob'), 200, 200, 200, 403, 403, 403],
    token: [await it.withToken('users:write'), 200, 200, 403, 200, 200, 403],
  } as const
  for (const [who, [caller, ...statuses]] of Object.entries(table)) {
    for (const [place, status] of statuses.entries()) {
      const path = ROUTES[place]?.path ?? ''
      assert.equal((await caller.get(path)).status, status, `${who} ${path}`)
    }
  }
})

test('the answers 401 and 403 say how to be let in', async () => {
  await using it = await startTestApp({ routes: () => ROUTES })
  const nobody = await it.anonymous.get('/guarded/users-read')
  assert.deepEqual(
    [nobody.code, nobody.headers['www-authenticate']],
    ['AUTH_NEEDED', 'Bearer realm="portolan"'],
  )
  const token = await (await it.withToken('bans:read')).get('/guarded/users-write')
  assert.equal(token.code, 'ACCESS_DENIED')
  assert.equal(
    token.headers['www-authenticate'],
    'Bearer realm="portolan", error="insufficient_scope", scope="users:write"',
  )
  const administrator = await (await it.as('read-only')).get('/guarded/users-write')
  assert.equal(administrator.headers['www-authenticate'], undefined)
})

test('a token that is none is refused, whatever it looks like; another scheme is not ours', async () => {
  await using it = await startTestApp({ routes: () => ROUTES })
  const { headers: good } = await it.withToken('users:read')
  const admin = await it.as('administrator')
  const cases: [string, number][] = [
    [good.authorization ?? '', 200],
    [(good.authorization ?? '').replace('Bearer', 'bearer'), 200],
    [`${good.authorization}x`, 401],
    ['Bearer', 401],
    ['Bearer ', 401],
    ['Bearer ptl_', 401],
    [`Bearer ptl_${'A'.repeat(43)}`, 401],
    [`Bearer ${'x'.repeat(5_000)}`, 401],
  ]
  for (const [authorization, status] of cases) {
    // Also beside a cookie that is good: who sends a token wants to be that token.
    const answer = await admin.send('GET', '/guarded/users-read', undefined, { authorization })
    assert.equal(answer.status, status, authorization.slice(0, 60))
    if (status === 401) assert.match(String(answer.headers['www-authenticate']), /error="invalid_token"/)
  }
  const basic = await admin.send('GET', '/guarded/users-read', undefined, {
    authorization: 'Basic Ym9iOmJvYg==',
  })
  assert.equal(basic.status, 200)
})

test('a token ends when it expires, and at once when it is removed', async () => {
  await using it = await startTestApp({ routes: () => ROUTES })
  const { store, now } = it.services
  const caller = await it.withToken('users:read')
  const { items } = await store.tokens.list({ offset: 0, limit: 1 })
  assert.equal((await caller.get('/guarded/users-read')).status, 200)
  assert.ok((await store.tokens.list({ offset: 0, limit: 1 })).items[0]?.lastUsedAt)
  await store.tokens.remove(items[0]?.id ?? '')
  assert.equal((await caller.get('/guarded/users-read')).status, 401)

  const text = `ptl_${'e'.repeat(43)}`
  await store.tokens.create({
    hash: sha256(text),
    name: 'short',
    scopes: ['users:read'],
    createdBy: 'x',
    expiresAt: now() + 60_000,
  })
  const headers = { authorization: `Bearer ${text}` }
  assert.equal((await it.anonymous.send('GET', '/guarded/users-read', undefined, headers)).status, 200)
  it.ahead(60_001)
  assert.equal((await it.anonymous.send('GET', '/guarded/users-read', undefined, headers)).status, 401)
})

/** A URL of a route, with something for every parameter. */
const urlOf = ({ path }: Route) => path.replaceAll(/:\w+/g, 'x')

test('every route of the API keeps out who may not: nobody, FTP users, roles and tokens without its scope', async () => {
  await using it = await startTestApp({ routes: allRoutes })
  const nobody = it.anonymous
  const user = await it.asUser('bob')
  const weak = await it.withToken('metrics:read')
  const roles = await Promise.all(role.options.map(async name => ({ name, caller: await it.as(name) })))
  const routes = allRoutes(it.services).filter(({ access }) => access !== 'public')
  assert.ok(routes.length > 30)
  for (const route of routes) {
    const { method, access } = route
    const of = `${method} ${route.path}`
    const send = async (caller: typeof nobody) => (await caller.send(method, urlOf(route))).status
    assert.equal(await send(nobody), 401, `${of} as nobody`)
    if (access === 'signed-in') continue
    if (access !== 'files') assert.equal(await send(user), 403, `${of} as an FTP user`)
    if (access !== 'metrics:read') assert.equal(await send(weak), 403, `${of} by a token`)
    for (const { name, caller } of roles) {
      const scopes: readonly string[] = ROLE_SCOPES[name]
      const may = scopes.includes(access)
      if (!may) assert.equal(await send(caller), 403, `${of} as ${name}`)
    }
  }
})
