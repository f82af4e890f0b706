import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { SCOPES, type Scope, scope } from '../contract/index.ts'
import { type Caller, startTestApp, type TestApp } from '../http/testing-app.ts'
import { allRoutes } from './index.ts'

/** Who may call: an Administrator, an Operator, one who only Reads, a User of the Files page, Nobody in particular. */
type Who = 'A' | 'O' | 'R' | 'U' | 'N'
const EVERYBODY: readonly Who[] = ['A', 'O', 'R', 'U', 'N']

/** Written out, and not made from the scopes of the routes: a route that opens by mistake differs from its line here. */
const MAY: Readonly<Record<string, string>> = {
  'POST /auth/password': 'AORU',
  // The others of the second factor look at what is sent before they refuse a user of the Files page.
  'POST /auth/totp/begin': 'AOR',
  'POST /auth/totp/confirm': 'AORU',
  'DELETE /auth/totp': 'AORU',
  'POST /auth/totp/recovery-codes': 'AORU',
  'GET /auth/sessions': 'AORU',
  'DELETE /auth/sessions/:id': 'AORU',
  'DELETE /auth/sessions': 'AORU',
  'GET /auth/me': 'AORU',
  'GET /auth/session': 'AORUN',
  'POST /auth/login': 'AORUN',
  'POST /auth/logout': 'AORU',
  'GET /setup': 'AORUN',
  'POST /setup': 'AORUN',
  'GET /administrators': 'A',
  'POST /administrators': 'A',
  'PATCH /administrators/:name': 'A',
  'DELETE /administrators/:name': 'A',
  'GET /tokens': 'A',
  'POST /tokens': 'A',
  'DELETE /tokens/:id': 'A',
  'GET /audit': 'AOR',
  'GET /settings': 'AOR',
  'GET /settings/schema': 'AOR',
  'GET /settings/explain': 'AOR',
  'POST /settings/preview': 'AOR',
  'PATCH /settings': 'A',
  'GET /settings/versions': 'AOR',
  'GET /settings/versions/:version': 'AOR',
  'POST /settings/versions/:version/preview-revert': 'AOR',
  'POST /settings/versions/:version/revert': 'A',
  'GET /passive/address-rules': 'AOR',
  'PUT /passive/address-rules': 'A',
  'POST /passive/address-rules/actions': 'A',
  'POST /passive/preview': 'AOR',
  'GET /user-classes': 'AOR',
  'PUT /user-classes': 'A',
  'POST /user-classes/try': 'AOR',
  'GET /ports/advice': 'AOR',
  'GET /bans/exempt': 'AOR',
  'PUT /bans/exempt': 'AO',
  'GET /bans': 'AOR',
  'POST /bans': 'AO',
  'DELETE /bans/:id': 'AO',
  'GET /certificates': 'AOR',
  'POST /certificates': 'A',
  'POST /certificates/self-signed': 'A',
  'DELETE /certificates/:name': 'A',
  'POST /certificates/none/use': 'A',
  'POST /certificates/:name/use': 'A',
  'GET /sessions': 'AOR',
  'GET /sessions/:id': 'AOR',
  'DELETE /sessions/:id': 'AO',
  'GET /data-connections': 'AOR',
  'GET /ports': 'AOR',
  'GET /overview': 'AOR',
  'GET /diagnosis': 'AOR',
  'GET /transfers': 'AOR',
  'GET /transfers.csv': 'AOR',
  'GET /incidents': 'AOR',
  'GET /metrics': 'AOR',
  // Which topics, its own test says.
  'GET /live': 'AORU',
  'GET /healthz': 'AORUN',
  'GET /readyz': 'AORUN',
  'GET /openapi.json': 'AORUN',
  'GET /users': 'AOR',
  'POST /users': 'AO',
  'GET /users/:name': 'AOR',
  'PUT /users/:name': 'AO',
  'PATCH /users/:name': 'AO',
  'DELETE /users/:name': 'AO',
  'POST /users/:name/kick': 'AO',
  'GET /groups': 'AOR',
  'POST /groups': 'AO',
  'GET /groups/:name': 'AOR',
  'PUT /groups/:name': 'AO',
  'DELETE /groups/:name': 'AO',
  'GET /virtual-folders': 'AOR',
  'PUT /users/:name/virtual-folders': 'AO',
  'DELETE /users/:name/virtual-folders': 'AO',
  'PUT /groups/:name/virtual-folders': 'AO',
  'DELETE /groups/:name/virtual-folders': 'AO',
  'GET /zones': 'AOR',
  'POST /zones': 'A',
  'PUT /zones/:name': 'A',
  'DELETE /zones/:name': 'A',
  'GET /sites': 'AOR',
  'POST /sites': 'A',
  // With secrets of a saved site, and a host of the caller's choice.
  'POST /sites/test': 'A',
  'GET /sites/:name': 'AOR',
  'PUT /sites/:name': 'A',
  'DELETE /sites/:name': 'A',
  'POST /sites/:name/test': 'AO',
  'POST /sites/:name/list': 'AO',
  'GET /site-transfers': 'AOR',
  'POST /site-transfers': 'A',
  'POST /site-transfers/try-schedule': 'AOR',
  'GET /site-transfers/:name': 'AOR',
  'PUT /site-transfers/:name': 'A',
  'DELETE /site-transfers/:name': 'A',
  'POST /site-transfers/:name/enable': 'A',
  'POST /site-transfers/:name/disable': 'A',
  'POST /site-transfers/:name/run': 'AO',
  'GET /runs': 'AOR',
  'GET /runs/counts': 'AOR',
  'GET /runs/:id': 'AOR',
  'GET /runs/:id/events': 'AOR',
  'GET /runs/:id/files': 'AOR',
  'POST /runs/:id/cancel': 'AO',
  'POST /runs/:id/again': 'AO',
  'GET /coming': 'AOR',
  'GET /access/segments': 'AOR',
  'POST /access/segments': 'A',
  'GET /access/segments/:name': 'AOR',
  'PUT /access/segments/:name': 'A',
  'DELETE /access/segments/:name': 'A',
  'GET /access/segment-groups': 'AOR',
  'POST /access/segment-groups': 'A',
  'GET /access/segment-groups/:name': 'AOR',
  'PUT /access/segment-groups/:name': 'A',
  'DELETE /access/segment-groups/:name': 'A',
  'GET /access/server-groups': 'AOR',
  'POST /access/server-groups': 'A',
  'GET /access/server-groups/:name': 'AOR',
  'PUT /access/server-groups/:name': 'A',
  'DELETE /access/server-groups/:name': 'A',
  'GET /access/connector-groups': 'AOR',
  'POST /access/connector-groups': 'A',
  'GET /access/connector-groups/:name': 'AOR',
  'PUT /access/connector-groups/:name': 'A',
  'DELETE /access/connector-groups/:name': 'A',
  'GET /access/publications': 'AOR',
  'POST /access/publications': 'A',
  'GET /access/publications/:name': 'AOR',
  'PUT /access/publications/:name': 'A',
  'DELETE /access/publications/:name': 'A',
  'GET /access/forwarding-policy': 'AOR',
  'PUT /access/forwarding-policy': 'A',
  'GET /access/access-policy': 'AOR',
  'PUT /access/access-policy': 'A',
  'POST /access/why': 'AOR',
  'GET /access/overview': 'AOR',
  'GET /access/keys': 'AOR',
  'POST /access/keys': 'A',
  'PUT /access/keys/:name': 'A',
  'DELETE /access/keys/:name': 'A',
  'GET /access/agent-invitation': 'AOR',
  'GET /access/members': 'AOR',
  'GET /access/members/:id': 'AOR',
  // More than draining asks for more.
  'PATCH /access/members/:id': 'AO',
  'POST /access/members/:id/revoke': 'A',
  'DELETE /access/members/:id': 'A',
  'GET /access/streams': 'AOR',
  'GET /access/streams/live': 'AOR',
  'GET /access/sessions/:session': 'AOR',
  'POST /access/streams/:connection/kick': 'AO',
  'POST /access/sessions/:session/kick': 'AO',
  'GET /access/people': 'AOR',
  'POST /access/people/:user/totp': 'A',
  'DELETE /access/people/:user/totp': 'A',
  'POST /access/people/:user/tokens': 'A',
  'DELETE /access/people/:user/tokens/:id': 'A',
  'GET /files': 'U',
  'GET /files/content': 'U',
  'PUT /files/content': 'U',
  'POST /files/folders': 'U',
  'POST /files/rename': 'U',
  'POST /files/remove': 'U',
  'GET /files/zip': 'U',
}

