import assert from 'node:assert/strict'
import { test } from 'node:test'
import { allRoutes } from '../routes/index.ts'
import { defineRoute, type Route } from './route.ts'
import { type Caller, startTestApp } from './testing-app.ts'

const urlOf = ({ path }: Route) => path.replaceAll(/:\w+/g, 'x')

test('no route of the API that changes something takes a request of a page that is not ours', async () => {
  await using it = await startTestApp({ routes: allRoutes })
  const admin = await it.as('administrator')
  const user = await it.asUser('bob')
  const routes = allRoutes(it.services).filter(({ method }) => method !== 'GET')
  assert.ok(routes.length > 20)
  for (const route of routes) {
    const { method, access } = route
    const { cookie = '', 'x-csrf-token': token = '' } = (access === 'files' ? user : admin).headers
    const refused = async (headers: Record<string, string>, code: string, what: string) => {
      const answer = await it.anonymous.send(method, urlOf(route), undefined, headers)
      assert.deepEqual([answer.status, answer.code], [403, code], `${method} ${route.path} ${what}`)
    }
    const foreign = { origin: 'https://evil.example' }
    const sibling = { 'sec-fetch-site': 'same-site' }
    if (access === 'public') {
      await refused(foreign, 'ORIGIN_FOREIGN', 'from a foreign page')
      await refused({ origin: 'null' }, 'ORIGIN_FOREIGN', 'from a page without an origin')
      await refused(sibling, 'ORIGIN_FOREIGN', 'from a neighbour')
      continue
    }
    await refused({ cookie }, 'CSRF_TOKEN', 'without a token')
    await refused({ cookie, 'x-csrf-token': `${token.slice(0, -1)}_` }, 'CSRF_TOKEN', 'with a wrong token')
    await refused({ cookie, 'x-csrf-token': token, ...foreign }, 'ORIGIN_FOREIGN', 'from a foreign page')
    await refused({ cookie, 'x-csrf-token': token, ...sibling }, 'ORIGIN_FOREIGN', 'from a neighbour')
  }
})

const change = defineRoute({
  method: 'POST',
  path: '/change',
  access: 'users:write',
  summary: 'Change',
  tag: 'test',
  handle: async ({ audit }) => audit({ action: 'test.change', target: 'x' }),
})

test('which origins are ours', async () => {
  const settings = { console: { publicUrl: 'https://ftp.example.com' } }
  await using it = await startTestApp({ routes: () => [change], settings })
  const admin = await it.as('administrator')
  const cases: [Record<string, string>, number][] = [
    [{}, 204],
    [{ host: 'localhost:8021', origin: 'http://localhost:8021', 'sec-fetch-site': 'same-origin' }, 204],
    [{ host: '127.0.0.1', origin: 'http://127.0.0.1' }, 204],
    [{ host: '[::1]:8021', origin: 'http://[::1]:8021' }, 204],
    [{ host: 'localhost:8021', origin: 'https://ftp.example.com' }, 204],
    [{ 'sec-fetch-site': 'none' }, 204],
    [{ host: 'localhost:8021', origin: 'http://localhost:3000' }, 403],
    [{ host: 'localhost:8021', origin: 'https://localhost:8021' }, 403],
    [{ host: 'localhost:8021', origin: 'http://ftp.example.com' }, 403],
    [{ host: 'localhost:8021', origin: 'http://localhost:8021.evil.example' }, 403],
    [{ host: 'localhost:8021', origin: 'http://localhost:8021', 'sec-fetch-site': 'cross-site' }, 403],
  ]
  for (const [headers, status] of cases) {
    assert.equal(
      (await admin.send('POST', '/change', undefined, headers)).status,
      status,
      JSON.stringify(headers),
    )
  }
})

test('the token is that of one session: the token of another one of the same person is none', async () => {
  await using it = await startTestApp({ routes: () => [change] })
  const [one, other] = [await it.as('administrator'), await it.as('administrator')]
  const token = (of: Caller) => ({ 'x-csrf-token': of.headers['x-csrf-token'] ?? '' })
  assert.equal((await one.send('POST', '/change', undefined, token(other))).status, 403)
  assert.equal((await one.send('POST', '/change', undefined, token(one))).status, 204)
})

test('programs with a token of the API need neither', async () => {
  await using it = await startTestApp({ routes: () => [change] })
  const program = await it.withToken('users:write')
  assert.equal((await program.post('/change')).status, 204)
  assert.equal(
    (await program.send('POST', '/change', undefined, { origin: 'https://ci.example' })).status,
    204,
  )
})
