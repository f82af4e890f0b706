import assert from 'node:assert/strict'
import { once } from 'node:events'
import { request as httpRequest, type IncomingMessage } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'
import { loadCertificate } from '@portolan/server'
import { parseSettings } from '@portolan/settings'
import { z } from 'zod'
import { allRoutes } from '../routes/index.ts'
import { listenConsole } from './listen.ts'
import { defineRoute, type Route } from './route.ts'
import { PASSWORD, startTestApp, type TestAppOptions } from './testing-app.ts'

const echo = defineRoute({
  method: 'POST',
  path: '/echo',
  access: 'public',
  summary: 'Echo',
  tag: 'test',
  body: z.object({ a: z.string() }),
  response: z.object({ a: z.string() }),
  async handle({ body, audit }) {
    audit({ action: 'test.echo', target: 'echo' })
    return body
  },
})

const upload = (access: Route['access']): Route =>
  defineRoute({
    method: 'PUT',
    path: `/upload/${access.replace(':', '-')}`,
    access,
    summary: 'Upload',
    tag: 'test',
    rawBody: true,
    response: z.object({ bytes: z.number() }),
    async handle({ request, audit }) {
      let bytes = 0
      for await (const chunk of request.raw) bytes += Buffer.isBuffer(chunk) ? chunk.length : 0
      audit({ action: 'test.upload', target: 'upload' })
      return { bytes }
    },
  })

