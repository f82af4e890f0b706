import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FileAccessError, ServerError } from '@portolan/server'
import { SettingsError } from '@portolan/settings'
import { StoreError } from '@portolan/store'
import { z } from 'zod'
import { Problem } from './problem.ts'
import { defineRoute, type Route } from './route.ts'
import { startTestApp, type TestAppOptions } from './testing-app.ts'

const body = z.object({
  name: z.string().min(1, { error: 'must not be empty' }),
  quota: z.object({ bytes: z.number(), files: z.int().max(10) }),
  tags: z.array(z.string()).default([]),
})

/** A POST that answers what it got. */
const echo = defineRoute({
  method: 'POST',
  path: '/echo/:id',
  access: 'users:write',
  summary: 'Echo',
  tag: 'test',
  params: z.object({ id: z.coerce.number() }),
  query: z.object({ deep: z.enum(['yes', 'no']).default('no') }),
  body,
  response: z.object({ id: z.number(), deep: z.string(), name: z.string(), tags: z.array(z.string()) }),
  status: 201,
  async handle(ask) {
    ask.audit({ action: 'test.echo', target: ask.body.name })
    return { ...ask.params, ...ask.query, ...ask.body, secret: 'not in the contract' }
  },
})

const get = (path: string, handle: Route['handle'], more: Partial<Route> = {}): Route =>
  defineRoute({ method: 'GET', path, access: 'public', summary: 'Test', tag: 'test', handle, ...more })

const start = (routes: readonly Route[], options: TestAppOptions = {}) =>
  startTestApp({ ...options, routes: () => routes })

const VALID = { name: 'x', quota: { bytes: 1, files: 2 } }

test('a body is checked by its schema, and what the contract does not name does not leave', async () => {
  await using it = await start([echo])
  const answer = await (await it.as('administrator')).post('/echo/7?deep=yes', VALID)
  assert.equal(answer.status, 201)
  assert.deepEqual(answer.body, { id: 7, deep: 'yes', name: 'x', tags: [] })
})

test('every mistake of a body is told at once, with the path of its field', async () => {
  await using it = await start([echo])
  const answer = await (await it.as('administrator')).post('/echo/7', {
    name: '',
    quota: { bytes: 'much', files: 11 },
    tags: ['a', 3],
  })
  assert.equal(answer.status, 422)
  assert.match(String(answer.headers['content-type']), /^application\/problem\+json/)
  assert.deepEqual(answer.body, {
    type: 'about:blank',
    title: 'Unprocessable Entity',
    status: 422,
    detail: 'The body does not fit: see errors.',
    code: 'INPUT_INVALID',
    errors: [
      { path: 'name', message: 'must not be empty' },
      { path: 'quota.bytes', message: 'must be a number' },
      { path: 'quota.files', message: 'must be at most 10' },
      { path: 'tags[1]', message: 'must be a string' },
    ],
  })
})

test('requests that do not fit are refused in words, by their kind', async () => {
  await using it = await start([echo, get('/thing', async () => 'x')])
  const admin = await it.as('administrator')
  const json = { 'content-type': 'application/json' }
  const bytes = (text: string) => Buffer.from(text)
  const cases: [string, () => Promise<{ status: number; code: string | undefined }>, number, string][] = [
    ['no body', () => admin.post('/echo/7'), 422, 'INPUT_INVALID'],
    ['a parameter', () => admin.post('/echo/seven', VALID), 422, 'INPUT_INVALID'],
    ['a query', () => admin.post('/echo/7?deep=maybe', VALID), 422, 'INPUT_INVALID'],
    ['no JSON', () => admin.send('POST', '/echo/7', bytes('{"a":'), json), 400, 'BODY_NO_JSON'],
    ['no bytes', () => admin.send('POST', '/echo/7', bytes(''), json), 400, 'BODY_EMPTY'],
    ['prototypes', () => admin.send('POST', '/echo/7', bytes('{"__proto__":{}}'), json), 400, 'BODY_NO_JSON'],
    ['size', () => admin.post('/echo/7', { ...VALID, name: 'x'.repeat(1024 * 1024) }), 413, 'BODY_TOO_LARGE'],
    [
      'text',
      () => admin.send('POST', '/echo/7', bytes('x'), { 'content-type': 'text/plain' }),
      415,
      'BODY_TYPE',
    ],
    [
      'a form',
      () =>
        admin.send('POST', '/echo/7', bytes('a=b'), { 'content-type': 'application/x-www-form-urlencoded' }),
      415,
      'BODY_TYPE',
    ],
    ['nothing said', () => admin.send('POST', '/echo/7', bytes('{}')), 415, 'BODY_TYPE'],
    ['path', () => admin.get('/nothing'), 404, 'NOT_FOUND'],
    ['path beside the API', () => admin.get('/api/v2/thing'), 404, 'NOT_FOUND'],
    ['method', () => admin.put('/echo/7', VALID), 405, 'METHOD_NOT_ALLOWED'],
    ['URL', () => admin.get('/%zz'), 400, 'URL_INVALID'],
    ['long parameter', () => admin.post(`/echo/${'7'.repeat(2_000)}`, VALID), 414, 'URL_TOO_LONG'],
  ]
  for (const [what, send, status, code] of cases) {
    const answer = await send()
    assert.deepEqual({ status: answer.status, code: answer.code }, { status, code }, what)
  }
  assert.equal((await admin.put('/echo/7', VALID)).headers.allow, 'POST')
})