let app: TestApp
before(async () => {
  app = await startTestApp({ routes: allRoutes })
  await app.makeAdministrator('administrator', 'other')
})
after(() => app[Symbol.asyncDispose]())

/** Somebody who has just signed in: some routes end the session they are called with. */
const callers: Readonly<Record<Who, () => Promise<Caller>>> = {
  A: () => app.as('administrator'),
  O: () => app.as('operator'),
  R: () => app.as('read-only'),
  U: () => app.asUser('user'),
  N: async () => app.anonymous,
}

/** A call that asks for something that is not there, so that nobody changes much. */
function call(caller: Caller, line: string) {
  const [method = '', path = ''] = line.split(' ')
  const url = path.replace(/:version/, '999').replace(/:\w+/g, 'not-there')
  const query = url === '/live' ? '?topics=none-such' : ''
  return caller.send(method, url + query, method === 'GET' ? undefined : {})
}

/** Refused for who one is, and not for what one asks. */
const isShutOut = ({ status, code }: { status: number; code: string | undefined }) =>
  status === 401 ? code === 'AUTH_NEEDED' : status === 403 && code === 'ACCESS_DENIED'

test('every route has its line, and every line its route', () => {
  const routes = allRoutes(app.services).map(({ method, path }) => `${method} ${path}`)
  assert.deepEqual(routes.toSorted(), Object.keys(MAY).toSorted())
})

for (const [line, may] of Object.entries(MAY)) {
  test(`${line} is for ${may}, and for nobody else`, async () => {
    for (const who of EVERYBODY) {
      const answer = await call(await callers[who](), line)
      assert.equal(
        isShutOut(answer),
        !may.includes(who),
        `${who}: ${answer.status} ${answer.text.slice(0, 300)}`,
      )
      assert.notEqual(answer.status, 500, answer.text)
    }
  })
}

test('a token opens the routes of its scopes, and with all other scopes it does not', async () => {
  for (const { method, path, access } of allRoutes(app.services)) {
    const needed = scope.safeParse(access)
    if (!needed.success) continue
    const line = `${method} ${path}`
    const wider = needed.data.replace(/:read$/, ':write')
    const others = SCOPES.filter((one: Scope) => one !== needed.data && one !== wider)
    const within = await call(await app.withToken(needed.data), line)
    assert.ok(!isShutOut(within), `${line}: ${within.text}`)
    assert.ok(isShutOut(await call(await app.withToken(...others), line)), line)
  }
})