async function listen(routes: readonly Route[], options: TestAppOptions = {}) {
  await using started = new AsyncDisposableStack()
  const it = started.use(await startTestApp({ ...options, routes: () => routes }))
  const port = await listenConsole(it.app, { host: '127.0.0.1', port: 0 })
  const owned = started.move()
  return {
    app: it.app,
    logged: it.logged,
    port,
    makeAdministrator: it.makeAdministrator,
    /** Sends bytes as they are; answers what comes back until the end. */
    raw: async (bytes: string) => {
      const socket = connect(port, '127.0.0.1')
      socket.write(bytes)
      return await text(socket)
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}

async function answerOf(request: ReturnType<typeof httpRequest>) {
  const [response]: IncomingMessage[] = await once(request, 'response')
  assert.ok(response)
  return { status: response.statusCode, headers: response.headers, text: await text(response) }
}

const HEAD = 'Host: localhost\r\nContent-Type: application/json\r\n'

test('a body of JSON that does not arrive is given up in words; a stream that stands still meanwhile goes on', async () => {
  await using it = await listen([echo, upload('public')], { bodyMs: 100 })
  const stream = httpRequest({
    port: it.port,
    host: '127.0.0.1',
    method: 'PUT',
    path: '/api/v1/upload/public',
  })
  stream.write('first')
  const slow = await it.raw(`POST /api/v1/echo HTTP/1.1\r\n${HEAD}Content-Length: 50\r\n\r\n{"a":`)
  assert.match(slow, /^HTTP\/1\.1 408 /)
  assert.match(slow, /"code":"BODY_SLOW"/)
  assert.match(slow, /connection: close/i)
  stream.end(' second')
  assert.deepEqual(JSON.parse((await answerOf(stream)).text), { bytes: 12 })
})

test('an upload in which nothing flows any more is cut, and is no fault of the program', async () => {
  await using it = await listen([upload('public')], { idleMs: 100 })
  const request = httpRequest({
    port: it.port,
    host: '127.0.0.1',
    method: 'PUT',
    path: '/api/v1/upload/public',
  })
  request.write('first, and then nothing')
  await assert.rejects(once(request, 'response'), { code: 'ECONNRESET' })
  await it.app.close()
  assert.deepEqual(it.logged, [])
})

test('whoever is refused reads why although he is still sending', async () => {
  await using it = await listen([upload('users:write'), echo])
  const chunk = Buffer.alloc(256 * 1024, 'x')
  for (const [method, path, status, code] of [
    ['PUT', '/api/v1/upload/users-write', 401, 'AUTH_NEEDED'],
    ['POST', '/api/v1/echo', 413, 'BODY_TOO_LARGE'],
  ] as const) {
    const headers = { 'content-type': 'application/json', 'content-length': String(chunk.length * 400) }
    const request = httpRequest({ port: it.port, host: '127.0.0.1', method, path, headers })
    request.on('error', () => {})
    request.write(chunk)
    const answer = await answerOf(request)
    request.destroy()
    assert.deepEqual([answer.status, JSON.parse(answer.text).code], [status, code])
  }
})

test('what is no HTTP is answered with a problem, and the connection is closed', async () => {
  await using it = await listen([echo])
  const cases: [string, number, string][] = [
    ['USER anonymous\r\n', 400, 'REQUEST_MALFORMED'],
    [
      `POST /api/v1/echo HTTP/1.1\r\n${HEAD}Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n`,
      400,
      'REQUEST_MALFORMED',
    ],
    [`GET / HTTP/1.1\r\nHost: localhost\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`, 431, 'HEADERS_TOO_LARGE'],
  ]
  for (const [bytes, status, code] of cases) {
    const answer = await it.raw(bytes)
    const [head = '', body = ''] = answer.split('\r\n\r\n')
    assert.match(head, new RegExp(`^HTTP/1\\.1 ${status} `))
    assert.match(head, /content-type: application\/problem\+json/)
    assert.equal(JSON.parse(body).code, code)
  }
})

test('a name that a DNS server made to mean this machine is not ours', async () => {
  await using it = await listen([echo], { settings: { console: { publicUrl: 'https://ftp.example.com' } } })
  const status = async (host: string) =>
    Number(
      (await it.raw(`GET /api/v1/x HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`)).slice(9, 12),
    )
  for (const host of [
    'localhost',
    `localhost:${it.port}`,
    '127.0.0.1',
    '127.0.0.9:80',
    '[::1]:8021',
    'LOCALHOST',
    'ftp.example.com',
  ])
    assert.equal(await status(host), 404, host)
  for (const host of [
    'evil.example',
    'localhost.evil.example',
    '127.0.0.1.evil.example:8021',
    '192.0.2.1',
    'x y',
    'ftp.example.com.evil',
  ])
    assert.equal(await status(host), 421, host)
})

test('under TLS the cookie is one of the host, and HSTS is said for names that are not of loopback', async () => {
  const { tls, server } = parseSettings({ tls: { selfSigned: true } })
  const certificate = await loadCertificate({ tls, server })
  assert.ok(certificate)
  const settings = { console: { publicUrl: 'https://ftp.example.com' } }
  await using it = await listen([], { tls: certificate, settings })
  await using api = await startTestApp({ routes: allRoutes, tls: certificate, settings })
  await api.makeAdministrator('administrator')
  const port = await listenConsole(api.app, { host: '127.0.0.1', port: 0 })
  const send = async (to: number, host: string, path: string, body?: object) => {
    const headers = { host, 'content-type': 'application/json' }
    const options = { port: to, host: '127.0.0.1', path, headers, rejectUnauthorized: false, agent: false }
    const request = httpsRequest({ ...options, method: body ? 'POST' : 'GET' })
    request.end(body && JSON.stringify(body))
    return await answerOf(request)
  }
  const hsts = async (host: string) => (await send(it.port, host, '/x')).headers['strict-transport-security']
  assert.equal(await hsts('ftp.example.com'), 'max-age=63072000')
  assert.equal(await hsts(`localhost:${it.port}`), undefined)
  assert.equal(await hsts('127.0.0.1'), undefined)

  const body = { realm: 'administrator', name: 'administrator', password: PASSWORD }
  const signedIn = await send(port, `localhost:${port}`, '/api/v1/auth/login', body)
  assert.equal(signedIn.status, 200)
  assert.match(
    String(signedIn.headers['set-cookie']),
    /^__Host-portolan=[\w-]{43}; Path=\/; HttpOnly; Secure; SameSite=Strict$/,
  )
})

test('closing does not wait for those who never end', async () => {
  const endless = defineRoute({
    method: 'GET',
    path: '/endless',
    access: 'public',
    summary: 'Endless',
    tag: 'test',
    async handle({ reply }) {
      reply.hijack()
      reply.raw.writeHead(200, { 'content-type': 'text/event-stream' })
      reply.raw.write(': here\n\n')
    },
  })
  const it = await listen([endless])
  const request = httpRequest({ port: it.port, host: '127.0.0.1', path: '/api/v1/endless' })
  request.end()
  const [response]: IncomingMessage[] = await once(request, 'response')
  assert.ok(response)
  response.on('error', () => {})
  response.resume()
  const closed = new Promise(resolve => response.once('close', resolve))
  await it[Symbol.asyncDispose]()
  await closed
})