test('errors of the layers below have their status and code, and the sentence that they brought', async () => {
  const cases: [Error, number, string][] = [
    [new StoreError('STORE_UNAVAILABLE', 'the database does not answer'), 503, 'STORE_UNAVAILABLE'],
    [new StoreError('STORE_FULL', 'the disk is full'), 507, 'STORE_FULL'],
    [new StoreError('STORE_CONFLICT', 'look again'), 409, 'STORE_CONFLICT'],
    [new StoreError('STORE_EXISTS', 'there is one'), 409, 'STORE_EXISTS'],
    [new StoreError('STORE_MISSING', 'there is none'), 404, 'STORE_MISSING'],
    [new ServerError('SERVER_LISTEN', 'the port is taken'), 409, 'SERVER_LISTEN'],
    [new FileAccessError('FILE_DENIED', 'you may not'), 403, 'FILE_DENIED'],
    [new FileAccessError('FILE_QUOTA', 'the quota is used up'), 507, 'FILE_QUOTA'],
    [new Problem(418, 'TEAPOT', 'short and stout'), 418, 'TEAPOT'],
  ]
  await using it = await start(
    cases.map(([error], place) =>
      get(`/fails/${place}`, async () => {
        throw error
      }),
    ),
  )
  for (const [place, [error, status, code]] of cases.entries()) {
    const answer = await it.anonymous.get(`/fails/${place}`)
    assert.partialDeepStrictEqual(answer.body, { status, code, detail: error.message })
    assert.equal(answer.headers['retry-after'], status === 503 ? '2' : undefined)
  }
})

test('settings that are refused come with the path of each mistake', async () => {
  const problems = [{ path: 'passive.basePort', message: 'must be a number', line: 3 }]
  await using it = await start([
    get('/fails', async () => {
      throw new SettingsError('SETTINGS_INVALID', problems)
    }),
  ])
  const answer = await it.anonymous.get('/fails')
  assert.partialDeepStrictEqual(answer.body, {
    code: 'SETTINGS_INVALID',
    errors: [{ path: 'passive.basePort', message: 'must be a number' }],
  })
})

test('a fault of the program is told to the log; the caller gets an id that the log has', async () => {
  await using it = await start([
    get('/fails', async () => {
      throw new TypeError('cannot read properties of /srv/secret')
    }),
    get('/lies', async () => ({ count: 'three' }), { response: z.object({ count: z.number() }) }),
  ])
  for (const path of ['/fails', '/lies']) {
    const answer = await it.anonymous.get(path)
    assert.equal(answer.status, 500)
    assert.equal(answer.code, 'INTERNAL')
    const { id, error } = it.logged.at(-1)?.record ?? {}
    assert.ok(answer.text.includes(String(id)))
    assert.doesNotMatch(answer.text, /secret|TypeError|ZodError|\.ts/)
    assert.match(String(error), path === '/fails' ? /TypeError: cannot read/ : /count/)
  }
})

test('a handler that answers nothing is 204, one that writes by itself is left alone', async () => {
  await using it = await start([
    get('/nothing', async () => undefined),
    get('/text', async ({ reply }) => reply.type('text/plain').send('by hand')),
    get(
      '/not-well',
      async ({ reply }) => {
        reply.code(503)
        return { ok: false }
      },
      { response: z.object({ ok: z.boolean() }) },
    ),
  ])
  const nothing = await it.anonymous.get('/nothing')
  assert.deepEqual([nothing.status, nothing.text], [204, ''])
  assert.equal((await it.anonymous.get('/text')).text, 'by hand')
  const notWell = await it.anonymous.get('/not-well')
  assert.deepEqual([notWell.status, notWell.body], [503, { ok: false }])
})

test('nothing of the API may be kept by a cache or read by another site', async () => {
  await using it = await start([get('/thing', async () => ({}))])
  for (const path of ['/thing', '/missing']) {
    const { headers } = await it.anonymous.get(path)
    assert.equal(headers['cache-control'], 'no-store')
    assert.equal(headers['cross-origin-resource-policy'], 'same-origin')
    assert.equal(headers['x-content-type-options'], 'nosniff')
    assert.equal(headers['referrer-policy'], 'no-referrer')
    assert.equal(headers['access-control-allow-origin'], undefined)
    assert.match(String(headers['content-security-policy']), /^default-src 'none';script-src 'self' 'nonce-/)
    assert.doesNotMatch(String(headers['content-security-policy']), /unsafe/)
  }
})

test('a body that is a stream is for the handler, whatever its type says and however large it is', async () => {
  const seen: number[] = []
  const upload = defineRoute({
    method: 'PUT',
    path: '/stream',
    access: 'users:write',
    summary: 'Upload',
    tag: 'test',
    rawBody: true,
    async handle({ request, audit }) {
      let size = 0
      for await (const chunk of request.raw) size += Buffer.isBuffer(chunk) ? chunk.length : 0
      seen.push(size)
      audit({ action: 'test.upload', target: 'stream' })
    },
  })
  await using it = await start([upload])
  const admin = await it.as('administrator')
  const large = Buffer.alloc(3 * 1024 * 1024)
  for (const type of ['application/json', 'text/plain', 'image/png']) {
    const answer = await admin.send('PUT', '/stream', large, { 'content-type': type })
    assert.equal(answer.status, 204)
  }
  assert.deepEqual(seen, [large.length, large.length, large.length])
})
